"""System.Net: IPAddress, IPEndPoint, Dns, WebUtility, and the settings scripts touch before a connection."""

from __future__ import annotations

import html
import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import quote_plus, unquote_plus
from weakref import WeakKeyDictionary

from iisrelay.lab.powershell.conversions import convert
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError, argument_null, format_error, out_of_range
from iisrelay.lab.powershell.values import Byte, Int64, NetEnum, PSArray, PSCustomObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.annotations import ByteArray
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.values import Reference

declare_enum(
    "System.Net.Sockets.AddressFamily",
    {"Unknown": -1, "Unspecified": 0, "Unix": 1, "InterNetwork": 2, "InterNetworkV6": 23},
)
declare_enum(
    "System.Net.SecurityProtocolType",
    {"SystemDefault": 0, "Ssl3": 48, "Tls": 192, "Tls11": 768, "Tls12": 3072, "Tls13": 12288},
    flags=True,
)
BAD_ADDRESS = "An invalid IP address was specified."


class IPAddress:
    """An IPv4 or IPv6 address."""

    __slots__ = ("value",)

    def __init__(self, value: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, IPAddress) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)

    def __str__(self) -> str:
        return str(self.value)


def parse_address(text: str) -> IPAddress:
    """Read an address as IPAddress.Parse does: one to four numbers (decimal, 0x or octal), or IPv6."""
    try:
        if ":" in text:
            return IPAddress(ipaddress.IPv6Address(text.strip("[]")))
        return IPAddress(ipaddress.IPv4Address(_packed(text)))
    except ValueError:
        raise format_error(BAD_ADDRESS) from None


def _packed(text: str) -> int:
    numbers = [int(part, 16 if part[:2].lower() == "0x" else 8 if part[0] == "0" and len(part) > 1 else 10) for part in
               (piece or "x" for piece in text.split("."))]  # fmt: skip
    if len(numbers) > 4 or any(number > 255 or number < 0 for number in numbers[:-1]) or numbers[-1] < 0:
        raise ValueError(text)
    rest = 4 - (len(numbers) - 1)
    if numbers[-1] >= 256**rest:
        raise ValueError(text)
    value = numbers[-1]
    for place, number in enumerate(numbers[:-1]):
        value |= number << (24 - 8 * place)
    return value


address = declare("System.Net.IPAddress", python=IPAddress, accelerators=("ipaddress",))
address.constants(
    Any=IPAddress(ipaddress.IPv4Address("0.0.0.0")),  # noqa: S104 - the constant itself, nothing listens here
    Loopback=IPAddress(ipaddress.IPv4Address("127.0.0.1")),
    Broadcast=IPAddress(ipaddress.IPv4Address("255.255.255.255")),
    IPv6None=IPAddress(ipaddress.IPv6Address("::")),
    IPv6Any=IPAddress(ipaddress.IPv6Address("::")),
    IPv6Loopback=IPAddress(ipaddress.IPv6Address("::1")),
)
address.static_getter("None")(lambda: IPAddress(ipaddress.IPv4Address("255.255.255.255")))
address.method("ToString")(str)
SCOPED = "The attempted operation is not supported for the type of object referenced"


@address.getter("Address")
def number(value: IPAddress) -> Int64:
    """Give an IPv4 address as a number, the first octet lowest."""
    if value.value.version == 6:
        raise NetError("System.Net.Sockets.SocketException", SCOPED)
    return Int64(int.from_bytes(value.value.packed, "little"))


@address.getter("AddressFamily")
def family(value: IPAddress) -> NetEnum:
    """Give InterNetwork or InterNetworkV6."""
    return NetEnum(2 if value.value.version == 4 else 23, "System.Net.Sockets.AddressFamily")


@address.getter("ScopeId")
def scope(value: IPAddress) -> Int64:
    """Give the zone of an IPv6 address."""
    if isinstance(value.value, ipaddress.IPv4Address):
        raise NetError("System.Net.Sockets.SocketException", SCOPED)
    zone = value.value.scope_id or "0"
    return Int64(int(zone) if zone.isdigit() else 0)


def _declare_kind(name: str, holds: Callable[[ipaddress.IPv6Address], bool]) -> None:
    address.getter(name)(lambda value: isinstance(value.value, ipaddress.IPv6Address) and holds(value.value))


_declare_kind("IsIPv6Multicast", lambda plain: plain.is_multicast)
_declare_kind("IsIPv6LinkLocal", lambda plain: plain.is_link_local)
_declare_kind("IsIPv6SiteLocal", lambda plain: plain.is_site_local)
_declare_kind("IsIPv6Teredo", lambda plain: plain.teredo is not None)
_declare_kind("IsIPv4MappedToIPv6", lambda plain: plain.ipv4_mapped is not None)
address.getter("IPAddressToString")(str)


@address.method("GetAddressBytes")
def address_bytes(value: IPAddress) -> PSArray:
    """Give the octets."""
    return PSArray(map(Byte, value.value.packed), "System.Byte")


@address.static("Parse")
def parse(text: str) -> IPAddress:
    """Read an address."""
    if not text:
        raise argument_null("ipString")
    return parse_address(text)


@address.static("TryParse")
def try_parse(text: str, result: Reference) -> bool:
    """Read an address without failing."""
    try:
        result.value = parse_address(text)
    except NetError:
        result.value = None
        return False
    return True


@address.static("IsLoopback")
def is_loopback(value: IPAddress) -> bool:
    """Tell whether an address is the host's own."""
    return value.value.is_loopback


@address.static("HostToNetworkOrder", "NetworkToHostOrder")
def swap_bytes(number: int) -> int:
    """Turn the bytes of an Int32 around."""
    return int.from_bytes(number.to_bytes(4, "little", signed=True), "big", signed=True)


@address.constructor
def new_of_number(number: Int64) -> IPAddress:
    """Make an IPv4 address of its number in network order."""
    if not 0 <= number < 2**32:
        raise out_of_range("newAddress")
    return IPAddress(ipaddress.IPv4Address(int(number).to_bytes(4, "little")))


@address.constructor
def new_of_bytes(data: ByteArray) -> IPAddress:
    """Make an address of 4 or 16 octets."""
    octets = bytes(data.items)  # type: ignore[arg-type]
    if len(octets) not in {4, 16}:
        raise NetError("System.ArgumentException", f"{BAD_ADDRESS}\r\nParameter name: address")
    return IPAddress(ipaddress.ip_address(octets))


class IPEndPoint:
    """System.Net.IPEndPoint."""

    def __init__(self, host: IPAddress, port: int) -> None:
        self.address = host
        self.port = port

    def __str__(self) -> str:
        host = str(self.address)
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


end_point = declare("System.Net.IPEndPoint", python=IPEndPoint)
end_point.properties("Address", "Port")
end_point.method("ToString")(str)


@end_point.constructor
def new_end_point(host: IPAddress, port: int) -> IPEndPoint:
    """Make an address with a port."""
    if not 0 <= port <= 0xFFFF:
        raise out_of_range("port")
    return IPEndPoint(host, port)


dns = declare("System.Net.Dns")


def host_entry(engine: Engine, name: str) -> tuple[str, list[str]]:
    """Resolve a name (or address) as the machine does: (canonical name, addresses)."""
    machine = engine.machine
    resolve = getattr(machine, "resolve", None)
    own = [str(each) for each in getattr(machine, "addresses", [])]
    names = {getattr(machine, "name", "").lower(), getattr(machine, "fqdn", "").lower(), "localhost", ""}
    if name.lower() in names or name in own:
        return str(getattr(machine, "fqdn", name)), own
    found = resolve(name) if resolve is not None else None
    if found:
        return name, [str(each) for each in found]
    try:
        return name, [str(parse_address(name))]
    except NetError:
        raise NetError("System.Net.Sockets.SocketException", "No such host is known", hresult=0x80004005) from None


@dns.static("GetHostName")
def get_host_name(engine: Engine) -> str:
    """Give the machine's own name."""
    return str(getattr(engine.machine, "name", "localhost"))


@dns.static("GetHostEntry", "GetHostByName", "Resolve", "GetHostByAddress")
def get_host_entry(engine: Engine, name: str) -> PSCustomObject:
    """Resolve a name: HostName, AddressList, Aliases."""
    canonical, found = host_entry(engine, name)
    listed = PSArray((parse_address(each) for each in found), "System.Net.IPAddress")
    return PSCustomObject(
        (("HostName", canonical), ("Aliases", PSArray([], "System.String")), ("AddressList", listed)),
        ["System.Net.IPHostEntry"],
    )


@dns.static("GetHostAddresses")
def get_host_addresses(engine: Engine, name: str) -> PSArray:
    """Resolve a name to addresses."""
    return PSArray((parse_address(each) for each in host_entry(engine, name)[1]), "System.Net.IPAddress")


service_point = declare("System.Net.ServicePointManager")
_PROTOCOLS = "System.Net.SecurityProtocolType"
_SERVICE_SETTINGS: dict[str, object] = {
    "SecurityProtocol": NetEnum(0, _PROTOCOLS),
    "ServerCertificateValidationCallback": None,
    "Expect100Continue": True,
    "DefaultConnectionLimit": 2,
}
_given_settings: WeakKeyDictionary[Engine, dict[str, object]] = WeakKeyDictionary()  # a process keeps its own


def service_setting(engine: Engine, name: str) -> object:
    """Give a setting of ServicePointManager; SmtpClient heeds those of TLS, the others are kept and read back."""
    return _given_settings.get(engine, {}).get(name, _SERVICE_SETTINGS[name])


def _declare_service_setting(name: str) -> None:
    @service_point.static_getter(name)
    def give(engine: Engine) -> object:
        return service_setting(engine, name)

    @service_point.static_setter(name)
    def take(engine: Engine, item: object) -> None:
        value = convert(engine, item, _PROTOCOLS) if name == "SecurityProtocol" else item
        _given_settings.setdefault(engine, {})[name] = value


for _name in _SERVICE_SETTINGS:
    _declare_service_setting(_name)

web_utility = declare("System.Net.WebUtility")
http_utility = declare("System.Web.HttpUtility")
for _declared in (web_utility, http_utility):
    _declared.static("HtmlEncode")(lambda text: html.escape(str(text)).replace("&#x27;", "&#39;"))
    _declared.static("HtmlDecode")(lambda text: html.unescape(str(text)))
    _declared.static("UrlEncode")(lambda text: quote_plus(str(text), safe="!*()-._"))
    _declared.static("UrlDecode")(lambda text: unquote_plus(str(text)))
