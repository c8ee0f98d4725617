"""The shape of a site file."""

import re
from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from iisrelay.secret import parse_reference
from iisrelay.settings.codec import quoted, refuse_unstorable
from iisrelay.settings.declare import Section, nullable
from iisrelay.settings.domains import Domain
from iisrelay.settings.host import Features, Service, Tls
from iisrelay.settings.numbers import parse_duration
from iisrelay.settings.texts import SECRET_SCHEMA, expect_host_name
from iisrelay.settings.virtual_server import VirtualServerSettings

HOST_KEY = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?"


def _version(written: object) -> object:
    if written != 1 or isinstance(written, bool):
        raise ValueError(f"expected 1, the version of this format, not {quoted(written)}")
    return written


def _server_name(name: str) -> str:
    refuse_unstorable(name)
    if not name or name != name.strip():
        raise ValueError("a name is not empty and neither begins nor ends with a space")
    return name


def _host_key(name: str) -> str:
    if not re.fullmatch(HOST_KEY, name) or ".." in name:
        raise ValueError(f"{quoted(name)} is not a host name (letters, digits, dots, hyphens, underscores)")
    return name


def _secret(written: object) -> object:
    if written is not None:
        parse_reference(written)
    return written


def _duration(written: str) -> str:
    parse_duration(written)
    return written


def _host_address(written: str) -> str:
    try:
        ip_address(written.removeprefix("[").removesuffix("]"))
    except ValueError:
        expect_host_name(written)
    return written


def _proxy(written: str) -> str:
    if not re.fullmatch(r"https?://[^\s/@]+/?", written):
        raise ValueError("expected a proxy such as http://proxy.contoso.example:3128, without a user")
    return written


def _remote_address(written: str) -> str:
    if written.lower() != "localsubnet":
        try:
            ip_network(written)
        except ValueError as error:
            raise ValueError(f"expected an address, a network or LocalSubnet: {error}") from None
    return written


SecretText = Annotated[Any, BeforeValidator(_secret), WithJsonSchema(nullable(SECRET_SCHEMA))]


class VirtualServerDefaults(VirtualServerSettings):
    """What every virtual server of the site has."""

    state: Literal["started", "stopped", "absent"] | None = Field(
        None, description="Whether the virtual server runs, stands still, or does not exist; without it, nobody minds."
    )
    domains: list[Domain] | None = Field(None, description="Domains that are treated otherwise than the rest.")


class VirtualServer(VirtualServerDefaults):
    """A virtual server; its name is its identity."""

    name: Annotated[str, AfterValidator(_server_name)] = Field(
        description="Name in the console (ServerComment). The virtual server of that name is managed, or created."
    )


class WinRm(Section):
    """A connection over WinRM."""

    https: bool | None = Field(None, description="Whether HTTPS is used (default true).")
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="Port (default 5986 with HTTPS, 5985 without)."
    )
    auth: Literal["basic", "ntlm", "kerberos", "credssp", "certificate"] | None = Field(
        None, description="Authentication (default ntlm, whose messages are encrypted over HTTP too)."
    )
    username: str | None = Field(None, description="Account, such as 'CONTOSO\\deploy' or deploy@contoso.example.")
    password: SecretText = Field(None, description="Password of the account, as a secret reference.")
    certificate: str | None = Field(None, description="PEM file with the client certificate (auth: certificate).")
    certificate_key: str | None = Field(None, description="PEM file with the key of the client certificate.")
    ca_file: str | None = Field(
        None, description="PEM file with the authorities that the host's certificate is checked by."
    )
    verify_certificate: bool | None = Field(
        None, description="Whether the host's certificate is checked (default true)."
    )
    allow_unencrypted: bool | None = Field(
        None, description="Whether messages may travel in clear: basic over HTTP (default false)."
    )
    kerberos_hostname: str | None = Field(None, description="Name of the host in Kerberos when the address is another.")
    proxy: Annotated[str, AfterValidator(_proxy)] | None = Field(
        None, description="URL of an HTTP proxy (default none, whatever the environment says)."
    )
    timeout: Annotated[str, AfterValidator(_duration)] | None = Field(
        None, description="Time that one script may take (default 5m)."
    )


class HostDefaults(Section):
    """How hosts are reached."""

    connection: Literal["winrm", "local"] | None = Field(
        None, description="winrm (default), or local when iisrelay runs on the host itself."
    )
    winrm: WinRm | None = Field(None, description="Details of the connection over WinRM.")


class Firewall(Section):
    """The firewall of the host."""

    manage: bool | None = Field(None, description="Whether an inbound rule is kept for every binding (default false).")
    remote_addresses: list[Annotated[str, AfterValidator(_remote_address)]] | None = Field(
        None, description="Addresses or networks that the rules let in; without it, any."
    )


class Common(Section):
    """What the file says for all hosts, and overrides say for one."""

    defaults: VirtualServerDefaults | None = Field(None, description="Merged into every virtual server.")
    virtual_servers: list[VirtualServer] | None = Field(None, description="The virtual servers.")
    service: Service | None = Field(None, description="The Windows service.")
    tls: Tls | None = Field(None, description="TLS protocols of the host.")
    features: Features | None = Field(None, description="Windows features.")
    firewall: Firewall | None = Field(None, description="Firewall rules for the bindings.")
    save_to_disk: bool | None = Field(
        None, description="Whether the metabase is saved to its file after changes (default true)."
    )
    reboot_allowed: bool | None = Field(
        None, description="Whether the host may be restarted when a change needs it (default false: it is reported)."
    )


class Overrides(Common):
    """What is otherwise on one host; the same shape as the file."""


class Host(HostDefaults):
    """One host."""

    address: Annotated[str, AfterValidator(_host_address)] | None = Field(
        None, description="Name or address to connect to (default: the key)."
    )
    overrides: Overrides | None = Field(
        None, description="What is otherwise on this host: merged by key, virtual servers and domains by name."
    )


class SiteFile(Common):
    """A site file."""

    version: Annotated[Literal[1], BeforeValidator(_version)] = Field(description="Version of this format: 1.")
    host_defaults: HostDefaults | None = Field(None, description="Merged into every host.")
    hosts: dict[Annotated[str, AfterValidator(_host_key)], Host | None] = Field(
        description="The hosts, by name.", min_length=1
    )
