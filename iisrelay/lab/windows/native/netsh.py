"""netsh.exe: the rules of the firewall (``netsh advfirewall firewall``), and ``netsh advfirewall show``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.native import native
from iisrelay.lab.windows.firewall import ANY_PROFILE, PROFILES, PROTOCOLS, FirewallRule
from iisrelay.lab.windows.native.console import not_simulated, write
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from iisrelay.lab.powershell.native import NativeCall
    from iisrelay.lab.windows.firewall import Firewall

_DIRECTIONS = {"in": "Inbound", "out": "Outbound"}
_TEXT_FIELDS = {
    "localport": "local_port",
    "remoteport": "remote_port",
    "localip": "local_address",
    "remoteip": "remote_address",
    "program": "program",
    "service": "service",
    "description": "description",
}
_NO_MATCH = "\r\nNo rules match the specified criteria.\r\n"


class NetshError(Exception):
    """A command line that netsh refuses."""


@native("netsh")
def netsh(call: NativeCall) -> int:
    """netsh.exe: advfirewall firewall add|delete|set|show rule; other contexts fail aloud."""
    words = [word.lower() for word in call.arguments[:4]]
    command = words[2] if words[:2] == ["advfirewall", "firewall"] and words[3:] == ["rule"] else ""
    if command not in _COMMANDS:
        return not_simulated(call)
    if command != "show" and not machine_of(call.engine).is_administrator:
        call.out("The requested operation requires elevation (Run as administrator).\r\n")
        return 1
    try:
        pairs = _pairs(call.arguments[4:])
        return _COMMANDS[command](call, machine_of(call.engine).firewall, pairs)
    except NetshError as error:
        write(call, "", str(error), "")
        return 1


def _pairs(words: Iterable[str]) -> list[tuple[str, str]]:
    pairs = []
    for word in words:
        name, equals, value = word.partition("=")
        if not equals and name.lower() not in ("new", "verbose"):
            raise NetshError(f"'{word}' is not a valid argument for this command.")
        pairs.append((name.lower(), value))
    return pairs


def _name(pairs: list[tuple[str, str]]) -> str:
    name = dict(pairs).get("name", "")
    if not name:
        raise NetshError("A required argument is missing: name.")
    return name


def _add(call: NativeCall, firewall: Firewall, pairs: list[tuple[str, str]]) -> int:
    rule = FirewallRule(_name(pairs), action="", direction="")
    for name, value in pairs:
        _assign(rule, name, value)
    if not rule.direction or not rule.action:
        raise NetshError("A required argument is missing: dir and action must be given.")
    if (rule.local_port, rule.remote_port) != ("Any", "Any") and rule.protocol not in ("TCP", "UDP"):
        raise NetshError("For a rule with ports the protocol must be TCP or UDP.")
    firewall.add(rule)
    write(call, "Ok.", "")
    return 0


def _assign(rule: FirewallRule, name: str, value: str) -> None:
    word = value.lower()
    if name == "name":
        rule.display_name = value
    elif name == "dir" and word in _DIRECTIONS:
        rule.direction = _DIRECTIONS[word]
    elif name == "action" and word in ("allow", "block"):
        rule.action = word.capitalize()
    elif name == "enable" and word in ("yes", "no"):
        rule.enabled = word == "yes"
    elif name == "protocol":
        rule.protocol = next((known for known in PROTOCOLS if known.lower() == word), value)
    elif name == "profile":
        rule.profiles = _profiles(word)
    elif name == "edge" and word in ("yes", "no"):
        rule.edge_traversal = word == "yes"
    elif name in _TEXT_FIELDS:
        setattr(rule, _TEXT_FIELDS[name], "Any" if word == "any" else value)
    else:
        raise NetshError(f"'{name}={value}' is not a valid argument for this command.")


def _profiles(text: str) -> int:
    known = {name.lower(): bit for name, bit in PROFILES.items()}
    total = ANY_PROFILE
    for word in text.split(","):
        if word != "any" and word not in known:
            raise NetshError(f"'profile={text}' is not a valid argument for this command.")
        total |= known.get(word, ANY_PROFILE)
    return total


def _matching(firewall: Firewall, pairs: list[tuple[str, str]]) -> list[FirewallRule]:
    """List the rules of that name ("all": every rule) which agree with the other criteria."""
    name = _name(pairs)
    rules = list(firewall) if name.lower() == "all" else firewall.by_display_name(name)
    for criterion, value in pairs:
        if criterion in ("name", "verbose"):
            continue
        wanted = FirewallRule("")
        _assign(wanted, criterion, value)
        attribute = {"dir": "direction", "enable": "enabled", "profile": "profiles"}.get(criterion)
        attribute = attribute or _TEXT_FIELDS.get(criterion, criterion)
        rules = [rule for rule in rules if getattr(rule, attribute) == getattr(wanted, attribute)]
    return rules


def _delete(call: NativeCall, firewall: Firewall, pairs: list[tuple[str, str]]) -> int:
    rules = _matching(firewall, pairs)
    if not rules:
        call.out(_NO_MATCH)
        return 1
    for rule in rules:
        firewall.remove(rule)
    write(call, "", f"Deleted {len(rules)} rule(s).", "Ok.", "")
    return 0


def _set(call: NativeCall, firewall: Firewall, pairs: list[tuple[str, str]]) -> int:
    names = [name for name, _ in pairs]
    if "new" not in names:
        raise NetshError("A required argument is missing: new.")
    split = names.index("new")
    rules = _matching(firewall, pairs[:split])
    if not rules:
        call.out(_NO_MATCH)
        return 1
    for rule in rules:
        for name, value in pairs[split + 1 :]:
            _assign(rule, name, value)
    write(call, "", f"Updated {len(rules)} rule(s).", "Ok.", "")
    return 0


def _show(call: NativeCall, firewall: Firewall, pairs: list[tuple[str, str]]) -> int:
    rules = _matching(firewall, pairs)
    if not rules:
        call.out(_NO_MATCH)
        return 1
    for rule in rules:
        _show_rule(call, rule)
    call.out("Ok.\r\n")
    return 0


def _show_rule(call: NativeCall, rule: FirewallRule) -> None:
    fields = {
        "Enabled": "Yes" if rule.enabled else "No",
        "Direction": "In" if rule.direction == "Inbound" else "Out",
        "Profiles": ",".join(rule.profile_names),
        "Grouping": rule.group,
        "LocalIP": rule.local_address,
        "RemoteIP": rule.remote_address,
        "Protocol": rule.protocol,
    }
    if rule.protocol in ("TCP", "UDP"):
        fields |= {"LocalPort": rule.local_port, "RemotePort": rule.remote_port}
    fields |= {"Edge traversal": "Yes" if rule.edge_traversal else "No", "Action": rule.action}
    write(call, "", f"{'Rule Name:':38}{rule.display_name}", "-" * 70)
    write(call, *(f"{name + ':':38}{value}" for name, value in fields.items()))


_COMMANDS: dict[str, Callable[[NativeCall, Firewall, list[tuple[str, str]]], int]] = {
    "add": _add,
    "delete": _delete,
    "set": _set,
    "show": _show,
}
