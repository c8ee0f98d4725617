"""How text is ordered: the word sort of the English culture, near enough for names, paths and addresses.

Windows compares by weights that no public table gives completely. Known and kept here: punctuation before digits before
letters, a letter's case and accents count only when everything else is equal (lower case first), hyphen and
apostrophe count last.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LIGHT = "-'\u00ad"


@lru_cache(maxsize=8192)
def sort_key(text: str, *, ignore_case: bool = True) -> tuple[object, ...]:
    """Give a key that orders texts as the culture does."""
    if text.isascii() and text.isalnum() and text.islower():
        return (tuple((1 if letter.isdigit() else 2, letter) for letter in text), (), "")
    letters = [letter for letter in text if letter not in _LIGHT]
    primary = tuple(_weight(letter) for letter in letters)
    accents = tuple(unicodedata.normalize("NFD", letter.lower())[1:] for letter in letters if not letter.isascii())
    light = "".join(letter for letter in text if letter in _LIGHT)
    if ignore_case:
        return (primary, accents, light)
    return (primary, accents, light, tuple(letter.isupper() for letter in letters))


def _weight(letter: str) -> tuple[int, str]:
    if letter.isdigit():
        return (1, letter)
    if letter.isalpha():
        return (2, letter.lower() if letter.isascii() else unicodedata.normalize("NFD", letter.lower())[0])
    return (0, letter)


def compare_text(left: str, right: str, *, ignore_case: bool = True) -> int:
    """Compare two texts: -1, 0 or 1."""
    if left == right or (ignore_case and left.lower() == right.lower()):
        return 0
    left_key, right_key = sort_key(left, ignore_case=ignore_case), sort_key(right, ignore_case=ignore_case)
    if left_key == right_key:
        return -1 if left < right else 1
    return -1 if left_key < right_key else 1


def compare_ordinal(left: str, right: str, *, ignore_case: bool = False) -> int:
    """Compare two texts by their code units."""
    if ignore_case:
        left, right = left.upper(), right.upper()
    return (left > right) - (left < right)


def upper(text: str) -> str:
    """Write in capitals as .NET does: one letter stays one letter."""
    return text.upper() if text.isascii() else "".join(_single(letter, letter.upper()) for letter in text)


def lower(text: str) -> str:
    """Write in small letters as .NET does: one letter stays one letter."""
    return text.lower() if text.isascii() else "".join(_single(letter, letter.lower()) for letter in text)


def _single(letter: str, changed: str) -> str:
    return changed if len(changed) == 1 else letter
