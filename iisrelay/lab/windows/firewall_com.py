"""HNetCfg.FwPolicy2 and HNetCfg.FWRule: the firewall as scripts for 2008 R2 reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import convert, to_string
from iisrelay.lab.powershell.errors import NetError, com_error
from iisrelay.lab.powershell.values import DynamicObject, unwrap
from iisrelay.lab.windows.com import com_class
from iisrelay.lab.windows.firewall import PROTOCOLS, FirewallRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.machine import Machine

_ALL_PROFILES = 0x7FFFFFFF
_FILE_NOT_FOUND = 0x80070002
_ACCESS_DENIED = 0x80070005
_INVALID = 0x80070057
_TEXTS = {
    "name": "display_name",
    "description": "description",
    "applicationname": "program",
    "servicename": "service",
    "localports": "local_port",
    "remoteports": "remote_port",
    "localaddresses": "local_address",
    "remoteaddresses": "remote_address",
    "grouping": "group",
}
_MEMBERS = (
    "Action", "ApplicationName", "Description", "Direction", "EdgeTraversal", "Enabled", "Grouping", "LocalAddresses",
    "LocalPorts", "Name", "Profiles", "Protocol", "RemoteAddresses", "RemotePorts", "serviceName",
)  # fmt: skip
_EMPTY_WHEN_ANY = ("applicationname", "servicename")
_NUMBERS = ("protocol", "direction", "action", "profiles")
_FLAGS = {"enabled": "enabled", "edgetraversal": "edge_traversal"}


@com_class("HNetCfg.FWRule")
class FirewallRuleObject(DynamicObject):
    """INetFwRule. A new one works by itself until it is added to the policy's rules."""

    def __init__(self, machine: Machine, rule: FirewallRule | None = None) -> None:
        self.machine = machine
        self.rule = rule or FirewallRule("", enabled=False)

    def get_member(self, _engine: Engine, name: str) -> object:
        """Give a property's value."""
        key = name.lower()
        if key in _TEXTS:
            text = getattr(self.rule, _TEXTS[key])
            if text == "Any":
                return None if key in _EMPTY_WHEN_ANY else "*"
            return text
        if key in _FLAGS:
            return getattr(self.rule, _FLAGS[key])
        if key in _NUMBERS:
            return self._number(key)
        raise AttributeError(name)

    def _number(self, key: str) -> int:
        return {
            "protocol": PROTOCOLS.get(self.rule.protocol, 256),
            "direction": 1 if self.rule.direction == "Inbound" else 2,
            "action": int(self.rule.action == "Allow"),
            "profiles": self.rule.profiles or _ALL_PROFILES,
        }[key]

    def set_member(self, engine: Engine, name: str, value: object) -> None:
        """Set a property; ports need a protocol that has some."""
        key = name.lower()
        if key in _TEXTS:
            text = to_string(engine, value)
            if key.endswith("ports") and self.rule.protocol not in ("TCP", "UDP"):
                raise com_error(
                    _INVALID, "The parameter is incorrect. (Exception from HRESULT: 0x80070057 (E_INVALIDARG))"
                )
            setattr(self.rule, _TEXTS[key], "Any" if text in ("*", "Any") else text)
        elif key in _FLAGS:
            setattr(self.rule, _FLAGS[key], bool(value))
        elif key in _NUMBERS:
            self._set_number(key, int(convert(engine, value, "int")))  # type: ignore[call-overload]
        else:
            raise AttributeError(name)

    def _set_number(self, key: str, number: int) -> None:
        if key == "protocol":
            self.rule.protocol = next((name for name, known in PROTOCOLS.items() if known == number), str(number))
        elif key == "direction":
            self.rule.direction = "Inbound" if number == 1 else "Outbound"
        elif key == "action":
            self.rule.action = "Allow" if number else "Block"
        else:
            self.rule.profiles = 0 if number == _ALL_PROFILES else number & 7

    def member_names(self) -> list[tuple[str, str]]:
        """List the properties."""
        return [(name, "Property") for name in _MEMBERS]


class FirewallRulesObject(DynamicObject):
    """INetFwRules: the collection of rules; enumerates."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def __iter__(self) -> Iterator[object]:
        return iter([FirewallRuleObject(self.machine, rule) for rule in self.machine.firewall])

    def get_member(self, _engine: Engine, name: str) -> object:
        """Count."""
        if name.lower() != "count":
            raise AttributeError(name)
        return len(self.machine.firewall.rules)

    def call_member(self, engine: Engine, name: str, arguments: list[object]) -> object:
        """Add, Remove, Item."""
        actions: dict[str, Callable[[Engine, object], object]] = {
            "add": self._add,
            "remove": self._remove,
            "item": self._item,
        }
        if name.lower() not in actions or len(arguments) != 1:
            raise AttributeError(name)
        return actions[name.lower()](engine, unwrap(arguments[0]))

    def _add(self, _engine: Engine, rule: object) -> None:
        if not self.machine.is_administrator:
            raise com_error(_ACCESS_DENIED, "Access is denied. (Exception from HRESULT: 0x80070005 (E_ACCESSDENIED))")
        if not isinstance(rule, FirewallRuleObject) or not rule.rule.display_name:
            raise com_error(_INVALID, "The parameter is incorrect. (Exception from HRESULT: 0x80070057 (E_INVALIDARG))")
        self.machine.firewall.add(rule.rule)

    def _remove(self, engine: Engine, name: object) -> None:
        for rule in self.machine.firewall.by_display_name(to_string(engine, name))[:1]:
            self.machine.firewall.remove(rule)

    def _item(self, engine: Engine, name: object) -> object:
        found = self.machine.firewall.by_display_name(to_string(engine, name))
        if not found:
            raise NetError(
                "System.IO.FileNotFoundException",
                "The system cannot find the file specified. (Exception from HRESULT: 0x80070002)",
                hresult=_FILE_NOT_FOUND,
            )
        return FirewallRuleObject(self.machine, found[0])

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        return [("Add", "Method"), ("Item", "Method"), ("Remove", "Method"), ("Count", "Property")]


@com_class("HNetCfg.FwPolicy2")
class FirewallPolicyObject(DynamicObject):
    """INetFwPolicy2."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def get_member(self, _engine: Engine, name: str) -> object:
        """Rules and CurrentProfileTypes."""
        if name.lower() == "rules":
            return FirewallRulesObject(self.machine)
        if name.lower() == "currentprofiletypes":
            return 1
        raise AttributeError(name)

    def call_member(self, _engine: Engine, name: str, _arguments: list[object]) -> object:
        """The profiles are on."""
        if name.lower() == "firewallenabled":
            return True
        raise AttributeError(name)

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        return [("Rules", "Property"), ("CurrentProfileTypes", "Property"), ("FirewallEnabled", "Method")]
