"""Checks of the connection to a host."""

from collections.abc import Iterator

from iisrelay.site.model import Host
from iisrelay.site.problems import Finding, Location


def check_connection(host: Host) -> Iterator[Finding]:
    """Find connections that cannot work, or would send a password in clear."""
    details = host.winrm
    if details is None or host.connection == "local":
        return
    auth, here = details.auth or "ntlm", ("winrm",)
    if auth == "certificate":
        yield from _certificate(has_both=bool(details.certificate and details.certificate_key), https=details.https)
        return
    if auth == "basic" and details.https is False and not details.allow_unencrypted:
        yield Finding(
            (*here, "auth"), "basic without HTTPS sends the password in clear; use ntlm, or say allow_unencrypted: true"
        )
    yield from _pair(here, details.username, details.password)


def _certificate(*, has_both: bool, https: bool | None) -> Iterator[Finding]:
    if not has_both:
        yield Finding(("winrm", "auth"), "certificate needs certificate: and certificate_key:", from_absence=True)
    if https is False:
        yield Finding(("winrm", "https"), "certificate authentication works over HTTPS only")


def _pair(here: Location, username: object, password: object) -> Iterator[Finding]:
    if username and not password:
        yield Finding((*here, "username"), "a user without a password", from_absence=True)
    if password and not username:
        yield Finding((*here, "password"), "a password without a username", from_absence=True)
