"""Get-NetIPAddress, Get-NetAdapter, Test-Connection, Test-NetConnection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import Byte, PSCustomObject
from iisrelay.lab.windows.cmdlets.targets import number, strings
from iisrelay.lab.windows.running import machine_of
from iisrelay.lab.windows.services import RUNNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.windows.machine import Machine

_IPV4, _IPV6 = "IPv4", "IPv6"


@cmdlet(
    "Get-NetIPAddress",
    Param("IPAddress", "string[]", position=0),
    Param("AddressFamily", "string", values=(_IPV4, _IPV6)),
    Param("InterfaceAlias", "string[]"),
    Param("InterfaceIndex", "uint32[]"),
    since="3.0",
)
def get_net_ip_address(call: Call) -> Iterator[object]:
    """Get-NetIPAddress: the addresses of the adapter and of the loopback."""
    network = machine_of(call.engine).network
    rows = [
        (address, network.adapter, network.interface_index, network.prefix_length, _IPV4)
        for address in network.addresses
    ]
    rows += [
        ("::1", "Loopback Pseudo-Interface 1", 1, 128, _IPV6),
        ("127.0.0.1", "Loopback Pseudo-Interface 1", 1, 8, _IPV4),
    ]
    wanted = strings(call.get("IPAddress"))
    aliases = [alias.lower() for alias in strings(call.get("InterfaceAlias"))]
    family = str(call.get("AddressFamily", "")).lower()
    for address, alias, index, prefix, kind in rows:
        if (wanted and address not in wanted) or (aliases and alias.lower() not in aliases):
            continue
        if family in ("", kind.lower()):
            yield PSCustomObject(
                [
                    ("IPAddress", address),
                    ("InterfaceIndex", index),
                    ("InterfaceAlias", alias),
                    ("AddressFamily", kind),
                    ("PrefixLength", Byte(prefix)),
                    ("PrefixOrigin", "Manual"),
                    ("AddressState", "Preferred"),
                ],
                ["Microsoft.Management.Infrastructure.CimInstance#ROOT/StandardCimv2/MSFT_NetIPAddress"],
            )


@cmdlet("Get-NetAdapter", Param("Name", "string[]", position=0), since="3.0")
def get_net_adapter(call: Call) -> Iterator[object]:
    """Get-NetAdapter: the one adapter."""
    network = machine_of(call.engine).network
    wanted = [name.lower() for name in strings(call.get("Name"))]
    if not wanted or network.adapter.lower() in wanted:
        yield PSCustomObject(
            [
                ("Name", network.adapter),
                ("ifIndex", network.interface_index),
                ("Status", "Up"),
                ("MacAddress", network.mac_address),
                ("LinkSpeed", "10 Gbps"),
            ]
        )


def _is_own(machine: Machine, name: str) -> bool:
    return name.lower() in {
        ".",
        "localhost",
        "127.0.0.1",
        "::1",
        machine.name.lower(),
        machine.fqdn.lower(),
        *machine.addresses,
    }


@cmdlet(
    "Test-Connection",
    Param("ComputerName", "string[]", position=0, mandatory=True, aliases=("CN",)),
    Param("Count", "int"),
    Param("Quiet", "switch"),
)
def test_connection(call: Call) -> Iterator[object]:
    """Test-Connection: the machine itself answers; no other host can be reached from the lab."""
    machine = machine_of(call.engine)
    for name in strings(call.get("ComputerName")):
        answers = _is_own(machine, name)
        if call.has("Quiet"):
            yield answers
        elif answers:
            reply = [("Address", name), ("IPV4Address", machine.addresses[0]), ("ResponseTime", 0), ("StatusCode", 0)]
            yield from (PSCustomObject(reply) for _ in range(number(call, "Count", 4)))
        else:
            call.error(
                f"Testing connection to computer '{name}' failed: No such host is known",
                category="ResourceUnavailable",
                identifier="TestConnectionException",
                target=name,
                exception="System.Net.NetworkInformation.PingException",
            )


@cmdlet(
    "Test-NetConnection",
    Param("ComputerName", "string", position=0, aliases=("RemoteAddress", "cn")),
    Param("Port", "int", aliases=("RemotePort",)),
    Param("CommonTCPPort", "string", position=1),
    Param("InformationLevel", "string", values=("Quiet", "Detailed")),
    since="4.0",
    aliases=("TNC",),
)
def test_net_connection(call: Call) -> Iterator[object]:
    """Test-NetConnection: the machine's own ports are told from its services, those of other hosts are tried."""
    machine = machine_of(call.engine)
    name = str(call.get("ComputerName", "localhost"))
    port = number(call, "Port", 0)
    if not _is_own(machine, name) and not port:
        message = f"Test-NetConnection {name}: echo requests to other hosts are not simulated by the lab."
        raise NetError("System.NotSupportedException", message, category="NotImplemented")
    is_own = _is_own(machine, name)
    address = machine.addresses[0] if is_own else _resolved(machine, name)
    open_port = port in listening_ports(machine) if is_own else _can_connect(machine, name, port)
    if str(call.get("InformationLevel", "")).lower() == "quiet":
        yield open_port if call.has("Port") else True
        return
    if call.has("Port") and not open_port:
        call.warning(f"TCP connect to ({address} : {port}) failed")
    yield PSCustomObject(
        [
            ("ComputerName", name),
            ("RemoteAddress", address),
            ("RemotePort", port),
            ("InterfaceAlias", machine.network.adapter),
            ("SourceAddress", machine.addresses[0]),
            ("TcpTestSucceeded", open_port),
        ]
    )


def _resolved(machine: Machine, name: str) -> str:
    try:
        return machine.network.resolve(name)
    except OSError:
        return ""


def _can_connect(machine: Machine, name: str, port: int) -> bool:
    try:
        machine.network.connect(name, port).close()
    except OSError:
        return False
    return True


def listening_ports(machine: Machine) -> set[int]:
    """Give the TCP ports on which a service of the machine listens."""
    ports = {135, 445, 5985} if _runs(machine, "WinRM") else {135, 445}
    if _runs(machine, "SMTPSVC"):
        for key in machine.metabase.server_keys():
            found = machine.metabase.read(key, "ServerBindings")
            state = machine.metabase.read(key, "ServerState")
            if found is not None and state is not None and state.value == 2:
                ports.update(int(binding.split(":")[1]) for binding in found.value)  # type: ignore[union-attr]
    return ports


def _runs(machine: Machine, name: str) -> bool:
    service = machine.services.find(name)
    return service is not None and service.status == RUNNING
