"""A direct look at a simulated machine, and what has to be true of it whatever went wrong.

Nothing here goes through the scripts or the engine: values are taken out of the machine's own metabase, registry,
services and files. Virtual servers are known by their names, as their numbers may differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from fault_site import MAILS, WITH_MAIL

from iisrelay.lab.windows.machine import Machine
from iisrelay.lab.windows.metabase.disk import METABASE_FILE
from iisrelay.lab.windows.metabase.document_reading import read_document
from iisrelay.lab.windows.metabase.tree import Key, find_key
from iisrelay.settings.relay_list import decode

SERVER_CLASS = "iissmtpserver"
STOPPED = 4
REGISTRY_ROOTS = (
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL",
    r"HKLM\SOFTWARE\Microsoft\.NETFramework",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\.NETFramework",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp",
)
# What the service writes about itself, and no site file manages.
RUN_TIME = frozenset({"updatedfqdn", "updateddefaultdomain"})
SECRET = frozenset({"RoutePassword"})
WIDEST_RELAY = 8  # bits: a network that is larger lets the world relay

Place = tuple[str, str, str]  # store, virtual server and key (or registry key, service, folder), name
View = Mapping[Place, object]


def view(machine: Machine) -> dict[Place, object]:
    """Give everything about a machine that a site file can manage."""
    seen = metabase_view(machine.metabase.root)
    for key in machine.metabase.server_keys():
        state = int(machine.metabase.virtual_servers.run_time(key).state)
        seen["metabase", _name(key), "ServerState"] = state
        starts = machine.metabase.read(key, "ServerAutoStart")  # the schema says yes where nothing is stored
        seen["metabase", _name(key), "ServerAutoStart"] = starts is not None and starts.value
    for root in REGISTRY_ROOTS:
        seen.update(_registry_view(machine, root))
    for name in ("SMTPSVC", "IISADMIN"):
        service = machine.services.find(name)
        if service is not None:
            startup = {2: "automatic", 3: "manual", 4: "disabled"}.get(service.start_type)
            delayed = service.start_type == 2 and service.delayed
            seen["service", name, "startup"] = "delayed-automatic" if delayed else startup
            seen["service", name, "state"] = service.status.lower()
    return seen


def metabase_view(root: Key) -> dict[Place, object]:
    """Give what the keys of the SMTP service hold themselves."""
    seen: dict[Place, object] = {}
    service = find_key(root, "LM/SmtpSvc")
    for key in service.walk() if service else ():
        place = _place(key)
        seen["metabase", place, "KeyType"] = key.key_type
        for record in key.records.values():
            if record.name.lower() not in RUN_TIME:
                seen["metabase", place, record.name] = record.value
    return seen


def saved_view(machine: Machine) -> dict[Place, object]:
    """Give what of the metabase is on disk, as Windows would read it after a power loss."""
    text = machine.files.read_text(METABASE_FILE)
    return metabase_view(read_document(text, machine.metabase.sealer))


def _place(key: Key) -> str:
    """Give a key below the service, its virtual server by name: "Alpha/Domain/partner.example"."""
    names = []
    while key.parent is not None and key.name.lower() != "smtpsvc":
        names.append(_name(key) if key.key_type.lower() == SERVER_CLASS else key.name)
        key = key.parent
    return "/".join(reversed(names)).lower()


def _name(key: Key) -> str:
    comment = key.records.get("servercomment")
    return (str(comment.value) if comment else f"#{key.name}").lower()


def _registry_view(machine: Machine, root: str) -> Iterator[tuple[Place, object]]:
    pending = [root]
    while pending:
        path = pending.pop()
        key = machine.registry.open(path)
        for value in key.values.values() if key else ():
            yield ("registry", path.lower(), value.name.lower()), value.data
        pending.extend(f"{path}\\{name}" for name in (key.subkey_names() if key else ()))


def open_relays(machine: Machine) -> list[str]:
    """Name the virtual servers that let everybody relay at this moment."""
    found = []
    for key in machine.metabase.server_keys():
        value = machine.metabase.read(key, "RelayIpList")
        if value is None or not isinstance(value.value, bytes):
            continue  # without a list nobody may relay
        rules = decode(value.value).access_list
        wide = [entry for entry in rules.addresses if _bits(entry) < WIDEST_RELAY]
        if rules.grant_by_default or not value.value or wide:
            found.append(_name(key))
    return found


def _bits(entry: str) -> int:
    address, _, mask = entry.partition(",")
    return ip_network(f"{address.strip()}/{mask.strip() or 32}", strict=False).prefixlen


def put_mail(machine: Machine) -> None:
    """Put mail into the queues that the sweep watches."""
    for name in WITH_MAIL:
        for number in range(MAILS):
            machine.files.write_text(rf"{queue_of(machine, name)}\{_file(name, number)}", _mail(name, number))


def queue_of(machine: Machine, name: str) -> str:
    """Give the folder of a virtual server's queue as it is now."""
    (key,) = [key for key in machine.metabase.server_keys() if _name(key) == name.lower()]
    found = machine.metabase.read(key, "QueueDirectory")
    assert found is not None
    return str(found.value)


def lost_mail(machine: Machine, *others: Machine) -> list[str]:
    """Tell of mails that are not what they were, or not where their virtual server looks for them.

    With ``others`` they may also lie where it looks on those: a move that was cut off is for the next apply to finish.
    """
    lost = []
    for name in WITH_MAIL:
        folders = dict.fromkeys(queue_of(each, name) for each in (machine, *others))
        found = [sum(_is_there(machine, folder, name, number) for folder in folders) for number in range(MAILS)]
        if not all(found):
            lost.append(f"{found.count(0)} mails of {name} are not in {' or '.join(folders)}")
    return lost


def _is_there(machine: Machine, folder: str, name: str, number: int) -> bool:
    path = rf"{folder}\{_file(name, number)}"
    return machine.files.is_file(path) and machine.files.read_text(path) == _mail(name, number)


def _file(name: str, number: int) -> str:
    return f"NTFS_{name.lower()}{number:04}.EML"


def _mail(name: str, number: int) -> str:
    return f"From: a@example.com\r\nTo: b@example.com\r\nSubject: {name} {number}\r\n\r\nText {number}.\r\n"


@dataclass(frozen=True)
class Bounds:
    """The two states that a host may end in."""

    old: View
    new: View

    def places(self, now: View) -> set[Place]:
        """Give all places that any of the states knows."""
        return {*self.old, *self.new, *now}

    def strays(self, now: View, excused: frozenset[str]) -> list[str]:
        """Name the places that are neither as before nor as wanted; ``excused`` are names that do not count."""
        return [
            f"{place} is {now.get(place)!r}, was {self.old.get(place)!r}, wanted {self.new.get(place)!r}"
            for place in sorted(self.places(now))
            if place[2] not in excused
            if now.get(place) not in (self.old.get(place), self.new.get(place)) and not _is_on_its_way(place, now, self)
        ]

    def changed_below(self, key: Place, now: View) -> list[Place]:
        """Name what a key holds that is not as before, but for secrets, which nobody gives back."""
        below = [place for place in self.places(now) if place[1] == key[1] or place[1].startswith(f"{key[1]}/")]
        return [place for place in sorted(below) if place[2] not in SECRET and now.get(place) != self.old.get(place)]


def _is_on_its_way(place: Place, now: View, bounds: Bounds) -> bool:
    """Tell what a virtual server may be like that is being made, or removed.

    It must not start with the service before it is complete, nor while it is going; and nobody may relay meanwhile.
    """
    _, where, name = place
    key = ("metabase", where, "KeyType")
    if name in ("ServerAutoStart", "ServerState"):
        return (key not in bounds.old or key not in bounds.new) and now.get(place) in (False, STOPPED)
    value = now.get(place)
    return key not in bounds.old and name == "RelayIpList" and isinstance(value, bytes) and is_closed(value)


def is_closed(blob: bytes) -> bool:
    """Tell whether a list lets nobody relay."""
    rules = decode(blob).access_list
    return not (rules.grant_by_default or rules.addresses or rules.domains)


def place_of(change: Mapping[str, Any]) -> Place | None:
    """Give the place of a change of a report; None where the view does not look (folders)."""
    store, path, name = change["store"], str(change["path"]), str(change["name"])
    if store == "registry":
        return "registry", path.lower(), name.lower()
    if store == "service":
        return "service", path, name
    if store != "metabase":
        return None
    below = path.split("/", 2)[2:]
    server = str(change["setting"]).partition("[")[2].partition("]")[0]
    return "metabase", "/".join([server, *below]).lower(), name
