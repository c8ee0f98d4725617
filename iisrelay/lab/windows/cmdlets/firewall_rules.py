"""Get-NetFirewallRule and its relatives: the module NetSecurity of Windows Server 2012 and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import NetEnum, PSArray, PSCustomObject, unwrap
from iisrelay.lab.powershell.wildcards import matches
from iisrelay.lab.windows.cmdlets.targets import strings
from iisrelay.lab.windows.firewall import ANY_PROFILE, PROFILES, FirewallRule
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call

_SPACE = "Microsoft.PowerShell.Cmdletization.GeneratedTypes.NetSecurity."
_SINCE = "3.0"
_NOT_FOUND = "Microsoft.PowerShell.Cmdletization.Cim.CimJobException"
declare_enum(f"{_SPACE}Enabled", {"True": 1, "False": 2})
declare_enum(f"{_SPACE}Direction", {"Inbound": 1, "Outbound": 2})
declare_enum(f"{_SPACE}Action", {"NotConfigured": 0, "Allow": 2, "Block": 4})
declare_enum(f"{_SPACE}Profile", {"Any": ANY_PROFILE, **PROFILES}, flags=True)

_TEXT_PARAMETERS = {
    "LocalAddress": "local_address",
    "RemoteAddress": "remote_address",
    "LocalPort": "local_port",
    "RemotePort": "remote_port",
}
_RULE_PARAMETERS = (
    Param("Description", "string"),
    Param("Group", "string"),
    Param("Enabled", "string", values=("True", "False")),
    Param("Profile", "string[]", values=("Any", *PROFILES)),
    Param("Direction", "string", values=("Inbound", "Outbound")),
    Param("Action", "string", values=("Allow", "Block", "NotConfigured")),
    Param("Protocol", "string"),
    Param("LocalPort", "string[]"),
    Param("RemotePort", "string[]"),
    Param("LocalAddress", "string[]"),
    Param("RemoteAddress", "string[]"),
    Param("Program", "string"),
    Param("Service", "string"),
    Param("EdgeTraversalPolicy", "string", values=("Block", "Allow")),
)
_SELECTION = (
    Param("Name", "string[]", position=0, aliases=("ID",)),
    Param("DisplayName", "string[]"),
    Param("DisplayGroup", "string[]"),
    Param("InputObject", "", pipeline=True),
    Param("PolicyStore", "string"),
)

rule_type = declare(
    "Microsoft.Management.Infrastructure.CimInstance#root/standardcimv2/MSFT_NetFirewallRule", python=FirewallRule
)
rule_type.getter("Name", "ID", "InstanceID")(lambda value: value.name)
rule_type.getter("DisplayName", "ElementName")(lambda value: value.display_name)
rule_type.getter("Description")(lambda value: value.description)
rule_type.getter("Group", "DisplayGroup")(lambda value: value.group)
rule_type.getter("Enabled")(lambda value: NetEnum(1 if value.enabled else 2, f"{_SPACE}Enabled"))
rule_type.getter("Profile")(lambda value: NetEnum(value.profiles, f"{_SPACE}Profile"))
rule_type.getter("Direction")(lambda value: NetEnum(1 if value.direction == "Inbound" else 2, f"{_SPACE}Direction"))
rule_type.getter("Action")(lambda value: NetEnum(2 if value.action == "Allow" else 4, f"{_SPACE}Action"))
rule_type.getter("EdgeTraversalPolicy")(lambda value: "Allow" if value.edge_traversal else "Block")
rule_type.getter("PrimaryStatus")(lambda _, _value: "OK")


def _selected(call: Call) -> Iterator[FirewallRule]:
    """Give the rules that a call means; a name without wildcards that is not there is an error."""
    firewall = machine_of(call.engine).firewall
    given = unwrap(call.get("InputObject"))
    items = [unwrap(item) for item in (given if isinstance(given, PSArray) else [given])]
    rules = [item for item in items if isinstance(item, FirewallRule)]
    if rules:
        yield from rules
        return
    for parameter, attribute in (("DisplayName", "display_name"), ("DisplayGroup", "group"), ("Name", "name")):
        for pattern in strings(call.get(parameter)):
            found = [rule for rule in firewall if matches(pattern, getattr(rule, attribute))]
            if not found and "*" not in pattern:
                call.error(
                    "No MSFT_NetFirewallRule objects found with property "
                    f"'{parameter}' equal to '{pattern}'.  Verify the value of the property and retry.",
                    category="ObjectNotFound",
                    identifier=f"CmdletizationQuery_NotFound_{parameter}",
                    target=pattern,
                    exception=_NOT_FOUND,
                )
            yield from found
    if not any(call.has(name) for name in ("DisplayName", "DisplayGroup", "Name")):
        yield from firewall


@cmdlet(
    "Get-NetFirewallRule",
    *_SELECTION,
    Param("All", "switch"),
    Param("Enabled", "string"),
    Param("Direction", "string"),
    Param("Action", "string"),
    since=_SINCE,
    streaming=True,
)
def get_net_firewall_rule(call: Call) -> Iterator[object]:
    """Get-NetFirewallRule: rules by name, display name, group or property."""
    for rule in list(_selected(call)):
        state = {"Enabled": str(rule.enabled), "Direction": rule.direction, "Action": rule.action}
        if all(value.lower() == str(call.get(name, value)).lower() for name, value in state.items()):
            yield rule


@cmdlet(
    "New-NetFirewallRule",
    Param("Name", "string"),
    Param("DisplayName", "string", mandatory=True),
    *_RULE_PARAMETERS,
    Param("PolicyStore", "string"),
    since=_SINCE,
)
def new_net_firewall_rule(call: Call) -> Iterator[object]:
    """New-NetFirewallRule: add a rule."""
    _require_administrator(call)
    rule = FirewallRule(str(call.get("DisplayName")))
    if call.has("Name"):
        rule.name = str(call.get("Name"))
    _assign(call, rule)
    _check_ports(rule)
    try:
        machine_of(call.engine).firewall.add(rule)
    except ValueError as error:
        message = "Cannot create a file when that file already exists."
        raise NetError(
            "Microsoft.Management.Infrastructure.CimException",
            message,
            category="ResourceExists",
            identifier="Windows System Error 183",
        ) from error
    yield rule


def _require_administrator(call: Call) -> None:
    if not machine_of(call.engine).is_administrator:
        raise NetError(
            "Microsoft.Management.Infrastructure.CimException",
            "Access is denied.",
            category="PermissionDenied",
            identifier="Windows System Error 5",
        )


def _assign(call: Call, rule: FirewallRule) -> None:
    for name, attribute in _TEXT_PARAMETERS.items():
        if call.has(name):
            setattr(rule, attribute, ",".join(strings(call.get(name))))
    for name in ("Description", "Group", "Program", "Service", "Direction", "Action"):
        if call.has(name):
            setattr(rule, name.lower(), str(call.get(name)))
    if call.has("Enabled"):
        rule.enabled = str(call.get("Enabled")).lower() == "true"
    if call.has("Protocol"):
        rule.protocol = str(call.get("Protocol")).upper().replace("ANY", "Any").replace("ICMPV", "ICMPv")
    if call.has("Profile"):
        known = {name.lower(): bit for name, bit in PROFILES.items()}
        rule.profiles = sum(known.get(word.lower(), ANY_PROFILE) for word in set(strings(call.get("Profile"))))
    if call.has("EdgeTraversalPolicy"):
        rule.edge_traversal = str(call.get("EdgeTraversalPolicy")).lower() == "allow"


def _check_ports(rule: FirewallRule) -> None:
    if (rule.local_port, rule.remote_port) != ("Any", "Any") and rule.protocol not in ("TCP", "UDP"):
        message = "The port is invalid. The valid ports for a rule depend on its protocol, which must be TCP or UDP."
        raise NetError("Microsoft.Management.Infrastructure.CimException", message, category="InvalidArgument")


@cmdlet(
    "Set-NetFirewallRule",
    *_SELECTION,
    Param("NewDisplayName", "string"),
    *_RULE_PARAMETERS,
    Param("PassThru", "switch"),
    since=_SINCE,
    streaming=True,
)
def set_net_firewall_rule(call: Call) -> Iterator[object]:
    """Set-NetFirewallRule: change rules."""
    _require_administrator(call)
    for rule in list(_selected(call)):
        _assign(call, rule)
        _check_ports(rule)
        rule.display_name = str(call.get("NewDisplayName", rule.display_name))
        if call.has("PassThru"):
            yield rule


@cmdlet("Remove-NetFirewallRule", *_SELECTION, Param("All", "switch"), since=_SINCE, streaming=True)
def remove_net_firewall_rule(call: Call) -> None:
    """Remove-NetFirewallRule: remove rules."""
    _require_administrator(call)
    for rule in list(_selected(call)):
        machine_of(call.engine).firewall.remove(rule)


@cmdlet("Enable-NetFirewallRule", *_SELECTION, since=_SINCE, streaming=True)
def enable_net_firewall_rule(call: Call) -> None:
    """Enable-NetFirewallRule: let rules work."""
    _require_administrator(call)
    for rule in list(_selected(call)):
        rule.enabled = True


@cmdlet("Disable-NetFirewallRule", *_SELECTION, since=_SINCE, streaming=True)
def disable_net_firewall_rule(call: Call) -> None:
    """Disable-NetFirewallRule: keep rules without effect."""
    _require_administrator(call)
    for rule in list(_selected(call)):
        rule.enabled = False


@cmdlet(
    "Get-NetFirewallPortFilter", Param("AssociatedNetFirewallRule", "", pipeline=True), since=_SINCE, streaming=True
)
def get_net_firewall_port_filter(call: Call) -> Iterator[object]:
    """Get-NetFirewallPortFilter: the ports of rules."""
    for rule in _associated(call):
        yield PSCustomObject(
            [
                ("Protocol", rule.protocol),
                ("LocalPort", _ports(rule.local_port)),
                ("RemotePort", _ports(rule.remote_port)),
                ("InstanceID", rule.name),
            ]
        )


def _associated(call: Call) -> Iterator[FirewallRule]:
    rule = unwrap(call.get("AssociatedNetFirewallRule"))
    if isinstance(rule, FirewallRule):
        yield rule
    else:
        yield from machine_of(call.engine).firewall


def _ports(text: str) -> object:
    words = text.split(",")
    return words[0] if len(words) == 1 else PSArray(words, "System.String")


@cmdlet(
    "Get-NetFirewallAddressFilter", Param("AssociatedNetFirewallRule", "", pipeline=True), since=_SINCE, streaming=True
)
def get_net_firewall_address_filter(call: Call) -> Iterator[object]:
    """Get-NetFirewallAddressFilter: the addresses of rules."""
    for rule in _associated(call):
        yield PSCustomObject(
            [
                ("LocalAddress", _ports(rule.local_address)),
                ("RemoteAddress", _ports(rule.remote_address)),
                ("InstanceID", rule.name),
            ]
        )
