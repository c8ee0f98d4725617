"""Which program wrote a Received header."""

import re
from collections.abc import Callable

from iisrelay.tls.headers.clauses import Clauses
from iisrelay.tls.headers.model import Software

SMTPSVC = "Microsoft SMTPSVC"
EXCHANGE_ONLINE = "Exchange Online"
EXCHANGE_SERVER = "Exchange Server"
GOOGLE = "Google"
# The version is that of smtpsvc.dll: it tells the Windows, not how far it is patched.
WINDOWS_BY_BUILD = {
    "5.0.2195": "2000",
    "6.0.3790": "2003",
    "6.0.6001": "2008",
    "7.0.6000": "2008",
    "7.0.6001": "2008",
    "7.0.6002": "2008",
    "7.0.6003": "2008",
    "7.5.7600": "2008 R2",
    "7.5.7601": "2008 R2",
    "8.0.9200": "2012",
    "8.5.9600": "2012 R2",
    "10.0.14393": "2016",
    "10.0.17763": "2019",
    "10.0.20348": "2022",
}
EXCHANGE_BY_BUILD = {(8,): "2007", (14,): "2010", (15, 0): "2013", (15, 1): "2016", (15, 2): "2019"}
EXCHANGE_ONLINE_BUILD = (15, 20)
MICROSOFT_CLOUD = (
    ".outlook.com",
    ".office365.com",
    ".office365.us",
    ".partner.outlook.cn",
    ".exchangelabs.com",
    ".mx.microsoft",
)
GOOGLE_DOMAINS = (".google.com", ".gmail.com", ".googlemail.com")
DOTTED_VERSION = re.compile(r"\d{1,5}(?:\.\d{1,6}){1,4}")
# Comments that name their program. Proofpoint calls its server PPS.
NAMED = (
    ("Postfix", re.compile(r"Postfix\b")),
    ("Exim", re.compile(r"Exim ?(?P<version>[\d._]+[\w.-]*)?")),
    ("sendmail", re.compile(r"(?:Sendmail )?(?P<version>8\.\d{1,2}\.[^\s/]{1,20})/")),
    ("Proofpoint", re.compile(r"PPS\b|Proofpoint")),
    ("qmail", re.compile(r"qmail\b")),
    ("Courier", re.compile(r"Courier\b ?(?P<version>[\d.]+)?")),
    ("OpenSMTPD", re.compile(r"OpenSMTPD\b")),
    ("Haraka", re.compile(r"Haraka/?(?P<version>[\d.]+)?")),
    ("RZmta", re.compile(r"RZmta ?(?P<version>[\d.]+)?")),
    ("MDaemon", re.compile(r"MDaemon\b")),
    ("Domino", re.compile(r"(?:Lotus|IBM|HCL) Domino Release (?P<version>[\d.]+\w*)?")),
    ("CommuniGate Pro", re.compile(r"CommuniGate Pro SMTP ?(?P<version>[\d.]+)?")),
    ("SendGrid", re.compile(r"SG\b|SendGrid")),
    ("Amazon SES", re.compile(r"SimpleEmailService")),
    ("amavis", re.compile(r"amavis")),
    ("Yahoo", re.compile(r"Yahoo")),
    ("Cisco", re.compile(r"Cisco|IronPort")),
)


def identify(clauses: Clauses) -> Software | None:
    """Name the program; None where the header does not tell."""
    tries: tuple[Callable[[Clauses], Software | None], ...] = (_smtpsvc, _exchange, _named, _google)
    return next((software for software in (attempt(clauses) for attempt in tries) if software), None)


def is_microsoft_cloud(host: str | None) -> bool:
    """Tell whether a host name belongs to Exchange Online."""
    return host is not None and ("." + host.casefold().rstrip(".")).endswith(MICROSOFT_CLOUD)


def _smtpsvc(clauses: Clauses) -> Software | None:
    clause = clauses.get("with")
    if not clause.text.casefold().startswith("microsoft smtpsvc"):
        return None
    version = _version(clause.comments)
    build = ".".join(version.split(".")[:3]) if version else ""
    return Software(SMTPSVC, version, WINDOWS_BY_BUILD.get(build))


def _exchange(clauses: Clauses) -> Software | None:
    by = clauses.get("by").first
    is_exchange = clauses.get("with").text.casefold().startswith(("microsoft smtp server", "mapi"))
    if not (is_exchange or is_microsoft_cloud(by)):
        return None
    return _exchange_version(by, _version([clauses.get("id").text]))


def _exchange_version(by: str | None, version: str | None) -> Software:
    build = tuple(int(part) for part in (version or "0").split("."))  # written with zeros in front by old builds
    if is_microsoft_cloud(by) or build[:2] == EXCHANGE_ONLINE_BUILD:
        return Software(EXCHANGE_ONLINE, version)
    year = EXCHANGE_BY_BUILD.get(build[:1]) or EXCHANGE_BY_BUILD.get(build[:2])
    return Software(f"{EXCHANGE_SERVER} {year}" if year else EXCHANGE_SERVER, version)


def _named(clauses: Clauses) -> Software | None:
    comments = [*clauses.get("by").comments, *clauses.rest.comments, *clauses.get("with").comments]
    comments += clauses.get("id").comments
    for comment in comments:
        for name, pattern in NAMED:
            match = pattern.match(comment)
            if match:
                return Software(name, match.groupdict().get("version"))
    return None


def _google(clauses: Clauses) -> Software | None:
    by = clauses.get("by").first or ""
    # Google's inner hosts sign with an address of 6to4 and an identifier, without a word about where from.
    if ("." + by.casefold()).endswith(GOOGLE_DOMAINS) or by.startswith("2002:a"):
        return Software(GOOGLE)
    return None


def _version(texts: list[str]) -> str | None:
    matches = (DOTTED_VERSION.match(text) for text in texts)
    return next((match.group() for match in matches if match), None)
