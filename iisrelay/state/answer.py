"""The parser of the observing script's answer. The host is not trusted: every size and type is checked."""

import base64
import binascii
import json
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from iisrelay.errors import BrokenAnswerError
from iisrelay.settings.stored import AccessList, Address, Store, Stored
from iisrelay.state.observed import ApplyRecord, HostFacts, Observed, ObservedServer, ObservedValue

FORMAT = 1
BEGIN = "<<<IISRELAY"
END = "IISRELAY>>>"
MAXIMUM_ANSWER = 32 * 1024 * 1024
MAXIMUM_TEXT = 1024 * 1024
MAXIMUM_ROWS = 200_000
MAXIMUM_STEP = 4000
MAXIMUM_DEPTH = 50
BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)  # strings, too, so that theirs do not count
MAXIMUM_VALUES = 2_000_000  # of any kind: the smallest take 3 bytes of JSON, and 64 of memory
MAXIMUM_QUOTE = 60
# Escape sequences, and what ends a line or turns the direction of text.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def extract(output: str) -> dict[str, Any]:
    """Find the JSON document between the markers in what a script printed.

    Raises:
        BrokenAnswerError: when there is none, or not exactly one object.
    """
    if len(output) > MAXIMUM_ANSWER:
        raise broken("is larger than 32 MB")
    begin, end = output.find(BEGIN), output.rfind(END)
    if begin < 0 or end < begin:
        raise broken("has no beginning or no end")
    return extract_text(output[begin + len(BEGIN) : end])


def extract_text(text: str) -> dict[str, Any]:
    """Read one JSON document of our format.

    Raises:
        BrokenAnswerError: when it is not one object of that format.
    """
    if _depth(text) > MAXIMUM_DEPTH:
        raise broken("is nested too deeply")
    if sum(map(text.count, "[{,")) > MAXIMUM_VALUES:
        raise broken("has more values than anybody asked for")
    try:
        document = json.loads(text)
    except ValueError:
        raise broken("is not JSON") from None
    if not isinstance(document, dict):
        raise broken("is not an object")
    if document.get("format") != FORMAT:
        raise broken(f"is not of format {FORMAT}")
    return document


def _depth(text: str) -> int:
    """Tell how deep a document is nested, at least: a parser may run out of stack, and end the whole process."""
    depth = deepest = 0
    for token in BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        deepest = max(deepest, depth)
        if deepest > MAXIMUM_DEPTH:
            break
    return deepest


def broken(reason: str) -> BrokenAnswerError:
    """Make the error for an answer that cannot be ours."""
    return BrokenAnswerError(
        f"the host's answer {reason}",
        hint="run the command again; if it stays, look for software that changes what PowerShell prints on the host",
    )


def parse_observed(document: dict[str, Any]) -> Observed:
    """Turn the answer of the observing script into an observed state.

    Raises:
        BrokenAnswerError: with the first thing that is not as it must be.
    """
    return Observed(
        facts=_facts(_object(document, "host")),
        smtp_ready=_flag(document, "smtp_ready"),
        smtp_problem=text_of(document, "smtp_problem"),
        servers=tuple(sorted((_server(row) for row in rows_of(document, "servers")), key=lambda item: item.number)),
        features=MappingProxyType(
            {text_of(row, "name"): text_of(row, "state") for row in rows_of(document, "features")}
        ),
        values=MappingProxyType(dict(_value_row(row) for row in _rows(document, "values"))),
        record=None if document.get("record") is None else _record(_object(document, "record")),
    )


def text_of(document: dict[str, Any], name: str) -> str:
    """Give a text field, freed of control characters and halves of characters."""
    return clean(_typed(document, name, str))


def rows_of(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Give a list of objects."""
    rows = _rows(document, name)
    if not all(isinstance(row, dict) for row in rows):
        raise broken(f"has rows that are no objects in {name}")
    return rows


def _facts(host: dict[str, Any]) -> HostFacts:
    return HostFacts(
        version=text_of(host, "version"),
        build=_number(host, "build"),
        product=text_of(host, "product"),
        powershell=text_of(host, "powershell"),
        is_64_bit=_flag(host, "is_64_bit"),
        is_administrator=_flag(host, "is_administrator"),
        pending_reboot=_flag(host, "pending_reboot"),
        addresses=_texts(host.get("addresses")),
        booted=text_of(host, "booted"),
        free_mb=None if host.get("free_mb") is None else _counts(host, "free_mb"),
    )


def _counts(document: dict[str, Any], name: str) -> MappingProxyType[str, int]:
    counts = _object(document, name)
    if len(counts) > MAXIMUM_ROWS:
        raise broken(f"has too many rows in {name!r}")
    return MappingProxyType({clean(key): _number(counts, key) for key in counts})


def _record(row: dict[str, Any]) -> ApplyRecord:
    steps = _object(row, "steps")
    if len(steps) > MAXIMUM_ROWS or not all(isinstance(text, str) for text in steps.values()):
        raise broken("has a record of changes that is none")
    total = text_of(row, "total")
    return ApplyRecord(
        identity=text_of(row, "id"),
        owner=text_of(row, "owner"),
        since=text_of(row, "since"),
        until=text_of(row, "until"),
        state=text_of(row, "state"),
        total=int(total) if total.isascii() and total.isdigit() and len(total) < 10 else 0,
        seconds_left=_number(row, "seconds_left"),
        alive=_flag(row, "alive"),
        moving=text_of(row, "moving"),
        restart=text_of(row, "restart"),
        steps=MappingProxyType({clean(name): _whole(text)[:MAXIMUM_STEP] for name, text in steps.items()}),
    )


def _server(row: dict[str, Any]) -> ObservedServer:
    comment = row.get("comment")
    return ObservedServer(
        number=_number(row, "number"),
        comment=None if comment is None else text_of(row, "comment"),
        state=_number(row, "state"),
        queued=_number(row, "queued"),
        win32_error=_number(row, "win32_error"),
        mail=None if row.get("mail") is None else _counts(row, "mail"),
    )


def _value_row(row: Any) -> tuple[Address, ObservedValue]:
    """Read one row: store, path, name, form, value, inherited."""
    if not isinstance(row, list) or len(row) != 6:
        raise broken("has a value row that is not six fields")
    store, path, name, form, value, inherited = row
    if not all(isinstance(item, str) for item in (store, path, name, form)) or inherited not in (True, False, None):
        raise broken("has a value row with fields of wrong types")
    if store not in list(Store):
        raise broken(f"names an unknown store {store[:MAXIMUM_QUOTE]!r}")
    address = Address(Store(store), clean(path), clean(name))
    if form == "hidden":
        return address, ObservedValue(None, inherited, hidden=True)
    if form == "problem":
        return address, ObservedValue(None, inherited, problem=clean(value if isinstance(value, str) else ""))
    if form not in FORMS:
        raise broken(f"has a value of unknown form {form[:MAXIMUM_QUOTE]!r}")
    return address, ObservedValue(FORMS[form](value), inherited)


def _number_value(value: Any) -> int:
    """Read a DWORD: ADSI and the registry show it signed."""
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**31) <= value < 2**32:
        raise broken("has a number that is no DWORD")
    return value & 0xFFFFFFFF


def _bool_value(value: Any) -> bool:
    if not isinstance(value, bool):
        raise broken("has a yes/no value that is neither")
    return value


def _text_value(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAXIMUM_TEXT:
        raise broken("has a text value that is no text, or too long")
    return _whole(value)


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAXIMUM_ROWS:
        raise broken("has a list of texts that is no list, or too long")
    return tuple(_text_value(item) for item in value)


def _bytes_value(value: Any) -> bytes:
    try:
        return base64.b64decode(_text_value(value), validate=True)
    except binascii.Error:
        raise broken("has a binary value that is not base64") from None


def _access_value(value: Any) -> AccessList:
    if not isinstance(value, dict):
        raise broken("has an access list that is no object")
    return AccessList(_flag(value, "grant_by_default"), _texts(value.get("addresses")), _texts(value.get("domains")))


FORMS: dict[str, Callable[[Any], Stored]] = {
    "number": _number_value,
    "flag": _bool_value,
    "text": _text_value,
    "texts": _texts,
    "bytes": _bytes_value,
    "access": _access_value,
}


def _typed(document: dict[str, Any], name: str, expected: type) -> Any:
    value = document.get(name)
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise broken(f"has no usable {name!r}")
    if isinstance(value, str) and len(value) > MAXIMUM_TEXT:
        raise broken(f"has a {name!r} that is too long")
    return value


def _object(document: dict[str, Any], name: str) -> dict[str, Any]:
    value: dict[str, Any] = _typed(document, name, dict)
    return value


def _rows(document: dict[str, Any], name: str) -> list[Any]:
    rows: list[Any] = _typed(document, name, list)
    if len(rows) > MAXIMUM_ROWS:
        raise broken(f"has too many rows in {name!r}")
    return rows


def _number(document: dict[str, Any], name: str) -> int:
    value: int = _typed(document, name, int)
    if abs(value) >= 2**63:
        raise broken(f"has a {name!r} that is no number of Windows")
    return value


def _flag(document: dict[str, Any], name: str) -> bool:
    value: bool = _typed(document, name, bool)
    return value


def clean(text: str) -> str:
    """Drop what could play with a terminal: names and messages are shown to people."""
    return CONTROL.sub(" ", _whole(text))


def _whole(text: str) -> str:
    """Replace halves of surrogate pairs: they cannot be printed or saved."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
