"""Where a mail server is, and how to get a connection to it."""

import ipaddress
import socket
import threading
from dataclasses import dataclass

from iisrelay.tls.probe.failure import Kind, Stage, TalkError, connect_words, resolve_words
from iisrelay.tls.probe.wire import Wire

MAX_ADDRESSES = 4  # a name with many addresses must not multiply the time of a probe


@dataclass(frozen=True)
class Endpoint:
    """A server with its addresses. ``server_name`` is what its certificate is checked against."""

    addresses: tuple[str, ...]
    port: int
    server_name: str
    timeout_s: float

    @property
    def indicated_name(self) -> str | None:
        """Give the name for the handshake (SNI), where neither an address may stand nor what is no name."""
        try:
            ipaddress.ip_address(self.server_name)
        except ValueError:
            return self.server_name if _is_name(self.server_name) else None
        return None

    def connect(self) -> Wire:
        """Connect to the first address that takes the connection."""
        failures = []
        for address in self.addresses:
            try:
                connection = socket.create_connection((address, self.port), timeout=self.timeout_s)
            except OSError as error:
                failures.append(f"{address} port {self.port}: {connect_words(error)}")
            else:
                return Wire(connection, address, self.timeout_s)
        raise TalkError(Stage.CONNECT, Kind.NETWORK, "; ".join(failures))


def bare_host(host: str) -> str:
    """Take off what the metabase and URLs put around addresses: [192.0.2.1], [2001:db8::1]; and the dot of the root."""
    inner = host.strip()
    if inner.startswith("[") and inner.endswith("]"):
        inner = inner[1:-1]
    inner = inner[5:] if inner.casefold().startswith("ipv6:") else inner
    return inner.rstrip(".") if inner.strip(".") else inner


def _is_name(text: str) -> bool:
    try:
        return bool(text.encode("idna")) and not text.startswith(".") and "\0" not in text
    except UnicodeError:
        return False


def resolve(host: str, port: int, timeout_s: float) -> tuple[str, ...]:
    """Find the addresses of a host. The look-up has no deadline of its own, so it runs beside."""
    found: list[str] = []
    failures: list[OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            failures.append(error)
        else:
            found.extend(dict.fromkeys(str(address[0]) for *_, address in answers))

    if not host or "\0" in host:
        raise TalkError(Stage.RESOLVE, Kind.NETWORK, f"{host!r} is not a host name")
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(timeout_s)
    if failures:
        raise TalkError(Stage.RESOLVE, Kind.NETWORK, resolve_words(host, failures[0]))
    if not found:
        raise TalkError(Stage.RESOLVE, Kind.SILENT, f"the DNS servers of this machine do not answer for {host} in time")
    return tuple(found[:MAX_ADDRESSES])
