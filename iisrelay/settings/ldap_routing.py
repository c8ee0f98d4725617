"""The LDAP Routing tab."""

from typing import Annotated

from pydantic import Field

from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.numbers import Number
from iisrelay.settings.texts import HostName, SecretReference, Text
from iisrelay.settings.words import Switch

PATH = "RoutingSources"


class LdapRouting(Section):
    """The LDAP Routing tab; the values that the tab writes for schema and binding are not documented."""

    enabled: Annotated[bool | None, Metabase("SmtpDsUseCat", Switch(), PATH)] = Field(
        None, description="Whether recipients are looked up in a directory."
    )
    server: Annotated[str | None, Metabase("SmtpDsHost", HostName(), PATH, control="LDAP Routing tab > Server")] = (
        Field(None, description="Directory server.")
    )
    port: Annotated[int | None, Metabase("SmtpDsPort", Number(upper=65535), PATH)] = Field(
        None, description="Port of the directory server; 0 is the usual one."
    )
    schema_type: Annotated[
        str | None, Metabase("SmtpDsSchemaType", Text(), PATH, control="LDAP Routing tab > Schema")
    ] = Field(None, description="Kind of directory, as Windows stores it.")
    bind_type: Annotated[str | None, Metabase("SmtpDsBindType", Text(), PATH, control="LDAP Routing tab > Binding")] = (
        Field(None, description="How the directory is logged in to, as Windows stores it.")
    )
    base: Annotated[str | None, Metabase("SmtpDsNamingContext", Text(), PATH, control="LDAP Routing tab > Base")] = (
        Field(None, description="Container that the search begins at (a distinguished name).")
    )
    domain: Annotated[str | None, Metabase("SmtpDsDomain", Text(), PATH, control="LDAP Routing tab > Domain")] = Field(
        None, description="Windows domain of the directory account."
    )
    username: Annotated[str | None, Metabase("SmtpDsAccount", Text(), PATH, control="LDAP Routing tab > User name")] = (
        Field(None, description="Directory account.")
    )
    password: Annotated[
        str | dict[str, object] | None,
        Metabase("SmtpDsPassword", SecretReference(), PATH, control="LDAP Routing tab > Password"),
    ] = Field(None, description="Password of the directory account, as a secret reference.")
    flags: Annotated[int | None, Metabase("SmtpDsFlags", Number(), PATH)] = Field(
        None, description="Options of the LDAP connection, as Windows stores them."
    )
    data_directory: Annotated[str | None, Metabase("SmtpDsDataDirectory", Text(), PATH)] = Field(
        None, description="Data directory of the routing source (of old versions)."
    )
    default_mail_root: Annotated[str | None, Metabase("SmtpDsDefaultMailRoot", Text(), PATH)] = Field(
        None, description="Default mail root of the routing source (of old versions)."
    )
    table_type: Annotated[str | None, Metabase("SmtpRoutingTableType", Text(), PATH)] = Field(
        None, description="Kind of the routing source, 'ldap' (of old versions)."
    )
