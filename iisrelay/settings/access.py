"""The Access tab: authentication, TLS, and who may connect and relay."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.lists import AddressRules, JoinedNames, parse_address
from iisrelay.settings.texts import Text
from iisrelay.settings.words import Bit, Bits, Switch

AUTHENTICATION = {"anonymous": 0x1, "basic": 0x2, "integrated": 0x4}
SECURE_COMMUNICATION = "Access tab > Secure communication"


def _checked_address(written: str) -> str:
    parse_address(written)
    return written


ENTRIES = "Addresses, networks (10.0.0.0/24), DNS names (*.example.com), or 'self' for the host's own addresses."
Addresses = list[Annotated[str, AfterValidator(_checked_address)]]


class InboundTls(Section):
    """TLS on inbound connections (STARTTLS); the box needs a certificate that carries the virtual server's name."""

    required: Annotated[
        bool | None, Metabase("AccessSSLFlags", Bit(0x8), control=f"{SECURE_COMMUNICATION} > Require TLS encryption")
    ] = Field(None, description="Whether clients must use STARTTLS.")
    require_128_bit: Annotated[
        bool | None,
        Metabase("AccessSSLFlags", Bit(0x100), control=f"{SECURE_COMMUNICATION} > Require 128-bit encryption"),
    ] = Field(None, description="Whether clients must use keys of at least 128 bits.")
    negotiate_client_certificate: Annotated[bool | None, Metabase("AccessSSLFlags", Bit(0x20), control="")] = Field(
        None, description="Whether clients are asked for a certificate."
    )
    require_client_certificate: Annotated[bool | None, Metabase("AccessSSLFlags", Bit(0x40), control="")] = Field(
        None, description="Whether clients must show a certificate."
    )
    map_client_certificate: Annotated[bool | None, Metabase("AccessSSLFlags", Bit(0x80), control="")] = Field(
        None, description="Whether a client certificate is mapped to a Windows account."
    )


class ConnectionRules(Section):
    """Who may connect."""

    whole: ClassVar[Metabase | None] = Metabase("IPSecurity", AddressRules())

    allow: Literal["only_listed", "all_except"] | None = Field(
        None, description="only_listed: only the addresses below may connect; all_except: everybody but them."
    )
    addresses: Addresses | None = Field(None, description=ENTRIES)


class RelayRules(Section):
    """Who may relay to other domains."""

    whole: ClassVar[Metabase | None] = Metabase("RelayIpList", AddressRules())

    allow: Literal["only_listed", "all_except"] | None = Field(
        None,
        description="only_listed: only the addresses below may relay; all_except: everybody but them, an open relay.",
    )
    addresses: Addresses | None = Field(None, description=ENTRIES)
    authenticated: Annotated[bool | None, Metabase("RelayForAuth", Switch(on=2**32 - 1))] = Field(
        None, description="Whether clients that authenticate may relay whatever the list says."
    )


class Access(Section):
    """The Access tab."""

    authentication: Annotated[list[str] | None, Metabase("AuthFlags", Bits(AUTHENTICATION))] = Field(
        None, description="Authentication methods offered to clients: anonymous, basic, integrated."
    )
    default_domain: Annotated[str | None, Metabase("SaslLogonDomain", Text())] = Field(
        None, description="Windows domain that is added to account names of basic authentication."
    )
    authentication_packages: Annotated[list[str] | None, Metabase("NTAuthenticationProviders", JoinedNames())] = Field(
        None,
        description="Windows authentication packages of the integrated method, in order of preference (GSSAPI, NTLM).",
    )
    tls: InboundTls | None = Field(None, description="TLS on inbound connections.")
    connections: ConnectionRules | None = Field(None, description="Who may connect (Connection Control).")
    relay: RelayRules | None = Field(None, description="Who may relay (Relay Restrictions).")
