"""String.Split in all its overloads, and the static members of String."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.code_units import joined
from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.culture import compare_ordinal, compare_text
from iisrelay.lab.powershell.dotnet.comparison import same_text
from iisrelay.lab.powershell.dotnet.cultures import number_conventions
from iisrelay.lab.powershell.dotnet.string_type import split_text, string
from iisrelay.lab.powershell.formatstrings import format_composite, format_value

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import CharArray, StringArray, StringComparison, StringSplitOptions
    from iisrelay.lab.powershell.dotnet.cultures import CultureInfo
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.values import Char, PSArray

string.constants(Empty="")


def _texts(separators: CharArray | StringArray | None) -> list[str]:
    return [str(separator) for separator in separators or ()]


@string.method("Split")
def split(value: str, *separators: Char) -> PSArray:
    """Split at letters, or at blanks."""
    return split_text(value, [str(separator) for separator in separators], None, drop_empty=False)


@string.method("Split")
def split_limited(value: str, separators: CharArray | None, limit: int) -> PSArray:
    """Split at letters into at most a number of pieces."""
    return split_text(value, _texts(separators), limit, drop_empty=False)


@string.method("Split")
def split_with_options(value: str, separators: CharArray | None, options: StringSplitOptions) -> PSArray:
    """Split at letters, with or without empty pieces."""
    return split_text(value, _texts(separators), None, drop_empty=bool(options))


@string.method("Split")
def split_by_texts(value: str, separators: StringArray | None, options: StringSplitOptions) -> PSArray:
    """Split at texts, with or without empty pieces."""
    return split_text(value, _texts(separators), None, drop_empty=bool(options))


@string.method("Split")
def split_letters_limited(value: str, separators: CharArray | None, limit: int, options: StringSplitOptions) -> PSArray:
    """Split at letters, limited, with or without empty pieces."""
    return split_text(value, _texts(separators), limit, drop_empty=bool(options))


@string.method("Split")
def split_by_texts_limited(
    value: str, separators: StringArray | None, limit: int, options: StringSplitOptions
) -> PSArray:
    """Split at texts, limited, with or without empty pieces."""
    return split_text(value, _texts(separators), limit, drop_empty=bool(options))


@string.static("IsNullOrEmpty")
def is_null_or_empty(value: str) -> bool:
    """Tell whether a text is null or empty."""
    return not value


@string.static("IsNullOrWhiteSpace")
def is_null_or_white_space(value: str) -> bool:
    """Tell whether a text is null, empty or blank."""
    return not value.strip()


@string.static("Join")
def join(engine: Engine, separator: str, *items: object) -> str:
    """Join the items as text."""
    listed = items
    if len(items) == 1 and not isinstance(items[0], str):
        inner = enumerate_value(items[0])
        listed = items if inner is None else tuple(inner)
    return joined(separator.join(format_value(engine, item, "") for item in listed))


@string.static("Join")
def join_part(separator: str, items: StringArray, start: int, count: int) -> str:
    """Join a part of an array."""
    return joined(separator.join(str(item) for item in list(items)[start : start + count]))


@string.static("Format")
def format_text(engine: Engine, text: str, *arguments: object) -> str:
    """Fill a composite format."""
    return format_composite(engine, text, arguments)


@string.static("Format")
def format_text_by(engine: Engine, culture: CultureInfo, text: str, *arguments: object) -> str:
    """Fill a composite format with numbers as a culture writes them."""
    return format_composite(engine, text, arguments, number_conventions(culture))


@string.static("Concat")
def concat(engine: Engine, *items: object) -> str:
    """Join values without a separator."""
    return joined("".join(format_value(engine, item, "") for item in items))


@string.static("Compare")
def compare(left: str, right: str) -> int:
    """Order two texts."""
    return compare_text(left, right, ignore_case=False)


@string.static("Compare")
def compare_case(left: str, right: str, ignore_case: bool) -> int:
    """Order two texts, with or without case."""
    return compare_text(left, right, ignore_case=ignore_case)


@string.static("Compare")
def compare_by(left: str, right: str, comparison: StringComparison) -> int:
    """Order two texts under a comparison."""
    if int(comparison) >= 4:
        return compare_ordinal(left, right, ignore_case=int(comparison) == 5)
    return compare_text(left, right, ignore_case=int(comparison) % 2 == 1)


@string.static("CompareOrdinal")
def compare_code_units(left: str, right: str) -> int:
    """Order two texts by their code units: the difference of the first that differs."""
    for first, second in zip(left, right, strict=False):
        if first != second:
            return ord(first) - ord(second)
    return len(left) - len(right)


@string.static("Equals")
def equals(left: str, right: str, comparison: StringComparison | None = None) -> bool:
    """Tell whether two texts are equal."""
    return left == right if comparison is None else same_text(left, right, comparison)


@string.static("Copy", "Intern")
def copy(value: str) -> str:
    """Give the text."""
    return value


@string.static("new")
def new(engine: Engine, *arguments: object) -> str:
    """Make a text from letters, as the constructor does."""
    from iisrelay.lab.powershell.invocation import construct  # noqa: PLC0415 - rare

    return to_string(engine, construct(engine, string.net, list(arguments)))
