"""Hosts that cannot be managed are told so before anything is tried, with what to do instead."""

from collections.abc import Iterable

from iisrelay.errors import UnsupportedHostError
from iisrelay.site.target import Target
from iisrelay.state.observed import Observed
from iisrelay.state.request import SMTP_FEATURE

BUILD_2008_R2 = 7600
BUILD_2025 = 26100
ALTERNATIVES = (
    "use a host with Windows Server 2022 or older, or another relay: Exchange Server (Edge Transport), "
    "an Exchange Online connector with direct send, Azure Communication Services Email, High Volume Email, "
    "or a third-party relay such as hMailServer, Postfix or email-oauth2-proxy"
)


def check_supported(target: Target, observed: Observed) -> None:
    """Refuse a host on which a plan could only fail.

    Raises:
        UnsupportedHostError: with the reason and a way out.
    """
    check_host(observed)
    if not observed.smtp_ready:
        _check_feature(target, observed)


def check_host(observed: Observed) -> None:
    """Refuse a host on which nobody could change anything.

    Raises:
        UnsupportedHostError: with the reason and a way out.
    """
    facts = observed.facts
    if facts.build < BUILD_2008_R2:
        raise UnsupportedHostError(
            f"{facts.product} ({facts.version}) is older than Windows Server 2008 R2", hint="use a newer Windows Server"
        )
    if not facts.is_64_bit:
        raise UnsupportedHostError(
            "the remote PowerShell is 32-bit; the metabase and Schannel settings are 64-bit",
            hint="connect to the 64-bit session configuration, or run C:\\Windows\\Sysnative\\...\\powershell.exe",
        )
    if not facts.is_administrator:
        raise UnsupportedHostError(
            "the account is not an administrator of the host (or its token is filtered)",
            hint="use a member of the local group Administrators; a local account other than Administrator needs "
            "LocalAccountTokenFilterPolicy=1",
        )


def _check_feature(target: Target, observed: Observed) -> None:
    state = observed.features.get(SMTP_FEATURE, "unknown")
    if state == "unknown" and (observed.facts.build >= BUILD_2025 or not _servable(observed.features.values())):
        raise UnsupportedHostError(
            f'{observed.facts.product} has no feature "SMTP Server": Microsoft removed it in Windows Server 2025',
            hint=ALTERNATIVES,
        )
    if state == "unknown":
        raise UnsupportedHostError(
            f"{observed.facts.product} does not offer the feature {SMTP_FEATURE}", hint=ALTERNATIVES
        )
    if state == "installed":
        raise UnsupportedHostError(
            f"the SMTP service cannot be reached although its feature is installed: {observed.smtp_problem}",
            hint="start IISADMIN and SMTPSVC on the host; reboot it if the feature was installed just now",
        )
    if SMTP_FEATURE not in target.features:
        raise UnsupportedHostError(
            "the feature SMTP Server is not installed, and the site file does not ask for it",
            hint="write `features: {install: true}`, or install SMTP-Server on the host",
        )


def _servable(states: Iterable[str]) -> bool:
    return any(state != "unknown" for state in states)
