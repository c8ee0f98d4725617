"""From the text of a message to its Received headers, whatever state the text is in."""

import codecs
import re
from dataclasses import dataclass

# Exchange Online writes some 30 KB of headers; a message is cut where nobody's headers reach to.
MAX_HEADER_CHARS = 1_000_000
MAX_FIELD_CHARS = 8_000
MAX_HOPS = 100
FIELD_START = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,75})[ \t]{0,8}:")
RECEIVED = "received"
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Headers come from strangers and end up on terminals: no escape sequences, no line separators of Unicode.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Trace:
    """The Received headers as they stand, oldest first, and what had to be left out."""

    received: tuple[str, ...]
    notes: tuple[str, ...]


def read_trace(text: bytes | str) -> Trace:
    """Take the Received headers out of a message, or out of headers copied from a mail program."""
    notes: list[str] = []
    # Two bytes a character, should the text be UTF-16.
    if len(text) > 2 * MAX_HEADER_CHARS:
        text = text[: 2 * MAX_HEADER_CHARS]
    lines = _decoded(text)[:MAX_HEADER_CHARS].splitlines()
    received = _received(lines)
    if not received:
        received = _received(_from_first_received(lines))
        if received:
            notes.append("The Received headers stand below other text, not at the top of the message.")
    if len(received) > MAX_HOPS:
        notes.append(f"{len(received)} Received headers; only the newest {MAX_HOPS} were read.")
        received = received[:MAX_HOPS]
    if any(len(field) > MAX_FIELD_CHARS for field in received):
        notes.append(f"A Received header is longer than {MAX_FIELD_CHARS} characters; the rest of it was not read.")
    return Trace(tuple(field[:MAX_FIELD_CHARS] for field in reversed(received)), tuple(notes))


def unfold(field: str) -> str:
    """Give the value of a header on one line, without its name."""
    return " ".join(field.partition(":")[2].split())


def _decoded(text: bytes | str) -> str:
    if isinstance(text, bytes):
        unmarked = "utf-16-le" if text[1:2] == b"\0" else "utf-8"
        encoding = next((name for mark, name in BYTE_ORDER_MARKS if text.startswith(mark)), unmarked)
        text = text.decode(encoding, "replace")
    # Line ends first: a lone carriage return ends a line, too.
    return UNPRINTABLE.sub("\ufffd", text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def _from_first_received(lines: list[str]) -> list[str]:
    starts = (number for number, line in enumerate(lines) if _field_name(line.strip()) == RECEIVED)
    return [line.lstrip() if _field_name(line.strip()) else line for line in lines[next(starts, len(lines)) :]]


def _received(lines: list[str]) -> list[str]:
    """Collect the Received fields up to the first empty line; lines that are no field continue the one above."""
    fields: list[list[str]] = []
    inside = False
    for line in _header_block(lines):
        name = "" if line[0] in " \t" else _field_name(line)
        if name:
            inside = name == RECEIVED
            if inside:
                fields.append([])
        if inside:
            fields[-1].append(line)
    return ["\n".join(field) for field in fields]


def _header_block(lines: list[str]) -> list[str]:
    start = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    end = next((number for number in range(start, len(lines)) if not lines[number].strip()), len(lines))
    return lines[start:end]


def _field_name(line: str) -> str:
    match = FIELD_START.match(line)
    return match.group(1).casefold() if match else ""
