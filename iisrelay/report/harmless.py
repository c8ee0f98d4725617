"""Text as it may be shown: hosts, mail and servers choose words of it, and none of them may play with a terminal."""

import xml.etree.ElementTree as ET
from itertools import chain

# Escape sequences in both of their forms, ends of lines and pages, turned directions, and halves of characters.
_HARMFUL = chain(
    range(9), range(0xB, 0x20), range(0x7F, 0xA0), (0x2028, 0x2029), range(0x202A, 0x202F), range(0x2066, 0x206A),
    range(0xD800, 0xE000), (0xFFFE, 0xFFFF),
)  # fmt: skip
_REPLACED = dict.fromkeys(_HARMFUL, "\ufffd")


def harmless(text: str) -> str:
    """Give a text of the same length with a replacement for each character that is more than a character."""
    return text.translate(_REPLACED)


def harmless_xml(root: ET.Element) -> ET.Element:
    """Do the same in a whole document, which would not be XML otherwise."""
    for element in root.iter():
        element.text = harmless(element.text) if element.text else element.text
        for name, value in element.items():
            element.set(name, harmless(value))
    return root
