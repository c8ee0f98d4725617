"""The binary form of relay and connection lists (RelayIpList, IPSecurity): tolerant decoder, strict encoder.

Layout (little-endian DWORDs; a reference is an offset from the start with the top bit set):

    0   references to four lists: denied addresses, granted addresses, denied names, granted names
    16  flags, 1 in every known sample; their meaning is not documented
    20  size of this header and the four lists: where the data area starts
    24  the lists

An address list is a count of groups, a count of addresses, then for each group 20 bytes: family (2), count, whole bytes
of the mask, the mask's next byte, a reference to the mask followed by the addresses. In all samples the group's count
includes the mask. A name list has the same two counts, then for each group the number of labels, the count of names,
and a reference for each name. Masks other than 255.255.255.255, names and several groups are inferred: no public sample
has them.
"""

import struct
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from iisrelay.settings.stored import AccessList

HEADER_SIZE = 24
GROUP_SIZE = 20
REFERENCE = 0x80000000
FAMILY_IPV4 = 2
# References may all lead to the same data, so that a small blob could stand for any number of entries.
MOST_ENTRIES = 20_000
MOST_PROBLEMS = 20
LONGEST_NAME = 255
HOST_MASK = "255.255.255.255"
# The one entry that Windows itself puts into an "only the list below" without entries.
PLACEHOLDER = f"0.0.0.0, {HOST_MASK}"


@dataclass(frozen=True)
class Decoded:
    """What a blob says, and what is wrong with it in words (empty: well-formed)."""

    access_list: AccessList
    problems: tuple[str, ...] = ()


def decode(blob: bytes) -> Decoded:
    """Read a blob as far as it can be understood."""
    if not blob:
        # Others saw this read as "all except the list below" with nothing listed; it is not documented.
        return Decoded(AccessList(True), ("zero length: Windows probably reads this as a list that excludes nobody",))
    if len(blob) < HEADER_SIZE:
        return Decoded(AccessList(False), (f"{len(blob)} bytes are less than the header of {HEADER_SIZE}",))
    return _Reader(blob).read()


def encode(access_list: AccessList) -> bytes:
    """Write a blob.

    Raises:
        ValueError: an entry that the format cannot hold (IPv6, a mask with holes, a name that is not ASCII), one that
            is there twice, or own addresses that are not resolved yet.
    """
    if access_list.own_addresses:
        raise ValueError("the host's own addresses have to be resolved before the list is encoded")
    addresses, names = access_list.addresses, access_list.domains
    if not access_list.grant_by_default and not addresses and not names:
        addresses = (PLACEHOLDER,)
    nothing: dict[int, list[bytes]] = {}
    address_groups, name_groups = _address_groups(addresses), _name_groups(names)
    if access_list.grant_by_default:
        return _assemble((address_groups, nothing), (name_groups, nothing))
    return _assemble((nothing, address_groups), (nothing, name_groups))


def parse_entry(entry: str) -> tuple[IPv4Address, int]:
    """Split ``"address, mask"`` (the mask may be missing) into the address and the length of the prefix.

    Raises:
        ValueError: no IPv4 address, or a mask with holes.
    """
    address, _, mask = (part.strip() for part in entry.partition(","))
    if ":" in address:
        raise ValueError(f"{address!r} is IPv6, and Windows keeps only IPv4 addresses in this list")
    try:
        parsed, prefix_length = IPv4Address(address), _prefix_length(IPv4Address(mask or HOST_MASK))
    except ValueError:
        raise ValueError(f"{entry!r} is not an IPv4 address with a mask") from None
    if prefix_length is None:
        raise ValueError(f"{entry!r} has a mask with holes")
    return parsed, prefix_length


def format_entry(address: IPv4Address, prefix_length: int) -> str:
    """Give the ``"address, mask"`` text that IIsIPSecurity shows."""
    return f"{address}, {IPv4Network((0, prefix_length)).netmask}"


class _Reader:
    """Reads one blob; what is odd goes to ``problems``."""

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        self.problems: list[str] = []
        self.end_of_data = 0
        self._left = MOST_ENTRIES

    def read(self) -> Decoded:
        references, flags, size = self._dwords(0, 4), self._dword(16), self._dword(20)
        if flags != 1:
            self._note(f"flags are {flags}, not 1 as in every known list")
        self.end_of_data = size
        denied = tuple(self._addresses(references[0], "denied addresses"))
        granted = tuple(self._addresses(references[1], "granted addresses"))
        denied_names = tuple(self._names(references[2], "denied names"))
        granted_names = tuple(self._names(references[3], "granted names"))
        self._check_end()
        if granted or granted_names or self._groups(references[1]):
            if denied or denied_names:
                self._note("both a deny list and a grant list: only the grant list is shown")
            listed = tuple(entry for entry in granted if entry != PLACEHOLDER)
            return Decoded(AccessList(False, listed, granted_names), tuple(self.problems))
        # Which mode a blob without any group stands for is inferred: no list restricts anybody.
        return Decoded(AccessList(True, denied, denied_names), tuple(self.problems))

    def _addresses(self, reference: int, what: str) -> Iterator[str]:
        offset = self._offset(reference, what)
        if offset is None:
            return
        claimed, found = self._dword(offset + 4), 0
        for group in range(self._groups(reference)):
            start = offset + 8 + GROUP_SIZE * group
            if start + GROUP_SIZE > len(self.blob):
                self._note(f"{what}: the list is cut off in group {group + 1}")
                return
            entries = tuple(self._address_group(start, f"{what}, group {group + 1}"))
            found += len(entries)
            yield from entries
        if claimed != found:
            self._note(f"{what}: the list claims {claimed} addresses, the data holds {found}")

    def _address_group(self, start: int, what: str) -> Iterator[str]:
        family, count, full_bytes, last_byte, reference = self._dwords(start, 5)
        if family != FAMILY_IPV4:
            self._note(f"{what}: address family {family} is not IPv4")
            return
        offset = self._offset(reference, what)
        if offset is None:
            return
        end = min(offset + 4 * count, len(self.blob) - 3, offset + 4 * (1 + self._left))
        items = [self.blob[at : at + 4] for at in range(offset, end, 4)]
        self._left -= max(0, len(items) - 1)
        if len(items) < count:
            self._note(f"{what}: {count} entries are claimed (the mask is one), the data holds {len(items)}")
        self.end_of_data = max(self.end_of_data, offset + 4 * len(items))
        if not items:
            return
        mask = IPv4Address(items[0])
        prefix_length = _prefix_length(mask)
        if prefix_length is None or _worded(prefix_length) != (full_bytes, last_byte):
            self._note(f"{what}: the mask {mask} does not agree with its lengths {full_bytes} and {last_byte}")
        yield from (f"{IPv4Address(item)}, {mask}" for item in items[1:])

    def _names(self, reference: int, what: str) -> Iterator[str]:
        offset = self._offset(reference, what)
        if offset is None:
            return
        claimed, position = self._dword(offset + 4), offset + 8
        names: list[str] = []
        for _ in range(self._groups(reference)):
            if position + 8 > len(self.blob):
                self._note(f"{what}: the list is cut off")
                break
            count = min(self._dword(position + 4), len(self.blob) // 4, self._left)
            self._left -= count
            names.extend(self._name(self._dword(position + 8 + 4 * index), what) for index in range(count))
            position += 8 + 4 * count
        listed = [name for name in names if name]
        if claimed != len(listed):
            self._note(f"{what}: the list claims {claimed} names, the data holds {len(listed)}")
        yield from listed

    def _name(self, reference: int, what: str) -> str:
        offset = self._offset(reference, what)
        if offset is None:
            return ""
        end = self.blob.find(b"\0", offset, offset + LONGEST_NAME + 1)
        if end < 0:
            self._note(f"{what}: a name has no end")
            end = min(len(self.blob), offset + LONGEST_NAME)
        self.end_of_data = max(self.end_of_data, end + 1)
        return self.blob[offset:end].decode("cp1252", errors="replace")

    def _note(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def _check_end(self) -> None:
        surplus = self.blob[self.end_of_data :]
        if surplus.strip(b"\0") or len(surplus) >= 4:
            self._note(f"{len(surplus)} bytes at the end that no count covers are ignored")

    def _groups(self, reference: int) -> int:
        offset = reference & ~REFERENCE
        return min(self._dword(offset), len(self.blob) // 8)

    def _offset(self, reference: int, what: str) -> int | None:
        offset = reference & ~REFERENCE
        if reference & REFERENCE and HEADER_SIZE <= offset < len(self.blob):
            return offset
        self._note(f"{what}: the reference 0x{reference:08x} leads out of the blob")
        return None

    def _dword(self, offset: int) -> int:
        return self._dwords(offset, 1)[0]

    def _dwords(self, offset: int, count: int) -> tuple[int, ...]:
        part = self.blob[offset : offset + 4 * count].ljust(4 * count, b"\0")
        return struct.unpack(f"<{count}I", part)


def _address_groups(entries: Sequence[str]) -> dict[int, list[bytes]]:
    parsed = [parse_entry(entry) for entry in entries]
    _refuse_duplicates([format_entry(*item) for item in parsed])
    groups: dict[int, list[bytes]] = {}
    for address, prefix_length in parsed:
        groups.setdefault(prefix_length, []).append(address.packed)
    return groups


def _name_groups(names: Sequence[str]) -> dict[int, list[bytes]]:
    _refuse_duplicates([name.lower() for name in names])
    groups: dict[int, list[bytes]] = {}
    for name in names:
        if not name or not name.isascii() or "\0" in name:
            raise ValueError(f"{name!r} is not a DNS name in ASCII")
        groups.setdefault(name.count(".") + 1, []).append(name.encode("ascii"))
    return groups


def _refuse_duplicates(entries: Sequence[str]) -> None:
    twice = [entry for entry, count in Counter(entries).items() if count > 1]
    if twice:
        raise ValueError(f"{twice[0]!r} is listed twice, which Windows refuses")


def _assemble(address_lists: Sequence[dict[int, list[bytes]]], name_lists: Sequence[dict[int, list[bytes]]]) -> bytes:
    address_sizes = [8 + GROUP_SIZE * len(groups) for groups in address_lists]
    name_sizes = [8 + sum(8 + 4 * len(names) for names in groups.values()) for groups in name_lists]
    sizes = [*address_sizes, *name_sizes]
    starts = [HEADER_SIZE + sum(sizes[:index]) for index in range(4)]
    header_size = HEADER_SIZE + sum(sizes)
    data = bytearray()
    lists = bytearray()
    for groups in address_lists:
        lists += struct.pack("<II", len(groups), sum(map(len, groups.values())))
        for prefix_length, addresses in groups.items():
            reference = REFERENCE | (header_size + len(data))
            lists += struct.pack("<5I", FAMILY_IPV4, len(addresses) + 1, *_worded(prefix_length), reference)
            data += IPv4Network((0, prefix_length)).netmask.packed + b"".join(addresses)
    for groups in name_lists:
        lists += struct.pack("<II", len(groups), sum(map(len, groups.values())))
        for labels, names in groups.items():
            lists += struct.pack("<II", labels, len(names))
            for name in names:
                lists += struct.pack("<I", REFERENCE | (header_size + len(data)))
                data += name + b"\0"
    references = struct.pack("<4I", *(REFERENCE | start for start in starts))
    return references + struct.pack("<II", 1, header_size) + bytes(lists) + bytes(data)


def _worded(prefix_length: int) -> tuple[int, int]:
    """Give the mask as the blob words it: whole bytes, and the byte after them (/20 is 2 and 0xF0)."""
    full_bytes, bits = divmod(prefix_length, 8)
    return full_bytes, (0xFF << (8 - bits)) & 0xFF if bits else 0


def _prefix_length(mask: IPv4Address) -> int | None:
    holes = int(mask) ^ 0xFFFFFFFF
    return None if holes & (holes + 1) else 32 - holes.bit_length()


__all__ = ["Decoded", "decode", "encode", "format_entry", "parse_entry"]
