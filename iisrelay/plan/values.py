"""The comparison of one desired value with what a host holds: the heart of the diff, without any order or policy."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from iisrelay.plan.change import Change
from iisrelay.secret import Secret
from iisrelay.settings.metabase_schema import find
from iisrelay.settings.stored import AccessList, Address, Kind, Store, Stored
from iisrelay.site.target import Assignment, Cleared
from iisrelay.state.observed import Observed, ObservedValue, fold
from iisrelay.status import Action, Restart

# Tells whether a secret still has the value that was last applied for a setting. The host is never asked for it.
SecretCheck = Callable[[str, Secret], bool]
HOST_MASK = "255.255.255.255"
LOOPBACK = "127.0.0.1"
DOMAIN_PATH = "/domain/"
ROUTE_BITS = "RouteAction"
RELAY_LIST = "RelayIpList"
PYTHON_TYPES: dict[Kind, type] = {
    Kind.DWORD: int,
    Kind.REG_DWORD: int,
    Kind.BOOL: bool,
    Kind.MULTISZ: tuple,
    Kind.ACL: tuple,
    Kind.BINARY: bytes,
    Kind.IPSECLIST: AccessList,
}


@dataclass(frozen=True)
class Comparison:
    """What every comparison on one host needs."""

    observed: Observed
    is_current: SecretCheck
    planned: Mapping[Address, Stored] = field(default_factory=dict)

    def after(self, changes: Iterable[Change]) -> "Comparison":
        """Give the comparison for what stands below these changes: it will inherit what they write."""
        written = {
            fold(Address(change.store, change.path, change.name)): change.stored_after
            for change in changes
            if change.store is Store.METABASE and change.stored_after is not None
        }
        return replace(self, planned={**self.planned, **written})

    def applies(self, assignment: Assignment) -> bool:
        """Tell whether an assignment is meant for this Windows."""
        return assignment.minimum_build <= self.observed.facts.build <= assignment.maximum_build

    def compare(self, assignment: Assignment, address: Address, setting: str) -> Change | None:
        """Give the change that makes the place hold what the assignment asks for, or None."""
        current = self.current(address)
        if isinstance(assignment.value, Cleared):
            return _clear(assignment, address, setting, current or self._made_with_server(address))
        if isinstance(assignment.value, Secret):
            return self._compare_secret(assignment, address, setting, current)
        return self._compare_value(assignment, address, setting, current, assignment.value)

    def current(self, address: Address) -> ObservedValue | None:
        """Give what will be effective at a place once everything above it is as planned."""
        found = self._observed_or_inherited(address)
        if _is_foreign(address) or (found is not None and not found.inherited):
            return found
        above = self._planned_above(address)
        return found if above is None else ObservedValue(above, inherited=True)

    def _planned_above(self, address: Address) -> Stored | None:
        """Give the value that a change above writes, unless a nearer key keeps one of its own."""
        schema = find(address.name)
        if not self.planned or address.store is not Store.METABASE or schema is None or not schema.inherit:
            return None
        path = address.path
        while "/" in path:
            path = path.rpartition("/")[0]
            place = Address(address.store, path, address.name)
            if fold(place) in self.planned:
                return self.planned[fold(place)]
            kept = self.observed.find(place)
            if kept is not None and kept.inherited is False:
                return None
        return None

    def _observed_or_inherited(self, address: Address) -> ObservedValue | None:
        """Give what is effective now; a virtual server that is yet to be made will inherit from the service."""
        found = self.observed.find(address)
        if found is not None and found.inherited and _is_foreign(address):
            return None
        service, _, number = address.path.partition("/")
        if found is not None or address.store is not Store.METABASE or not number.isdigit():
            return found
        schema = find(address.name)
        above = self.observed.find(Address(address.store, service, address.name))
        if above is None or schema is None or not schema.inherit or self.observed.has_key(address.path):
            return None
        return replace(above, inherited=True)

    def _made_with_server(self, address: Address) -> ObservedValue | None:
        """Give what a virtual server that is yet to be made will have got by then without being asked for."""
        is_new = address.path.count("/") == 1 and not self.observed.has_key(address.path)
        return ObservedValue(AccessList(grant_by_default=False)) if is_new and address.name == RELAY_LIST else None

    def _compare_secret(
        self, assignment: Assignment, address: Address, setting: str, current: ObservedValue | None
    ) -> Change | None:
        secret = assignment.value
        if not isinstance(secret, Secret):
            return None
        is_set = current is not None and current.hidden and not current.inherited
        if is_set and self.is_current(setting, secret):
            return None
        action = Action.UPDATE if is_set else Action.CREATE
        return replace(_change(assignment, address, setting, action), sensitive=True, secret=secret)

    def _compare_value(
        self, assignment: Assignment, address: Address, setting: str, current: ObservedValue | None, wanted: Stored
    ) -> Change | None:
        wanted = self.resolve(wanted)
        before = coerce(assignment.kind, current.value) if current is not None else None
        if before is not None and _same(assignment, before, wanted):
            return None
        if before is None and wanted == ():
            return None  # an empty list and none at all look the same
        local = before is not None and current is not None and not current.inherited
        change = _change(assignment, address, setting, Action.UPDATE if local else Action.CREATE)
        return replace(
            change,
            before=None if before is None else _show(assignment, before),
            after=_show(assignment, wanted),
            stored_before=before,
            stored_after=wanted,
            was_inherited=before is not None and not local,
            sensitive=assignment.sensitive,
        )

    def resolve(self, wanted: Stored) -> Stored:
        """Replace "the host's own addresses" by the addresses that were observed."""
        if not isinstance(wanted, AccessList) or not wanted.own_addresses:
            return wanted
        own = tuple(f"{address}, {HOST_MASK}" for address in (LOOPBACK, *self.observed.facts.addresses))
        return replace(wanted, addresses=tuple(dict.fromkeys([*own, *wanted.addresses])), own_addresses=False)


def fold_bits(comparison: Comparison, group: list[Assignment], address: Address, settings: list[str]) -> Change | None:
    """Give one change for all settings that share a DWORD; bits that no setting owns stay as they are."""
    current = comparison.current(address)
    if all(isinstance(item.value, Cleared) for item in group):
        return _clear(group[0], address, common_setting(settings), current)
    bits = _Bits.of(current)
    default = default_bits(address)
    wanted = default if bits.value is None else bits.value
    for item in group:
        own = item.value if isinstance(item.value, int) else default
        wanted = (wanted & ~(item.mask or 0)) | (own & (item.mask or 0))
    if bits.value == wanted:
        return None
    named = list(zip(group, settings, strict=True))
    differing = [(item, name) for item, name in named if bits.value is None or (bits.value ^ wanted) & (item.mask or 0)]
    return _folded_change(address, differing, bits, wanted)


def _is_foreign(address: Address) -> bool:
    """Tell whether an inherited value says nothing of a place: a virtual server's bits are for all but its domains."""
    return address.name == ROUTE_BITS and DOMAIN_PATH in address.path.casefold()


@dataclass(frozen=True)
class _Bits:
    """The DWORD as it is: its value (None: nothing, or nothing of that type), and whether it comes from above."""

    value: int | None
    is_inherited: bool

    @classmethod
    def of(cls, current: ObservedValue | None) -> "_Bits":
        value = coerce(Kind.DWORD, current.value) if current is not None else None
        if current is None or not isinstance(value, int):
            return cls(None, is_inherited=False)
        return cls(value, is_inherited=bool(current.inherited))


def _folded_change(address: Address, differing: list[tuple[Assignment, str]], bits: _Bits, wanted: int) -> Change:
    is_local = bits.value is not None and not bits.is_inherited
    setting = common_setting([name for _, name in differing])
    change = _change(differing[0][0], address, setting, Action.UPDATE if is_local else Action.CREATE)
    return replace(
        change,
        before=None if bits.value is None else _show_bits(differing, bits.value),
        after=_show_bits(differing, wanted),
        stored_before=bits.value,
        stored_after=wanted,
        was_inherited=bits.is_inherited,
        restart=strongest(item.restart for item, _ in differing),
    )


def strongest(restarts: Iterable[Restart]) -> Restart:
    """Give the restart that includes all others."""
    order = list(Restart)
    return max(restarts, key=order.index, default=Restart.NONE)


def common_setting(settings: list[str]) -> str:
    """Name a change that several settings share: their common key path, with what differs after a plus sign."""
    if len(settings) == 1:
        return settings[0]
    parts = [setting.split(".") for setting in settings]
    depth = 0
    while all(len(part) > depth + 1 and part[depth] == parts[0][depth] for part in parts):
        depth += 1
    prefix = ".".join(parts[0][:depth])
    rest = " + ".join(".".join(part[depth:]) for part in parts)
    return f"{prefix}.{rest}" if prefix else rest


def coerce(kind: Kind, value: Stored | None) -> Stored | None:
    """Give an observed value the type of its property: ADSI shows some BOOLs as numbers and single texts unwrapped."""
    if kind in (Kind.DWORD, Kind.REG_DWORD) and isinstance(value, bool):
        return int(value)
    if kind is Kind.BOOL and isinstance(value, int):
        return bool(value)
    if kind in (Kind.MULTISZ, Kind.ACL) and isinstance(value, str):
        return (value,) if value else ()
    return value


def _clear(assignment: Assignment, address: Address, setting: str, current: ObservedValue | None) -> Change | None:
    """Delete only what is stored at the place itself; where the host cannot tell, try."""
    if current is None or current.inherited:
        return None
    change = replace(_change(assignment, address, setting, Action.DELETE), sensitive=current.hidden)
    if current.hidden or current.value is None:
        return change
    before = coerce(assignment.kind, current.value)
    return replace(change, before=None if before is None else _show(assignment, before), stored_before=before)


def _change(assignment: Assignment, address: Address, setting: str, action: Action) -> Change:
    return Change(
        identity="",
        setting=setting,
        store=address.store,
        path=address.path,
        name=address.name,
        action=action,
        kind=assignment.kind,
        sensitive=assignment.sensitive,
        restart=assignment.restart,
        origin=assignment.origin,
    )


def _same(assignment: Assignment, one: Stored, other: Stored) -> bool:
    """Compare as stored; values of different types are different, whatever a codec thinks of them."""
    expected = PYTHON_TYPES.get(assignment.kind, str)
    return isinstance(one, expected) and assignment.codec.same(one, other)


def _show(assignment: Assignment, value: Stored) -> object:
    """Show as written; what is stored with a foreign type is shown as it is."""
    if isinstance(value, PYTHON_TYPES.get(assignment.kind, str)):
        return assignment.codec.show(value)
    return value.hex() if isinstance(value, bytes) else value


def _show_bits(items: list[tuple[Assignment, str]], value: int) -> object:
    shown = {setting.rsplit(".", 1)[-1]: item.codec.show(value & (item.mask or 0)) for item, setting in items}
    return next(iter(shown.values())) if len(shown) == 1 else shown


def default_bits(address: Address) -> int:
    """Give what holds where nothing is stored: the schema's default."""
    schema = find(address.name) if address.store is Store.METABASE else None
    default = schema.schema_default if schema else None
    return default if isinstance(default, int) else 0
