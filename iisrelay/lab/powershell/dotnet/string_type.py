"""System.String: instance members."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.code_units import joined, units
from iisrelay.lab.powershell.collections import Enumerator
from iisrelay.lab.powershell.culture import compare_text, lower, upper
from iisrelay.lab.powershell.dotnet.comparison import same_text
from iisrelay.lab.powershell.dotnet.number_types import TYPE_CODE
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import argument_error, argument_null, out_of_range
from iisrelay.lab.powershell.values import Char, NetEnum, PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import CharArray, StringArray, StringComparison
    from iisrelay.lab.powershell.nettypes import NetType

BLANK = Char(" ")
string = declare(
    "System.String",
    python=str,
    bases=(
        "System.Object",
        "System.IComparable",
        "System.IConvertible",
        "System.ICloneable",
        "System.Collections.IEnumerable",
    ),
    accelerators=("string",),
)
string.getter("Length")(lambda value: len(units(value)))


@string.constructor
def new_from_letters(letters: CharArray) -> str:
    """Join letters."""
    return joined("".join(map(str, letters)))


@string.constructor
def new_repeated(letter: Char, count: int) -> str:
    """Repeat a letter."""
    return str.__str__(letter) * count


@string.constructor
def new_from_part(letters: CharArray, start: int, count: int) -> str:
    """Join a part of an array of letters."""
    return joined("".join(map(str, letters))[start : start + count])


def _checked(value: str, start: int, count: int | None = None) -> None:
    if not 0 <= start <= len(value):
        raise out_of_range("startIndex", "startIndex cannot be larger than length of string.")
    if count is not None and count < 0:
        raise out_of_range("length", "Length cannot be less than zero.")
    if count is not None and start + count > len(value):
        raise out_of_range("length", "Index and length must refer to a location within the string.")


@string.method("Substring")
def substring(value: str, start: int) -> str:
    """Give the text from a place on."""
    value = units(value)
    _checked(value, start)
    return joined(value[start:])


@string.method("Substring")
def substring_of_length(value: str, start: int, length: int) -> str:
    """Give a number of characters from a place on."""
    value = units(value)
    _checked(value, start, length)
    return joined(value[start : start + length])


@string.method("Remove")
def remove_from(value: str, start: int) -> str:
    """Cut off the text from a place on."""
    if not 0 <= start < len(value):
        raise out_of_range("startIndex", "startIndex must be less than length of string.")
    return value[:start]


@string.method("Remove")
def remove_part(value: str, start: int, count: int) -> str:
    """Cut a part out."""
    _checked(value, start, count)
    return value[:start] + value[start + count :]


@string.method("Insert")
def insert(value: str, start: int, text: str) -> str:
    """Insert a text."""
    _checked(value, start)
    return value[:start] + text + value[start:]


@string.method("Chars", "get_Chars", "Item")
def character(value: str, index: int) -> Char:
    """Give one character."""
    value = units(value)
    if not 0 <= index < len(value):
        raise out_of_range("index", "Index was outside the bounds of the array.")
    return Char(value[index])


@string.method("ToUpper", "ToUpperInvariant")
def to_upper(value: str, _culture: object = None) -> str:
    """Give the text in upper case."""
    return upper(value)


@string.method("ToLower", "ToLowerInvariant")
def to_lower(value: str, _culture: object = None) -> str:
    """Give the text in lower case."""
    return lower(value)


@string.method("ToString", "Clone")
def same(value: str, _culture: object = None) -> str:
    """Give the text itself."""
    return value


def _letters(letters: tuple[Char, ...]) -> str | None:
    return "".join(map(str, letters)) or None


@string.method("Trim")
def trim(value: str, *letters: Char) -> str:
    """Strip blanks or the given letters from both ends."""
    return value.strip(_letters(letters))


@string.method("TrimStart")
def trim_start(value: str, *letters: Char) -> str:
    """Strip from the start."""
    return value.lstrip(_letters(letters))


@string.method("TrimEnd")
def trim_end(value: str, *letters: Char) -> str:
    """Strip from the end."""
    return value.rstrip(_letters(letters))


@string.method("PadLeft")
def pad_left(value: str, width: int, letter: Char = BLANK) -> str:
    """Fill up on the left."""
    if width < 0:
        raise out_of_range("totalWidth", "Non-negative number required.")
    return value.rjust(width, str.__str__(letter))


@string.method("PadRight")
def pad_right(value: str, width: int, letter: Char = BLANK) -> str:
    """Fill up on the right."""
    if width < 0:
        raise out_of_range("totalWidth", "Non-negative number required.")
    return value.ljust(width, str.__str__(letter))


@string.method("Replace")
def replace(value: str, old: str, new: str) -> str:
    """Replace every occurrence, exactly as written."""
    if not old:
        raise argument_error("oldValue", "String cannot be of zero length.")
    return value.replace(old, new)


@string.method("Replace")
def replace_letter(value: str, old: Char, new: Char) -> str:
    """Replace a letter."""
    return value.replace(str.__str__(old), str.__str__(new))


@string.method("Contains")
def contains(value: str, text: str) -> bool:
    """Tell whether a text occurs, exactly as written."""
    return text in value


def _folded(value: str, text: str, comparison: NetEnum | None) -> tuple[str, str]:
    ignore_case = comparison is not None and int(comparison) % 2 == 1
    return (value.lower(), text.lower()) if ignore_case else (value, text)


@string.method("StartsWith")
def starts_with(value: str, text: str, comparison: StringComparison | None = None) -> bool:
    """Tell whether the text begins so."""
    whole, part = _folded(value, text, comparison)
    return whole.startswith(part)


@string.method("StartsWith")
def starts_with_case(value: str, text: str, ignore_case: bool, _culture: object) -> bool:
    """Tell whether the text begins so, with or without case."""
    return value.lower().startswith(text.lower()) if ignore_case else value.startswith(text)


@string.method("EndsWith")
def ends_with(value: str, text: str, comparison: StringComparison | None = None) -> bool:
    """Tell whether the text ends so."""
    whole, part = _folded(value, text, comparison)
    return whole.endswith(part)


@string.method("EndsWith")
def ends_with_case(value: str, text: str, ignore_case: bool, _culture: object) -> bool:
    """Tell whether the text ends so, with or without case."""
    return value.lower().endswith(text.lower()) if ignore_case else value.endswith(text)


@string.method("IndexOf")
def index_of(value: str, text: str) -> int:
    """Find the first occurrence, or -1."""
    return value.find(text)


@string.method("IndexOf")
def index_of_from(value: str, text: str, start: int) -> int:
    """Find the first occurrence from a place on."""
    _checked(value, start)
    return value.find(text, start)


@string.method("IndexOf")
def index_of_compared(value: str, text: str, comparison: StringComparison) -> int:
    """Find the first occurrence under a comparison."""
    whole, part = _folded(value, text, comparison)
    return whole.find(part)


@string.method("IndexOf")
def index_of_within(value: str, text: str, start: int, count: int) -> int:
    """Find the first occurrence within a part."""
    _checked(value, start, count)
    return value.find(text, start, start + count)


@string.method("IndexOf")
def index_of_from_compared(value: str, text: str, start: int, comparison: StringComparison) -> int:
    """Find the first occurrence from a place on under a comparison."""
    _checked(value, start)
    whole, part = _folded(value, text, comparison)
    return whole.find(part, start)


@string.method("LastIndexOf")
def last_index_of(value: str, text: str, comparison: StringComparison | None = None) -> int:
    """Find the last occurrence, or -1."""
    whole, part = _folded(value, text, comparison)
    return whole.rfind(part)


@string.method("LastIndexOf")
def last_index_of_before(value: str, text: str, start: int) -> int:
    """Find the last occurrence that ends at or before a place."""
    return value.rfind(text, 0, start + 1)


@string.method("IndexOfAny")
def index_of_any(value: str, letters: CharArray, start: int = 0) -> int:
    """Find the first of several letters, or -1."""
    wanted = {str(letter) for letter in letters}
    return next((place for place in range(start, len(value)) if value[place] in wanted), -1)


@string.method("LastIndexOfAny")
def last_index_of_any(value: str, letters: CharArray) -> int:
    """Find the last of several letters, or -1."""
    return max(value.rfind(str(letter)) for letter in letters)


@string.method("ToCharArray")
def to_char_array(value: str) -> PSArray:
    """Give the characters."""
    return PSArray(map(Char, units(value)), "System.Char")


@string.method("ToCharArray")
def part_to_char_array(value: str, start: int, length: int) -> PSArray:
    """Give the characters of a part."""
    value = units(value)
    _checked(value, start, length)
    return PSArray(map(Char, value[start : start + length]), "System.Char")


@string.method("GetEnumerator")
def enumerate_letters(value: str) -> Enumerator:
    """Enumerate the characters."""
    return Enumerator(map(Char, units(value)))


@string.method("Equals")
def is_equal(value: str, other: object) -> bool:
    """Tell whether another value is the same text."""
    return type(other) is str and value == other


@string.method("Equals")
def is_equal_compared(value: str, other: str, comparison: StringComparison) -> bool:
    """Tell whether another text is equal under a comparison."""
    return same_text(value, other, comparison)


@string.method("CompareTo")
def compare_to(value: str, other: str) -> int:
    """Order two texts."""
    return compare_text(value, other, ignore_case=False)


@string.method("Normalize")
def normalize(value: str) -> str:
    """Compose characters and their accents."""
    return unicodedata.normalize("NFC", value)


@string.method("IsNormalized")
def is_normalized(value: str) -> bool:
    """Tell whether characters and accents are composed."""
    return unicodedata.is_normalized("NFC", value)


@string.method("GetTypeCode")
def type_code(_value: str) -> NetEnum:
    """Give TypeCode.String."""
    return NetEnum(18, TYPE_CODE)


def split_text(value: str, separators: list[str], limit: int | None, *, drop_empty: bool) -> PSArray:
    """Split at any of the separators (blanks without any); at most ``limit`` pieces, the last one unsplit."""
    pieces: list[str] = []
    start = position = 0
    ordered = [separator for separator in separators if separator]
    while position < len(value) and (limit is None or len(pieces) < limit - 1):
        found = next((each for each in ordered if value.startswith(each, position)), None)
        if found is None and (ordered or not value[position].isspace()):
            position += 1
            continue
        if position > start or not drop_empty:
            pieces.append(value[start:position])
        position += len(found) if found else 1
        start = position
    rest = value[start:]
    if rest or not drop_empty:
        pieces.append(rest)
    return PSArray(pieces if limit != 0 else [], "System.String")


def checked_separators(separators: StringArray | None, net: NetType | None = None) -> list[str]:
    """Give an array of separators as Python texts."""
    if separators is None and net is not None:
        raise argument_null("separator")
    return [str(separator) for separator in separators or ()]
