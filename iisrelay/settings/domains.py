"""Domains of a virtual server."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.delivery import METHOD_BITS, OUTBOUND_METHODS, TLS_BIT
from iisrelay.settings.lists import Names
from iisrelay.settings.raw import DOMAIN_CLASS, raw_section
from iisrelay.settings.stored import Kind
from iisrelay.settings.texts import SecretReference, SmartHost, Text, expect_host_name
from iisrelay.settings.words import Bit, Words

DIALOG = "Domains > Properties"
# RouteAction of a domain: that the dialog sets these bits is inferred from their names; 0x10 was seen for aliases.
RELAY_BIT = 0x1000
ALIAS_BIT = 0x10
TYPES = {"remote": 0, "alias": ALIAS_BIT}
ROUTES = {"dns": 0, "smart_host": 0x2}


def _checked_name(written: str) -> str:
    expect_host_name(written.removeprefix("*."))
    return written


class DomainOutboundSecurity(Section):
    """How this server logs in to the servers of a domain."""

    method: Annotated[
        str | None,
        Metabase(
            "RouteAction",
            Words(Kind.DWORD, OUTBOUND_METHODS, bits=METHOD_BITS),
            control=f"{DIALOG} > General > Outbound Security...",
        ),
    ] = Field(None, description="Authentication towards this domain: anonymous, basic or integrated.")
    username: Annotated[
        str | None, Metabase("RouteUserName", Text(), control=f"{DIALOG} > General > Outbound Security... > User name")
    ] = Field(None, description="Account for authentication towards this domain.")
    password: Annotated[
        str | dict[str, object] | None,
        Metabase("RoutePassword", SecretReference(), control=f"{DIALOG} > General > Outbound Security... > Password"),
    ] = Field(None, description="Password of that account, as a secret reference.")
    tls: Annotated[
        bool | None,
        Metabase("RouteAction", Bit(TLS_BIT), control=f"{DIALOG} > General > Outbound Security... > TLS encryption"),
    ] = Field(None, description="Whether STARTTLS is required towards this domain.")


class Domain(Section):
    """A domain that is treated otherwise than the rest."""

    name: Annotated[str, AfterValidator(_checked_name)] = Field(
        description="Domain name; '*.example.com' stands for all below example.com."
    )
    state: Literal["present", "absent"] = Field("present", description="Whether the domain exists.")
    type: Annotated[
        Literal["remote", "alias"] | None,
        Metabase("RouteAction", Words(Kind.DWORD, TYPES, bits=ALIAS_BIT), control="Domains > New > Domain..."),
    ] = Field(None, description="alias: another name of the default domain; remote: mail is sent on.")
    relay: Annotated[
        bool | None,
        Metabase(
            "RouteAction",
            Bit(RELAY_BIT),
            control=f"{DIALOG} > General > Allow incoming mail to be relayed to this domain",
        ),
    ] = Field(None, description="Whether everybody may relay to this domain, whatever the relay list says.")
    route: Annotated[
        str | None,
        Metabase("RouteAction", Words(Kind.DWORD, ROUTES, bits=0x2), control=f"{DIALOG} > General > Route domain"),
    ] = Field(
        None, description="How mail for the domain travels: dns or smart_host (the default when smart_host is set)."
    )
    smart_host: Annotated[str | None, Metabase("RouteActionString", SmartHost())] = Field(
        None, description="Server that mail for this domain goes through: a name or an IPv4 address."
    )
    outbound_security: DomainOutboundSecurity | None = Field(
        None, description="Authentication and TLS towards this domain; else those of the virtual server hold."
    )
    use_helo: Annotated[
        bool | None,
        Metabase("RouteAction", Bit(0x400000), control=f"{DIALOG} > General > Send HELO instead of EHLO"),
    ] = Field(None, description="Whether HELO is sent instead of EHLO.")
    queue_for_remote_delivery: Annotated[
        bool | None,
        Metabase(
            "RouteAction", Bit(0x200), control=f"{DIALOG} > Advanced > Queue messages for remote triggered delivery"
        ),
    ] = Field(None, description="Whether mail waits until the other server fetches it with ETRN or ATRN.")
    etrn_accounts: Annotated[list[str] | None, Metabase("AuthTurnList", Names())] = Field(
        None, description="Accounts that may fetch the mail of this domain with ATRN."
    )
    client_etrn_domains: Annotated[str | None, Metabase("CSideEtrnDomains", Text())] = Field(
        None, description="Domains that are asked for when this server sends ETRN."
    )
    metabase: raw_section(DOMAIN_CLASS) | None = Field(  # type: ignore[valid-type]  # a model made from the schema
        None, description="Any other writable property of the domain by its metabase name."
    )
