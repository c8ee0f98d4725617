"""Words and switches: booleans, enumerations, bit sets, ESMTP verbs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from iisrelay.settings.codec import Codec, JsonSchema, did_you_mean, each, plain, quoted
from iisrelay.settings.numbers import MAXIMUM
from iisrelay.settings.stored import Kind, Stored


def expect_bool(written: object) -> bool:
    """Give a boolean, or refuse in words (``yes`` is a text in YAML 1.2)."""
    if not isinstance(written, bool):
        raise ValueError(f"expected true or false, not {quoted(written)}")  # noqa: TRY004 - pydantic collects ValueError
    return written


class Flag(Codec):
    """A BOOL of the metabase."""

    kind: ClassVar[Kind] = Kind.BOOL

    def store(self, written: object) -> bool:
        """Give the boolean."""
        return expect_bool(written)

    def show(self, stored: Stored) -> object:
        """Give the boolean."""
        return bool(stored) if isinstance(stored, int) else plain(stored)

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare truth: some interfaces give a BOOL as 0 and 1 or -1."""
        numbers = isinstance(one, int) and isinstance(other, int)
        return bool(one) == bool(other) if numbers else one == other

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Switch(Flag):
    """A boolean that is stored as a number; any number but 0 is on."""

    kind: ClassVar[Kind] = Kind.DWORD
    on: int = 1

    def store(self, written: object) -> int:  # type: ignore[override]  # a DWORD, where the base class has a BOOL
        """Give the number."""
        return self.on if expect_bool(written) else 0


@dataclass(frozen=True)
class Bit(Codec):
    """A boolean that is one bit of a DWORD."""

    kind: ClassVar[Kind] = Kind.DWORD
    bit: int

    @property
    def mask(self) -> int:
        """Give the bit."""
        return self.bit

    def store(self, written: object) -> int:
        """Give the bit or 0."""
        return self.bit if expect_bool(written) else 0

    def show(self, stored: Stored) -> object:
        """Tell whether the bit is set."""
        return bool(stored & self.bit) if isinstance(stored, int) else plain(stored)

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Words(Codec):
    """One word of several. Of two words for one stored value the first is shown.

    ``bits`` makes it a choice within some bits of a DWORD.
    """

    kind: Kind  # type: ignore[misc]  # differs from codec to codec here
    stored_values: Mapping[str | bool, Stored]
    bits: int | None = None

    @property
    def mask(self) -> int | None:
        """Give the bits of the choice, if it is one."""
        return self.bits

    def store(self, written: object) -> Stored:
        """Give what the word stands for."""
        for word, stored in self.stored_values.items():
            if written == word and isinstance(written, bool) == isinstance(word, bool):
                return stored
        raise ValueError(f"{quoted(written)} is not known here{did_you_mean(written, self._texts())}")

    def show(self, stored: Stored) -> object:
        """Give the word, or the stored value when no word stands for it."""
        masked = stored & self.bits if self.bits is not None and isinstance(stored, int) else stored
        for word, value in self.stored_values.items():
            if self.same(value, masked):
                return word
        return f"0x{masked:x}" if self.bits is not None and isinstance(masked, int) else plain(masked)

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare values; texts (class identifiers) in any case of letters."""
        if isinstance(one, str) and isinstance(other, str):
            return one.casefold() == other.casefold()
        return one == other

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return {"enum": list(self.stored_values)}

    def _texts(self) -> list[str]:
        return [word if isinstance(word, str) else quoted(word) for word in self.stored_values]


@dataclass(frozen=True)
class Bits(Codec):
    """A list of names, each a bit of a DWORD; ``sets`` are words for whole lists. Other bits are kept."""

    kind: ClassVar[Kind] = Kind.DWORD
    names: Mapping[str, int]
    sets: Mapping[str, int] = field(default_factory=dict)

    @property
    def mask(self) -> int:
        """Give all bits that have a name."""
        return sum(self.names.values())

    def store(self, written: object) -> int:
        """Give the bits."""
        if isinstance(written, str) and written in self.sets:
            return self.sets[written]
        if not isinstance(written, Sequence) or isinstance(written, str):
            sets = f" or one of {', '.join(self.sets)}" if self.sets else ""
            raise ValueError(f"expected a list{sets}, not {quoted(written)}")  # noqa: TRY004
        return sum(set(each(written, self._bit)))

    def _bit(self, name: object) -> int:
        if not isinstance(name, str) or name not in self.names:
            raise ValueError(f"{quoted(name)} is not known here{did_you_mean(name, self.names)}")
        return self.names[name]

    def show(self, stored: Stored) -> object:
        """Give the word for the whole list, or the names."""
        if isinstance(stored, bool) or not isinstance(stored, int):
            return plain(stored)
        bits = stored & self.mask
        for word, value in self.sets.items():
            if value == bits:
                return word
        return [name for name, bit in self.names.items() if bits & bit]

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        names: JsonSchema = {"type": "array", "items": {"enum": list(self.names)}, "uniqueItems": True}
        return {"anyOf": [names, {"enum": list(self.sets)}]} if self.sets else names


# From public lists of verbs; ENHANCEDSTATUSCODES is inferred, the bits without a name are not documented.
VERBS = {
    "DSN": 0x40,
    "ETRN": 0x80,
    "TURN": 0x400,
    "ENHANCEDSTATUSCODES": 0x1000,
    "CHUNKING": 0x100000,
    "BINARYMIME": 0x200000,
    "8BITMIME": 0x400000,
}
FULL_ESMTP = 7697601  # the documented default
BASIC_SMTP = 7  # what servers were seen to hold outbound: only HELO is said, so neither STARTTLS nor AUTH work


class Verbs(Codec):
    """The ESMTP verbs: ``full``, ``basic``, a list of names, or the number itself."""

    kind: ClassVar[Kind] = Kind.DWORD

    def store(self, written: object) -> int:
        """Give the number: the documented default without the named verbs that are not listed."""
        if written in ("full", "basic"):
            return FULL_ESMTP if written == "full" else BASIC_SMTP
        if isinstance(written, int) and not isinstance(written, bool) and 0 <= written <= MAXIMUM:
            return written
        listed = Bits(VERBS).store(written)
        return (FULL_ESMTP & ~sum(VERBS.values())) | listed

    def show(self, stored: Stored) -> object:
        """Give ``full``, ``basic``, the list, or the number when it is none of these."""
        if isinstance(stored, bool) or not isinstance(stored, int):
            return plain(stored)
        if stored in (FULL_ESMTP, BASIC_SMTP):
            return "full" if stored == FULL_ESMTP else "basic"
        listed = [name for name, bit in VERBS.items() if stored & bit]
        return listed if self.store(listed) == stored else stored

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        names: JsonSchema = {"type": "array", "items": {"enum": list(VERBS)}, "uniqueItems": True}
        return {"anyOf": [{"enum": ["full", "basic"]}, names, {"type": "integer", "minimum": 0, "maximum": MAXIMUM}]}
