"""What a Received header says about TLS, whoever wrote it."""

import re

from iisrelay.tls.headers.clauses import Clauses
from iisrelay.tls.headers.model import UNKNOWN_VERSION, Security, Software
from iisrelay.tls.headers.software import EXCHANGE_ONLINE, EXCHANGE_SERVER, GOOGLE, SMTPSVC

# The version: TLS1_2, TLSv1.2, TLS 1.2, TLSv1, SSLv3. "TLSv1/SSLv3" is the family of the cipher in old OpenSSL.
VERSION = re.compile(r"(?P<name>TLS|SSL)[ _]?v?(?P<major>[123])(?:[._](?P<minor>[0-3]))?", re.IGNORECASE)
# Each gives version, cipher or both; all are searched for in one comment at a time.
CLAUSES = (
    # Exchange (with a comma), Google, sendmail, Proofpoint, Mimecast
    re.compile(r"version=(?P<version>[^\s,;()]{1,40}),? {0,4}cipher=(?P<cipher>[^\s;,()]{1,100})", re.IGNORECASE),
    re.compile(r"version=(?P<version>[^\s,;()]{1,40})", re.IGNORECASE),
    re.compile(r"\bcipher=(?P<cipher>[^\s;,()]{1,100})", re.IGNORECASE),
    # Postfix, RZmta
    re.compile(r"using (?P<version>\S{1,40}) with cipher (?P<cipher>[^\s()]{1,100})", re.IGNORECASE),
    # Courier: (TLS: TLSv1.2,256bits,AES256-SHA)
    re.compile(r"TLS: ?(?P<version>[^\s,]{1,40}), ?\d{1,4} ?bits, ?(?P<cipher>[^\s,()]{1,100})", re.IGNORECASE),
    # Exim, OpenSMTPD: (TLS1.3:TLS_AES_256_GCM_SHA384:256)
    re.compile(r"\A(?P<version>(?:TLS|SSL)[\w./ ]{1,20}):(?P<cipher>[^\s:()]{1,100})", re.IGNORECASE),
    re.compile(r"\A(?P<version>(?:TLS|SSL)[ _]?v?\d[\d._]{0,4}+)(?![\w/])", re.IGNORECASE),
    # qmail: (ECDHE-RSA-AES256-GCM-SHA384 encrypted)
    re.compile(r"\A(?P<cipher>[A-Z0-9][\w-]{1,99}) encrypted\b"),
    # Exchange before 2016: (TLS)
    re.compile(r"\A(?P<version>TLS)\Z", re.IGNORECASE),
)
# Cisco: with ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384. Exim 4.94 and Haraka: tls TLS_AES_256_GCM_SHA384.
WITH_CIPHER = re.compile(r"\A[A-Z0-9]{1,12}/TLS/(?P<cipher>[\w-]{1,100})", re.IGNORECASE)
WORD_CIPHER = re.compile(r"\btls (?P<cipher>[A-Z0-9][\w:-]{1,99})")
# RFC 3848: S is TLS, A is authentication. "SMTPs" is Yahoo's.
PROTOCOL = re.compile(r"(?:UTF8)?(?:SMTP|ESMTP|LMTP)(?P<tls>S?)A?", re.IGNORECASE)
SECURED_WORDS = ("over tls secured channel", "with starttls")

ONLY_TLS_13 = re.compile(r"TLS_(?:AES|CHACHA20)_")
SINCE_TLS_12 = re.compile(r"GCM|CCM|SHA256|SHA384|CHACHA20|POLY1305")
# These state TLS whenever there is some: silence is clear text.
STATE_ALWAYS = {
    *(SMTPSVC, EXCHANGE_ONLINE, GOOGLE, "Postfix", "Exim", "sendmail", "Proofpoint"),
    *(f"{EXCHANGE_SERVER}{year}" for year in ("", " 2007", " 2010", " 2013", " 2016", " 2019")),
}


def read_security(clauses: Clauses, software: Software | None, protocol: str | None, text: str) -> Security:
    """Read what is stated, and conclude what follows from a cipher or from the silence of a program."""
    stated, cipher = _stated(clauses)
    cipher = cipher or _cipher_elsewhere(clauses, text)
    match = PROTOCOL.fullmatch(protocol or "")
    is_secured = bool(stated or cipher or (match and match.group("tls")) or _says_tls(text))
    if not is_secured:
        # Google's inner hosts hand messages on without a "from": no connection to speak of.
        is_connection = match is not None and clauses.get("from").first is not None
        is_plain = is_connection and software is not None and software.name in STATE_ALWAYS
        return Security(secured=False if is_plain else None)
    version = normalise(stated) if stated else UNKNOWN_VERSION
    if version == UNKNOWN_VERSION and ONLY_TLS_13.match(cipher or ""):
        version = "TLS 1.3"
    at_least = "TLS 1.2" if version == UNKNOWN_VERSION and SINCE_TLS_12.search(cipher or "") else None
    return Security(version, cipher, at_least, secured=True)


def normalise(version: str) -> str:
    """Write a version as "TLS 1.2"; the word "unknown" stands for what names no protocol version."""
    match = VERSION.fullmatch(version.strip())
    if match is None:
        return UNKNOWN_VERSION
    minor = match.group("minor")
    if match.group("name").upper() == "SSL":
        return f"SSL {match.group('major')}.{minor or 0}"
    return f"TLS 1.{minor or 0}" if match.group("major") == "1" else UNKNOWN_VERSION


def _stated(clauses: Clauses) -> tuple[str | None, str | None]:
    """Find version and cipher in the comments; the most telling form of all comments wins."""
    comments = clauses.comments
    for pattern in CLAUSES:
        for comment in comments:
            match = pattern.search(comment)
            if match:
                found = match.groupdict()
                return found.get("version"), found.get("cipher")
    return None, None


def _cipher_elsewhere(clauses: Clauses, text: str) -> str | None:
    match = WITH_CIPHER.match(clauses.get("with").first or "") or WORD_CIPHER.search(text)
    return match.group("cipher") if match else None


def _says_tls(text: str) -> bool:
    folded = text.casefold()
    return any(words in folded for words in SECURED_WORDS)
