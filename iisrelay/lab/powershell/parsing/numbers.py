"""Number literals: where one ends in each mode of the parser, and which .NET type its value gets."""

from __future__ import annotations

import math
import re

from iisrelay.lab.powershell.numeric import scan_number
from iisrelay.lab.powershell.parsing.characters import AFTER_NUMBER, BREAKS, DASHES

_SIGN = rf"[+{DASHES.replace('-', '')}-]"
# The group is atomic, so that "5.ToString" does not fall back to the number 5.
_BODY = rf"{_SIGN}?(?>0x[0-9a-f]+l?|(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:e{_SIGN}?[0-9]+)?[ld]?)(?:[kmgtp]b)?"
EXPRESSION_NUMBER = re.compile(rf"{_BODY}(?=[{AFTER_NUMBER}]|\Z)", re.IGNORECASE)
ARGUMENT_NUMBER = re.compile(rf"{_BODY}(?=[{BREAKS}]|\Z)", re.IGNORECASE)

_PLAIN_DASHES = str.maketrans(dict.fromkeys(DASHES, "-"))


def read_number(text: str) -> object:
    """Give the value of a literal that one of the patterns matched; None when no type can hold it."""
    value = scan_number(text.translate(_PLAIN_DASHES))
    return None if isinstance(value, float) and math.isinf(value) else value
