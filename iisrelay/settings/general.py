"""The General tab: endpoints, names, connections, logging."""

from typing import Annotated

from pydantic import Field

from iisrelay.settings.declare import Metabase, Section
from iisrelay.settings.lists import Bindings
from iisrelay.settings.metabase_schema import PROPERTIES
from iisrelay.settings.numbers import NO_LIMIT, Duration, Number, Size
from iisrelay.settings.stored import Kind
from iisrelay.settings.texts import ExpandableFolder, HostName, SecretReference, Text
from iisrelay.settings.words import Bits, Flag, Switch, Words
from iisrelay.status import Restart

RESTARTS = Restart.VIRTUAL_SERVER

LOG_FORMATS = {
    "w3c": "{FF160663-DE82-11CF-BC0A-00AA006111E0}",
    "iis": "{FF160657-DE82-11CF-BC0A-00AA006111E0}",
    "ncsa": "{FF16065F-DE82-11CF-BC0A-00AA006111E0}",
    "odbc": "{FF16065B-DE82-11CF-BC0A-00AA006111E0}",
}
ROLLOVERS = {"daily": 1, "weekly": 2, "monthly": 3, "hourly": 4, "by_size": 0, "unlimited": 0}
# The fields carry the names of the columns in the log.
LOG_FIELDS = {
    "date": 0x1, "time": 0x2, "c-ip": 0x4, "cs-username": 0x8, "s-sitename": 0x10, "s-computername": 0x20, "s-ip": 0x40,
    "cs-method": 0x80, "cs-uri-stem": 0x100, "cs-uri-query": 0x200, "sc-status": 0x400, "sc-win32-status": 0x800,
    "sc-bytes": 0x1000, "cs-bytes": 0x2000, "time-taken": 0x4000, "s-port": 0x8000, "cs(User-Agent)": 0x10000,
    "cs(Cookie)": 0x20000, "cs(Referer)": 0x40000, "cs-version": 0x80000, "cs-host": 0x100000, "sc-substatus": 0x200000,
}  # fmt: skip
LOG_FIELD_SETS = {"all": sum(PROPERTIES["LogExtFileFlags"].flags.values()), "default": 0x586, "useful": 0xCE9F}


class Connections(Section):
    """Limits of inbound connections."""

    max: Annotated[
        int | str | None, Metabase("MaxConnections", Number(lower=1, unlimited=NO_LIMIT), restart=RESTARTS)
    ] = Field(None, description="Largest number of simultaneous inbound connections, or 'unlimited'.")
    timeout: Annotated[str | None, Metabase("ConnectionTimeout", Duration(), restart=RESTARTS)] = Field(
        None, description="How long an idle inbound connection is kept."
    )
    max_errors: Annotated[
        int | str | None, Metabase("MaxSmtpErrors", Number(lower=1, unlimited=(2**32 - 1,)), restart=RESTARTS)
    ] = Field(None, description="Protocol errors that are tolerated in a session before it is dropped.")


class OdbcLogging(Section):
    """The database of the ODBC log format."""

    data_source: Annotated[str | None, Metabase("LogOdbcDataSource", Text())] = Field(
        None, description="ODBC data source name that the log is written to."
    )
    table: Annotated[str | None, Metabase("LogOdbcTableName", Text())] = Field(
        None, description="Table that the log is written to."
    )
    username: Annotated[str | None, Metabase("LogOdbcUserName", Text())] = Field(
        None, description="Database user for the log."
    )
    password: Annotated[str | dict[str, object] | None, Metabase("LogOdbcPassword", SecretReference())] = Field(
        None, description="Password of the database user, as a secret reference."
    )


class Logging(Section):
    """The protocol log."""

    enabled: Annotated[bool | None, Metabase("LogType", Switch())] = Field(
        None, description="Whether a protocol log is written."
    )
    format: Annotated[str | None, Metabase("LogPluginClsid", Words(Kind.STRING, LOG_FORMATS))] = Field(
        None, description="Log format: w3c (Extended, with selectable fields), iis, ncsa or odbc."
    )
    fields: Annotated[list[str] | str | None, Metabase("LogExtFileFlags", Bits(LOG_FIELDS, LOG_FIELD_SETS))] = Field(
        None,
        description="Columns of the W3C log: all, default, useful (what tracing mail needs), or a list of names.",
    )
    rollover: Annotated[str | None, Metabase("LogFilePeriod", Words(Kind.DWORD, ROLLOVERS))] = Field(
        None, description="When a new log file begins: hourly, daily, weekly, monthly, by_size or unlimited (one file)."
    )
    max_size: Annotated[str | None, Metabase("LogFileTruncateSize", Size(lower=131072, unlimited=(2**32 - 1,)))] = (
        Field(None, description="File size at which rollover by_size begins a new file; 'unlimited' keeps one file.")
    )
    local_time: Annotated[
        bool | None,
        Metabase("LogFileLocaltimeRollover", Flag()),
    ] = Field(None, description="Whether files are named and rolled over by local time instead of UTC.")
    folder: Annotated[str | None, Metabase("LogFileDirectory", ExpandableFolder())] = Field(
        None, description="Folder for the logs; the service writes into a subfolder SmtpSvc<n> of it."
    )
    odbc: OdbcLogging | None = Field(None, description="Database of the odbc format.")


class General(Section):
    """The General tab."""

    bindings: Annotated[list[str] | None, Metabase("ServerBindings", Bindings(), restart=RESTARTS)] = Field(
        None, description="Endpoints that the virtual server listens on: 'IP:port', or '*:port' for all addresses."
    )
    fqdn: Annotated[str | None, Metabase("FullyQualifiedDomainName", HostName(), restart=RESTARTS)] = Field(
        None, description="Name in the greeting and in HELO/EHLO; inbound TLS needs a certificate with this name."
    )
    default_domain: Annotated[
        str | None,
        Metabase("DefaultDomain", HostName(), restart=RESTARTS, control="Domains > the domain of type Local (Default)"),
    ] = Field(None, description="Default local domain; mail for it goes to the drop folder.")
    auto_start: Annotated[bool | None, Metabase("ServerAutoStart", Flag())] = Field(
        None,
        description="Whether it starts with the service. The service rewrites this on every start and stop.",
    )
    connections: Connections | None = Field(None, description="Limits of inbound connections.")
    logging: Logging | None = Field(None, description="The protocol log.")
