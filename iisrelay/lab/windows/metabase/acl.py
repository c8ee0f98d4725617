"""AdminACL: who may administer a key. Kept as trustees with access masks; written as text in the style of SDDL."""

import re
from dataclasses import dataclass

READ = 0x1
WRITE = 0x2
ENUMERATE_KEYS = 0x8
RESTRICTED_WRITE = 0x20
READ_UNSECURED_PROPERTIES = 0x80
WRITE_DAC = 0x40000
FULL_CONTROL = READ | WRITE | ENUMERATE_KEYS | RESTRICTED_WRITE | READ_UNSECURED_PROPERTIES | WRITE_DAC

_ENTRY = re.compile(r"\((A|D);(0x[0-9a-f]+);(0x[0-9a-f]+);([^)]*)\)")


@dataclass(frozen=True)
class AccessEntry:
    """One entry: who, which bits, allowed or denied."""

    trustee: str
    mask: int = FULL_CONTROL
    denied: bool = False
    flags: int = 0


@dataclass(frozen=True)
class AccessControl:
    """A security descriptor, as far as the metabase uses it."""

    owner: str = r"BUILTIN\Administrators"
    group: str = r"BUILTIN\Administrators"
    entries: tuple[AccessEntry, ...] = ()

    def to_text(self) -> str:
        """Write the descriptor as one line of text."""
        entries = (
            f"({'D' if entry.denied else 'A'};{entry.flags:#x};{entry.mask:#x};{entry.trustee})"
            for entry in self.entries
        )
        return f"O:{self.owner};G:{self.group};D:{''.join(entries)}"

    @classmethod
    def from_text(cls, text: str) -> "AccessControl":
        """Read what ``to_text`` wrote.

        Raises:
            ValueError: the text is no descriptor.
        """
        head = re.match(r"O:([^;]*);G:([^;]*);D:", text)
        if head is None:
            raise ValueError(f"{text!r} is no security descriptor")
        entries = tuple(
            AccessEntry(trustee, int(mask, 16), denied=kind == "D", flags=int(flags, 16))
            for kind, flags, mask, trustee in _ENTRY.findall(text)
        )
        return cls(head[1], head[2], entries)


# The operators of a fresh server are inferred from the help of the Security tab.
INSTALLED = AccessControl(
    entries=(
        AccessEntry(r"BUILTIN\Administrators"),
        AccessEntry(r"NT AUTHORITY\LOCAL SERVICE"),
        AccessEntry(r"NT AUTHORITY\NETWORK SERVICE"),
    )
)
