r"""What Setup writes: the keys and values of a fresh SMTP service with its first virtual server.

Which values Setup puts on /LM/SmtpSvc and which on /LM/SmtpSvc/1 is not known. Microsoft's one printed file has limits,
names and retry times on the service, so everything that virtual servers can share stands there, and the first virtual
server holds only what must be its own: endpoints, start, folders and its relay list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.windows.metabase import acl
from iisrelay.lab.windows.metabase.lookup import write
from iisrelay.lab.windows.metabase.schema import class_property
from iisrelay.settings.metabase_schema import PROPERTIES
from iisrelay.settings.relay_list import encode
from iisrelay.settings.stored import AccessList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.metabase.tree import Key, Value
    from iisrelay.settings.stored import Stored

SERVICE = "SmtpSvc"
MAIL_FOLDERS = ("Badmail", "Drop", "Pickup", "Queue")
MAIL_ROOT = r"C:\inetpub\mailroot"

_ON_VIRTUAL_SERVER = frozenset(
    (
        "ServerBindings",
        "ServerAutoStart",
        "BadMailDirectory",
        "DropDirectory",
        "PickupDirectory",
        "QueueDirectory",
        "RelayIpList",
    )
)
# A fresh virtual server of Server 2022 lacks the property, say administrators.
_WITHOUT_RELAY_LIST = frozenset({"2022"})

# Names as scripts show them, identifiers as in the SDK header ilogobj.h; those of the property pages are not known.
_LOG_FORMATS = {
    "Microsoft IIS Log File Format": "{FF160657-DE82-11CF-BC0A-00AA006111E0}",
    "NCSA Common Log File Format": "{FF16065F-DE82-11CF-BC0A-00AA006111E0}",
    "ODBC Logging": "{FF16065B-DE82-11CF-BC0A-00AA006111E0}",
    "W3C Extended Log File Format": "{FF160663-DE82-11CF-BC0A-00AA006111E0}",
}

_DEFAULT_DOMAIN_ACTION = 0x60  # SMTP_DELIVER | SMTP_DEFAULT; inferred from the names of the bits


def create_computer(root: Key) -> Key:
    """Make /LM with the log formats: what IIS 6 Metabase Compatibility brings, with or without SMTP."""
    computer = root.add("LM", "IIsComputer")
    _put(computer, "AdminACL", acl.INSTALLED)
    logging = computer.add("Logging", "IIsLogModules")
    for name, identifier in _LOG_FORMATS.items():
        _put(logging.add(name, "IIsLogModule"), "LogModuleId", identifier)
    return computer


def create_service(computer: Key, windows_key: str, fqdn: str) -> Key:
    """Make the SMTP service with virtual server 1."""
    service = computer.add(SERVICE, "IIsSmtpService")
    _put(service, "AdminACL", acl.INSTALLED)
    _put(service.add("Info", "IIsSmtpInfo"), "LogModuleList", ",".join(_LOG_FORMATS))
    first = service.add("1", "IIsSmtpServer")
    for name, value in _installed_values(windows_key, fqdn):
        _put(first if name in _ON_VIRTUAL_SERVER else service, name, value)
    service.records["authflags"].user_type = "IIS_MD_UT_SERVER"  # so in Microsoft's printed file; the schema says FILE
    _create_below(first, fqdn)
    return service


def _create_below(server: Key, fqdn: str) -> None:
    domains = server.add("Domain", "IIsSmtpDomain")
    _put(domains.add(fqdn, "IIsSmtpDomain"), "RouteAction", _DEFAULT_DOMAIN_ACTION)
    server.add("RoutingSources", "IIsSmtpRoutingSource")
    mailbox = server.add("ROOT", "IIsSmtpVirtualDir").add("MailBox", "IIsSmtpVirtualDir")
    _put(mailbox, "Path", rf"{MAIL_ROOT}\Mailbox")
    for name, key_type in (
        ("Alias", "IIsSmtpAlias"),
        ("User", "IIsSmtpUser"),
        ("DL", "IIsSmtpDL"),
        ("Sessions", "IIsSmtpSessions"),
    ):
        server.add(name, key_type)


def _installed_values(windows_key: str, fqdn: str) -> Iterator[tuple[str, Value]]:
    for schema in PROPERTIES.values():
        if schema.installed is None or "IIsSmtpServer" not in schema.classes:
            continue
        if schema.name == "RelayIpList" and windows_key in _WITHOUT_RELAY_LIST:
            continue
        yield schema.name, _as_stored(schema.installed, fqdn)


def _as_stored(installed: Stored, fqdn: str) -> Value:
    if isinstance(installed, AccessList):
        return encode(installed)
    return installed.replace("{fqdn}", fqdn) if isinstance(installed, str) else installed


def _put(key: Key, name: str, value: Value) -> None:
    write(key, class_property(key.key_type, name), value)
