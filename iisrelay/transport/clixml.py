"""CLIXML on standard error: what PowerShell writes there instead of text when it takes the reader for PowerShell."""

import re
import xml.etree.ElementTree as ET

PREFIX = "#< CLIXML"
DOCUMENT = re.compile(r"#< CLIXML\s*(<Objs.*?</Objs>)?", re.DOTALL)
ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
NAMESPACE = "{http://schemas.microsoft.com/powershell/2004/04}"


def readable(stderr: str) -> str:
    """Give standard error as text: errors and warnings out of CLIXML without its progress, other text as is."""
    return DOCUMENT.sub(_text, stderr) if PREFIX in stderr else stderr


def _text(match: re.Match[str]) -> str:
    try:
        root = ET.fromstring(match.group(1) or "<Objs/>")  # noqa: S314 - expat bounds entity expansion
    except ET.ParseError:
        return match.group(0)
    words = [element.text or "" for element in root.iter(f"{NAMESPACE}S") if element.get("S") in ("Error", "Warning")]
    return ESCAPE.sub(lambda found: chr(int(found.group(1), 16)), "".join(words))
