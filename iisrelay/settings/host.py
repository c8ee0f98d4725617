"""Settings of the host as a whole: the service, the Windows features, TLS in the registry."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from iisrelay.settings.codec import Codec, JsonSchema, plain, quoted
from iisrelay.settings.declare import Section
from iisrelay.settings.raw import SERVICE_CLASS, raw_section
from iisrelay.settings.stored import Address, Kind, Store, Stored
from iisrelay.settings.words import Words
from iisrelay.status import Restart

LATEST_BUILD = 2**31
BUILD_2008_R2 = 7601
BUILD_2022 = 20348
SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
DOTNET = tuple(
    rf"HKLM\SOFTWARE\{node}Microsoft\.NETFramework\{version}"
    for node in ("", "Wow6432Node\\")
    for version in ("v2.0.50727", "v4.0.30319")
)
WINHTTP = tuple(
    rf"HKLM\SOFTWARE\{node}Microsoft\Windows\CurrentVersion\Internet Settings\WinHttp" for node in ("", "Wow6432Node\\")
)
WINHTTP_TLS10_TO_12 = 0xA80
PROTOCOLS = ("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")
OLD_PROTOCOLS = PROTOCOLS[:4]

ProtocolName = Literal["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"]
ProtocolState = Literal["enabled", "disabled", "default"]


def _feature_name(written: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", written):
        raise ValueError(f"{quoted(written)} is not a feature name such as SMTP-Server; Get-WindowsFeature lists them")
    return written


FeatureName = Annotated[str, AfterValidator(_feature_name)]


class Service(Section):
    """The Windows service SMTPSVC; IISADMIN, which shares its process, follows it."""

    startup: Literal["automatic", "delayed-automatic", "manual", "disabled"] | None = Field(
        None,
        description="Start type. delayed-automatic is the advice from Windows Server 2019 on: with automatic, mail "
        "was seen to stay in the queue after a boot.",
    )
    state: Literal["running", "stopped"] | None = Field(None, description="Whether the service runs.")
    metabase: raw_section(SERVICE_CLASS) | None = Field(  # type: ignore[valid-type]  # a model made from the schema
        None, description="Any writable property by its metabase name, on the service, whence virtual servers inherit."
    )


class Features(Section):
    """The Windows features."""

    install: bool | None = Field(None, description="Whether missing features are installed.")
    names: list[FeatureName] | None = Field(
        None, description="Features to install instead of SMTP-Server alone, which brings all that iisrelay needs."
    )
    also: list[FeatureName] | None = Field(
        None,
        description="Further features, such as Web-WMI for other people's WMI scripts or RSAT-SMTP for the console.",
    )


class Sides(Section):
    """A protocol on both sides of a connection."""

    client: ProtocolState | None = Field(None, description="The protocol on outbound connections.")
    server: ProtocolState | None = Field(None, description="The protocol on inbound connections.")


class Tls(Section):
    """TLS protocols of Windows (Schannel), which SMTPSVC uses; they hold for every program on the host."""

    policy: Literal["tls12", "tls12_only", "modern", "unmanaged"] | None = Field(
        None,
        description="tls12: TLS 1.2 on. tls12_only: TLS 1.2 on, everything older off. modern: as tls12_only, with "
        "TLS 1.3 on where Windows knows it (2022 and later).",
    )
    protocols: dict[ProtocolName, Sides | None] | None = Field(
        None,
        description="States of single protocols, such as {'TLS 1.1': {client: disabled}}; they win over the policy.",
    )
    dotnet: bool | None = Field(
        None, description="Whether .NET programs on the host may use TLS 1.2 (SMTPSVC is none); false leaves it alone."
    )
    winhttp: bool | None = Field(
        None,
        description="Whether WinHTTP programs on the host may use TLS 1.2 (SMTPSVC is none); false leaves it alone.",
    )


@dataclass(frozen=True)
class RegistryNumber(Codec):
    """A REG_DWORD; ``truth`` compares as Schannel does, where any number but 0 is the same."""

    kind: ClassVar[Kind] = Kind.REG_DWORD
    truth: bool = True

    def store(self, written: object) -> Stored:
        """Give the number."""
        if not isinstance(written, int):
            raise ValueError("expected a number")  # noqa: TRY004 - as every codec
        return int(written)

    def show(self, stored: Stored) -> object:
        """Give the number."""
        return plain(stored)

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare numbers; a value of another type is never the same."""
        if self.truth and isinstance(one, int) and isinstance(other, int):
            return bool(one) == bool(other)
        return one == other

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return {"type": "integer"}


@dataclass(frozen=True)
class HostValue:
    """One value that a section of the host asks for; None deletes it. Builds are inclusive."""

    setting: str
    address: Address
    codec: Codec
    value: Stored | None
    restart: Restart = Restart.NONE
    minimum_build: int = 0
    maximum_build: int = LATEST_BUILD


STARTUP = Words(Kind.WORD, {word: word for word in ("automatic", "delayed-automatic", "manual", "disabled")})
STATE = Words(Kind.WORD, {word: word for word in ("running", "stopped")})


def service_may_run(service: Service | None) -> bool:
    """Tell whether a site leaves it to the service to run."""
    return service is None or (service.state != "stopped" and service.startup != "disabled")


def service_values(service: Service) -> Iterator[HostValue]:
    """Give what the service section asks for; clearing a start type or a state has no meaning."""
    for name, codec, word in (("startup", STARTUP, service.startup), ("state", STATE, service.state)):
        if word is not None:
            yield HostValue(f"service.{name}", Address(Store.SERVICE, "SMTPSVC", name), codec, word)


def tls_values(tls: Tls) -> Iterator[HostValue]:
    """Give the registry values that the TLS section asks for."""
    states: dict[tuple[str, str], tuple[str, str]] = {}
    for protocol, state in _policy(tls.policy).items():
        states.update({(protocol, side): (state, "tls.policy") for side in ("Client", "Server")})
    for protocol, sides in (tls.protocols or {}).items():
        for side in ("Client", "Server"):
            written = getattr(sides, side.lower(), None)
            if written is not None:
                states[protocol, side] = (written, f"tls.protocols.{protocol}.{side.lower()}")
    for (protocol, side), (written, setting) in states.items():
        yield from _protocol_values(protocol, side, written, setting)
    yield from _program_values(tls)


def _policy(name: str | None) -> Mapping[str, str]:
    if name not in ("tls12", "tls12_only", "modern"):
        return {}
    states = {"TLS 1.2": "enabled"}
    if name != "tls12":
        states.update(dict.fromkeys(OLD_PROTOCOLS, "disabled"))
    if name == "modern":
        states["TLS 1.3"] = "enabled"
    return states


_STORED_STATES: Mapping[str, tuple[int | None, int | None]] = {
    "enabled": (1, 0),
    "disabled": (0, 1),
    "default": (None, None),
}


def _protocol_values(protocol: str, side: str, state: str, setting: str) -> Iterator[HostValue]:
    path = rf"{SCHANNEL}\{protocol}\{side}"
    # Values of TLS 1.3 before 2022 are documented as an unsafe configuration: there they are at most taken away.
    minimum_build = BUILD_2022 if protocol == "TLS 1.3" and state != "default" else 0
    for name, value in zip(("Enabled", "DisabledByDefault"), _STORED_STATES[state], strict=True):
        address = Address(Store.REGISTRY, path, name)
        if minimum_build <= BUILD_2008_R2:
            # Field advice for the first time on 2008 R2; later versions need new credential handles only.
            yield HostValue(setting, address, SCHANNEL_NUMBER, value, Restart.REBOOT, maximum_build=BUILD_2008_R2)
        later = max(minimum_build, BUILD_2008_R2 + 1)
        yield HostValue(setting, address, SCHANNEL_NUMBER, value, Restart.SERVICE, minimum_build=later)


def _program_values(tls: Tls) -> Iterator[HostValue]:
    if tls.dotnet:
        for path in DOTNET:
            for name in ("SystemDefaultTlsVersions", "SchUseStrongCrypto"):
                yield HostValue("tls.dotnet", Address(Store.REGISTRY, path, name), SCHANNEL_NUMBER, 1)
    if tls.winhttp:
        for path in WINHTTP:
            # Only 2008 R2 and 2012 need the value (and an update, KB3140245); later versions have it by default.
            address = Address(Store.REGISTRY, path, "DefaultSecureProtocols")
            exact = RegistryNumber(truth=False)
            yield HostValue("tls.winhttp", address, exact, WINHTTP_TLS10_TO_12, maximum_build=9200)


SCHANNEL_NUMBER = RegistryNumber()
DEFAULT_FEATURES = ("SMTP-Server",)


def feature_names(features: Features | None) -> tuple[str, ...]:
    """Give the features to install, in order; nothing when the section does not ask for it."""
    if features is None or not features.install:
        return ()
    return tuple(dict.fromkeys([*(features.names or DEFAULT_FEATURES), *(features.also or ())]))
