"""System.Uri: parsing, and escaping of text for addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin, urlsplit

from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError, format_error
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import UriKind
    from iisrelay.lab.powershell.values import Reference

_PORTS = {"http": 80, "https": 443, "ftp": 21, "smtp": 25, "mailto": 25, "ldap": 389, "ws": 80, "wss": 443}
_HIERARCHICAL = {"http", "https", "ftp", "ws", "wss", "ldap", "file"}
declare_enum("System.UriKind", {"RelativeOrAbsolute": 0, "Absolute": 1, "Relative": 2})


class Uri:
    """An address, absolute or relative."""

    __slots__ = ("original", "parts")

    def __init__(self, original: str) -> None:
        self.original = original
        text = original.strip()
        if len(text) > 2 and text[1] == ":" and text[2] in "\\/":
            text = "file:///" + text.replace("\\", "/")
        elif text.startswith("\\\\"):
            text = "file:" + text.replace("\\", "/")
        self.parts = urlsplit(text)

    @property
    def is_absolute(self) -> bool:
        """Tell whether the address has a scheme."""
        return bool(self.parts.scheme)

    @property
    def port(self) -> int:
        """The port, the scheme's own when none is given, or -1."""
        return self.parts.port if self.parts.port is not None else _PORTS.get(self.parts.scheme, -1)

    @property
    def is_default_port(self) -> bool:
        """Tell whether the port is the scheme's own."""
        return self.port == _PORTS.get(self.parts.scheme, -1)

    @property
    def path(self) -> str:
        """The path, escaped; a slash when an address with a host has none."""
        return quote(self.parts.path, safe="/%:@!$&'()*+,;=~-._") or ("/" if self.parts.scheme in _HIERARCHICAL else "")

    @property
    def authority(self) -> str:
        """Host and port."""
        return self.host + ("" if self.is_default_port else f":{self.port}")

    @property
    def host(self) -> str:
        """The host's name, an IPv6 address in brackets."""
        name = self.parts.hostname or ""
        return f"[{name}]" if ":" in name else name

    @property
    def local_path(self) -> str:
        """The path as the operating system writes it: that of a file URI with backslashes, unescaped."""
        path = unquote(self.path)
        if self.parts.scheme != "file":
            return path
        if self.parts.netloc:
            return f"\\\\{self.parts.netloc}{path}".replace("/", "\\")
        return (path[1:] if path[2:3] == ":" else path).replace("/", "\\")

    @property
    def query(self) -> str:
        """The query with its question mark."""
        return f"?{self.parts.query}" if self.parts.query else ""

    @property
    def fragment(self) -> str:
        """The fragment with its hash."""
        return f"#{self.parts.fragment}" if self.parts.fragment else ""

    @property
    def absolute(self) -> str:
        """The whole address, escaped."""
        if self.parts.scheme not in _HIERARCHICAL:
            return self.original
        user = f"{self.parts.netloc.rpartition('@')[0]}@" if "@" in self.parts.netloc else ""
        return f"{self.parts.scheme}://{user}{self.authority}{self.path}{self.query}{self.fragment}"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, Uri) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __str__(self) -> str:
        return unquote(self.absolute) if self.is_absolute else self.original


uri = declare("System.Uri", python=Uri, accelerators=("uri",))
uri.getter("OriginalString")(lambda value: value.original)
uri.getter("IsAbsoluteUri")(lambda value: value.is_absolute)
for _name, _attribute in {
    "AbsoluteUri": "absolute",
    "AbsolutePath": "path",
    "LocalPath": "local_path",
    "Authority": "authority",
    "Host": "host",
    "DnsSafeHost": "host",
    "Port": "port",
    "Query": "query",
    "Fragment": "fragment",
    "IsDefaultPort": "is_default_port",
}.items():
    uri.getter(_name)(lambda value, attribute=_attribute: getattr(_absolute(value), attribute))
uri.getter("Scheme")(lambda value: _absolute(value).parts.scheme)
uri.getter("UserInfo")(lambda value: _absolute(value).parts.netloc.rpartition("@")[0])
uri.getter("PathAndQuery")(lambda value: _absolute(value).path + value.query)
uri.getter("IsFile")(lambda value: value.parts.scheme == "file")
uri.getter("IsUnc")(lambda value: value.parts.scheme == "file" and bool(value.parts.netloc))
uri.getter("IsLoopback")(lambda value: value.parts.hostname in {"localhost", "127.0.0.1", "::1"})


def _absolute(value: Uri) -> Uri:
    if not value.is_absolute:
        raise NetError("System.InvalidOperationException", "This operation is not supported for a relative URI.")
    return value


@uri.getter("Segments")
def segments(value: Uri) -> PSArray:
    """Give the parts of the path, with their slashes."""
    pieces = _absolute(value).path.split("/")
    listed = [piece + "/" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
    return PSArray(listed, "System.String")


@uri.constructor
def new_uri(text: str, kind: UriKind | None = None) -> Uri:
    """Make an address; without a kind it must be absolute in .NET, casts take relative ones too."""
    made = Uri(text)
    if int(kind or 0) == 1 and not made.is_absolute:
        raise NetError("System.UriFormatException", "Invalid URI: The format of the URI could not be determined.")
    try:
        made.parts.port  # noqa: B018 - the property checks the number
    except ValueError:
        raise NetError("System.UriFormatException", "Invalid URI: Invalid port specified.") from None
    return made


@uri.constructor
def new_relative(base: Uri, relative: str) -> Uri:
    """Make an address relative to another."""
    return Uri(urljoin(base.absolute, relative))


@uri.static("TryCreate")
def try_create(text: str, kind: UriKind, result: Reference) -> bool:
    """Make an address without failing."""
    try:
        result.value = new_uri(text, kind)
    except NetError:
        result.value = None
        return False
    return True


@uri.static("IsWellFormedUriString")
def is_well_formed(text: str, kind: UriKind) -> bool:
    """Tell whether a text is an address without characters that need escaping."""
    made = Uri(text)
    return " " not in text and (made.is_absolute or int(kind) != 1)


@uri.static("EscapeDataString")
def escape_data(text: str) -> str:
    """Escape everything but letters, digits and - . _ ~."""
    return quote(text, safe="-._~")


@uri.static("EscapeUriString")
def escape_uri(text: str) -> str:
    """Escape what may not stand in an address."""
    return quote(text, safe="-._~!*'();:@&=+$,/?#[]%")


@uri.static("UnescapeDataString")
def unescape_data(text: str) -> str:
    """Undo escaping."""
    return unquote(text)


@uri.static("CheckHostName")
def check_host_name(name: str) -> str:
    """Tell what kind of host name a text is."""
    if not name or " " in name:
        raise format_error("Invalid host name.")
    return "IPv4" if name.replace(".", "").isdigit() else "Dns"


uri.method("ToString")(str)
