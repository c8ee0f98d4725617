"""What every codec does: between the written form of a site file and the stored form of Windows."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import ClassVar, TypeVar

from iisrelay.secret import Secret
from iisrelay.settings.stored import AccessList, Kind, Stored

JsonSchema = dict[str, object]
Item = TypeVar("Item")


class Codec(ABC):
    """One way of writing and storing a value.

    ``mask`` (None: the whole value) marks the bits of a DWORD that the value owns.
    """

    kind: ClassVar[Kind]
    sensitive: ClassVar[bool] = False

    @property
    def mask(self) -> int | None:
        """Give the bits that the value owns, or None for all."""
        return None

    @abstractmethod
    def store(self, written: object) -> Stored | Secret:
        """Give the stored form.

        Raises:
            ValueError: in words, for whoever wrote the value.
        """

    def check(self, written: object) -> None:
        """Check what a file has before presets are looked up; most codecs see no difference."""
        self.store(written)

    @abstractmethod
    def show(self, stored: Stored) -> object:
        """Give the written form (a JSON value); odd stored values come as they are."""

    def same(self, one: Stored, other: Stored) -> bool:
        """Tell whether Windows makes no difference between two stored values."""
        return one == other

    @abstractmethod
    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""


class ItemProblems(ValueError):  # noqa: N818 - a ValueError with more to say
    """What is wrong with items of a list: the number of the item, and the reason in words."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(reason for _, reason in problems))
        self.problems = tuple(problems)


def each(items: Iterable[object], convert: Callable[[object], Item]) -> list[Item]:
    """Convert every item.

    Raises:
        ItemProblems: with everything that is wrong, not only the first.
    """
    converted, problems = [], []
    for index, item in enumerate(items):
        try:
            converted.append(convert(item))
        except ValueError as error:
            problems.append((index, str(error)))
    if problems:
        raise ItemProblems(problems)
    return converted


def plain(stored: Stored) -> object:
    """Give any stored value as a JSON value."""
    if isinstance(stored, bytes):
        return stored.hex()
    if isinstance(stored, tuple):
        return list(stored)
    if isinstance(stored, AccessList):
        return {"grant_by_default": stored.grant_by_default, "addresses": [*stored.addresses, *stored.domains]}
    return stored


def quoted(written: object) -> str:
    """Give a value for a message: short, and as the site file would have it."""
    if isinstance(written, bool) or written is None:
        return {True: "true", False: "false", None: "null"}[written]
    text = f"{written!r}" if isinstance(written, str) else str(written)
    return text if len(text) <= 80 else text[:77] + "..."


def did_you_mean(word: object, known: Collection[str]) -> str:
    """Give a half-sentence that suggests a known word, or lists all when they are few."""
    spellings = {name.lower(): name for name in known}
    close = get_close_matches(str(word).lower(), spellings, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {spellings[close[0]]!r}?"
    return f"; known are {', '.join(known)}" if len(known) <= 25 else ""


def refuse_unstorable(text: str) -> str:
    """Give the text back when the metabase can hold it.

    Raises:
        ValueError: control characters, half surrogate pairs, and the two code points that are no characters.
    """
    found = _UNSTORABLE.search(text)
    if found:
        raise ValueError(
            f"has the character U+{ord(found[0]):04X}, which the metabase (an XML file of one-line values) cannot hold"
        )
    return text


def expect_mapping(written: object, what: str) -> Mapping[str, object]:
    """Give a mapping, or refuse in words."""
    if not isinstance(written, Mapping):
        raise ValueError(f"expected {what}, not {quoted(written)}")  # noqa: TRY004 - pydantic collects ValueError
    return written


_UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
