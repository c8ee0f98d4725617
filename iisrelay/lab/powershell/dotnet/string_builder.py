"""System.Text.StringBuilder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.code_units import joined
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import out_of_range
from iisrelay.lab.powershell.formatstrings import format_composite, format_value
from iisrelay.lab.powershell.values import Char, PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine


class StringBuilder:
    """A text under construction."""

    def __init__(self, text: str = "") -> None:
        self.text = text

    def __str__(self) -> str:
        return joined(self.text)


string_builder = declare("System.Text.StringBuilder", python=StringBuilder)
string_builder.getter("Length")(lambda value: len(value.text))
string_builder.getter("Capacity")(lambda value: max(16, len(value.text)))
string_builder.getter("MaxCapacity")(lambda _value: 2**31 - 1)


@string_builder.constructor
def new_empty() -> StringBuilder:
    """Make an empty builder."""
    return StringBuilder()


@string_builder.constructor
def new_of_capacity(_capacity: int, _limit: int = 0) -> StringBuilder:
    """Make an empty builder with room."""
    return StringBuilder()


@string_builder.constructor
def new_of_text(text: str, _capacity: int = 0) -> StringBuilder:
    """Make a builder that begins with a text."""
    return StringBuilder(text)


@string_builder.setter("Length")
def set_length(value: StringBuilder, length: int) -> None:
    """Cut or fill up."""
    value.text = value.text[:length].ljust(length, "\0")


def _shown(engine: Engine, item: object) -> str:
    if isinstance(item, PSArray) and item.element == "System.Char":
        return "".join(map(str, item))
    return format_value(engine, item, "")


@string_builder.method("Append")
def append(engine: Engine, value: StringBuilder, item: object) -> StringBuilder:
    """Append a value as text."""
    value.text += _shown(engine, item)
    return value


@string_builder.method("Append")
def append_repeated(value: StringBuilder, letter: Char, count: int) -> StringBuilder:
    """Append a letter several times."""
    value.text += str(letter) * count
    return value


@string_builder.method("Append")
def append_part(value: StringBuilder, text: str, start: int, count: int) -> StringBuilder:
    """Append a part of a text."""
    value.text += text[start : start + count]
    return value


@string_builder.method("AppendLine")
def append_line(value: StringBuilder, text: str = "") -> StringBuilder:
    """Append a line."""
    value.text += text + "\r\n"
    return value


@string_builder.method("AppendFormat")
def append_format(engine: Engine, value: StringBuilder, text: str, *arguments: object) -> StringBuilder:
    """Append a filled composite format."""
    value.text += format_composite(engine, text, arguments)
    return value


@string_builder.method("Insert")
def insert(engine: Engine, value: StringBuilder, place: int, item: object) -> StringBuilder:
    """Insert a value as text."""
    if not 0 <= place <= len(value.text):
        raise out_of_range("index")
    value.text = value.text[:place] + _shown(engine, item) + value.text[place:]
    return value


@string_builder.method("Remove")
def remove(value: StringBuilder, start: int, count: int) -> StringBuilder:
    """Cut a part out."""
    if start < 0 or count < 0 or start + count > len(value.text):
        raise out_of_range("index")
    value.text = value.text[:start] + value.text[start + count :]
    return value


@string_builder.method("Replace")
def replace(value: StringBuilder, old: str, new: str) -> StringBuilder:
    """Replace every occurrence."""
    value.text = value.text.replace(old, new)
    return value


@string_builder.method("Replace")
def replace_within(value: StringBuilder, old: str, new: str, start: int, count: int) -> StringBuilder:
    """Replace every occurrence in a part."""
    if start < 0 or count < 0 or start + count > len(value.text):
        raise out_of_range("startIndex")
    part = value.text[start : start + count].replace(old, new)
    value.text = value.text[:start] + part + value.text[start + count :]
    return value


@string_builder.method("Clear")
def clear(value: StringBuilder) -> StringBuilder:
    """Empty the builder."""
    value.text = ""
    return value


@string_builder.method("ToString")
def to_text(value: StringBuilder) -> str:
    """Give the text."""
    return str(value)


@string_builder.method("ToString")
def part_to_text(value: StringBuilder, start: int, count: int) -> str:
    """Give a part of the text."""
    return value.text[start : start + count]


@string_builder.method("Chars", "Item")
def character(value: StringBuilder, place: int) -> Char:
    """Give a character."""
    if not 0 <= place < len(value.text):
        raise out_of_range("index")
    return Char(value.text[place])


@string_builder.method("set_Item")
def set_character(value: StringBuilder, place: int, letter: Char) -> None:
    """Set a character."""
    if not 0 <= place < len(value.text):
        raise out_of_range("index")
    value.text = value.text[:place] + str(letter) + value.text[place + 1 :]
