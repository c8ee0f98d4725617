"""CLIXML on standard error: what PowerShell writes there instead of text when it takes the reader for PowerShell."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from iisrelay.transport.envelope import is_harmless

PREFIX = "#< CLIXML"
OPENING, CLOSING = "<Objs", "</Objs>"
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
NAMESPACE = "{http://schemas.microsoft.com/powershell/2004/04}"


def readable(stderr: str) -> str:
    """Give standard error as text: errors and warnings out of CLIXML without its progress, other text as is."""
    return "".join(_pieces(stderr))


def _pieces(stderr: str) -> Iterator[str]:
    before, *documents = stderr.split(PREFIX)
    yield before
    for text in documents:
        document, closing, after = text.lstrip().partition(CLOSING)
        if not document.startswith(OPENING):
            yield text.lstrip()
        elif closing and is_harmless(data := (document + closing).encode("utf-8", "replace")):
            yield _words(data) + after
        else:
            yield PREFIX + text


def _words(document: bytes) -> str:
    root = ET.fromstring(document)  # noqa: S314 - it has been looked through
    words = [element.text or "" for element in root.iter(f"{NAMESPACE}S") if element.get("S") in ("Error", "Warning")]
    return ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), "".join(words))
