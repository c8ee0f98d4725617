"""ADsPaths: ``IIS://host/SmtpSvc/1`` is provider, host and the path below /LM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import com_error
from iisrelay.lab.windows.metabase.failures import BAD_PATHNAME, failure

if TYPE_CHECKING:
    from iisrelay.lab.windows.machine import Machine

RPC_UNAVAILABLE = 0x800706BA
LOCAL_NAMES = ("localhost", ".", "127.0.0.1", "::1")


@dataclass(frozen=True)
class AdsPath:
    """The parts of an ADsPath, spelt as they were written."""

    provider: str
    host: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.provider}://{'/'.join((self.host, *self.names))}"

    @property
    def key_path(self) -> str:
        """The path below /LM."""
        return "/".join(self.names)

    @property
    def name(self) -> str:
        """The last part; the host for the computer itself."""
        return self.names[-1] if self.names else self.host

    @property
    def parent(self) -> AdsPath | None:
        """The path of the container, or None for the computer."""
        return AdsPath(self.provider, self.host, self.names[:-1]) if self.names else None

    def child(self, relative: str) -> AdsPath:
        """Give the path of something below."""
        return AdsPath(self.provider, self.host, (*self.names, *(part for part in relative.split("/") if part)))


def parse_path(text: str) -> AdsPath:
    """Take an ADsPath apart.

    Raises:
        NetError: 0x80005000 when the text is none.
    """
    provider, separator, rest = text.partition("://")
    host, *names = rest.split("/")
    if not separator or not provider or not host:
        raise failure(BAD_PATHNAME)
    return AdsPath(provider, host, tuple(name for name in names if name))


def check_host(machine: Machine, host: str) -> None:
    """Make sure that a host's name means this machine: the lab's machines do not reach each other through ADSI or WMI.

    Raises:
        NetError: 0x800706BA for any other name.
    """
    own = (machine.name, machine.fqdn, *machine.addresses, *LOCAL_NAMES)
    if host.lower() not in (name.lower() for name in own):
        raise com_error(RPC_UNAVAILABLE, "The RPC server is unavailable.\r\n")
