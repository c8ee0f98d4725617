"""Text as .NET counts it: a character outside of Unicode's basic plane is two UTF-16 code units.

Texts are kept as Python has them; only what looks at single places of a text takes it apart for that.
"""

import re

_OUTSIDE = re.compile("[\U00010000-\U0010ffff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def units(text: str) -> str:
    """Give a text with one character for each code unit."""
    return text if text.isascii() else _OUTSIDE.sub(_halves, text)


def joined(text: str) -> str:
    """Give a text with whole characters again; a half that stands alone stays one."""
    return text if text.isascii() else _PAIR.sub(_whole, text)


def _halves(found: re.Match[str]) -> str:
    high, low = divmod(ord(found[0]) - 0x10000, 0x400)
    return chr(0xD800 + high) + chr(0xDC00 + low)


def _whole(found: re.Match[str]) -> str:
    high, low = map(ord, found[0])
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
