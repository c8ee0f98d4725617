"""Deliveries from the queues of a machine's virtual servers: where mail goes, what becomes of it, when to try again."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.smtp.client import Delivery, DeliveryFailed, Reply, Route
from iisrelay.lab.smtp.mailroom import Mailroom
from iisrelay.lab.smtp.message import Envelope, domain_of
from iisrelay.lab.smtp.server_settings import RouteAction, ServerSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from iisrelay.lab.smtp.logs import ProtocolLog

_DELIVERY_FAILED = 4006
_DOMAIN_FAILED = 4000
_DEFAULT_INTERVALS_MIN = (15, 30, 60, 240)
_SMART_HOST_ALWAYS, _SMART_HOST_AFTER_DNS = 2, 1


class DeliveryQueue:
    """One thread that empties the queues; ``servers`` gives the virtual servers that are started."""

    def __init__(
        self,
        servers: Callable[[], Iterable[tuple[ServerSettings, ProtocolLog]]],
        changed: Callable[[], None],
    ) -> None:
        self._servers = servers
        self._changed = changed
        self._wake = threading.Event()
        self._closing = False
        self._due: dict[tuple[str, str], float] = {}  # (virtual server, message): when to try again
        self._thread: threading.Thread | None = None

    def notify(self, *, retry: bool = False) -> None:
        """Look at the queues now; ``retry`` also takes what waits for its next attempt."""
        if retry:
            self._due.clear()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="smtp-delivery", daemon=True)
            self._thread.start()
        self._wake.set()

    def close(self) -> None:
        """End; what is being delivered is not waited for."""
        self._closing = True
        self._wake.set()

    def _run(self) -> None:
        while not self._closing:
            self._wake.clear()
            for settings, log in list(self._servers()):
                self._empty(settings, log)
            now = time.monotonic()
            self._wake.wait(max(0.0, min(self._due.values(), default=now + 3600) - now))

    def _empty(self, settings: ServerSettings, log: ProtocolLog) -> None:
        mailroom = Mailroom(settings)
        for name, envelope, content in list(mailroom.queued()):
            place = (settings.key.name, name)
            if self._closing or self._due.get(place, 0.0) > time.monotonic():
                continue
            self._due[place] = time.monotonic() + _interval_s(settings, envelope.attempts + 1)
            # A script may have deleted the message meanwhile, or there is no room for what is left of it.
            with contextlib.suppress(NetError, OSError):
                left = deliver(settings, log, envelope, content)
                if not left.recipients:
                    self._due.pop(place)
                mailroom.keep(name, left)
            self._changed()


def deliver(settings: ServerSettings, log: ProtocolLog, envelope: Envelope, content: bytes) -> Envelope:
    """Send a message to the servers that its recipients need; give what is left for another attempt."""
    mailroom = Mailroom(settings)
    left: tuple[str, ...] = ()
    for route, recipients in _routes(settings, envelope):
        part = Envelope(envelope.sender, recipients)
        try:
            replies = Delivery(route, log).send(part, content)
        except DeliveryFailed as failure:
            mailroom.warn(_DELIVERY_FAILED, _failure_text(route, recipients, str(failure)))
            left += recipients
            continue
        left += _judge(mailroom, route, part, content, replies)
    return replace(envelope, recipients=left, attempts=envelope.attempts + 1)


def _judge(
    mailroom: Mailroom, route: Route, envelope: Envelope, content: bytes, replies: dict[str, Reply]
) -> tuple[str, ...]:
    """Give up refused recipients; give those to whom the message can be sent later."""
    refused = tuple(name for name, reply in replies.items() if reply.is_final)
    for name in refused:
        mailroom.warn(_DOMAIN_FAILED, _failure_text(route, (name,), replies[name].text))
    if refused:
        reasons = "\r\n".join(f"{name}: {replies[name].text}" for name in refused)
        mailroom.give_up(replace(envelope, recipients=refused), content, reasons)
    return tuple(name for name, reply in replies.items() if not reply.is_good and not reply.is_final)


def _failure_text(route: Route, recipients: tuple[str, ...], reason: str) -> str:
    domains = ", ".join(dict.fromkeys(map(domain_of, recipients)))
    return (
        f"Message delivery to the host '{route.address}' failed while delivering to the remote domain '{domains}' "
        f"for the following reason: {reason}"
    )


def _routes(settings: ServerSettings, envelope: Envelope) -> list[tuple[Route, tuple[str, ...]]]:
    """Group the recipients by the way to them."""
    groups: dict[tuple[str, str], tuple[Route, tuple[str, ...]]] = {}
    for recipient in envelope.recipients:
        route = route_to(settings, domain_of(recipient))
        key = (route.host.lower(), route.source.key.name)
        groups[key] = (route, (*groups.get(key, (route, ()))[1], recipient))
    return list(groups.values())


def route_to(settings: ServerSettings, domain: str) -> Route:
    """Find the way to a domain: its own smart host, the virtual server's, or the domain itself.

    The lab has no MX records: a domain without a smart host is looked up by its own name, in the hosts file first.
    """
    port = settings.number("RemoteSmtpPort") or 25
    entry = settings.domain(domain)
    if entry is not None and entry.route & RouteAction.SMART_HOST and entry.text("RouteActionString"):
        return Route(entry.text("RouteActionString"), port, entry, settings)
    # Type 1 means: directly first, and the smart host for what fails. Without DNS the first always fails.
    through_smart_host = settings.number("SmartHostType") in {_SMART_HOST_ALWAYS, _SMART_HOST_AFTER_DNS}
    if settings.text("SmartHost") and through_smart_host:
        return Route(settings.text("SmartHost"), port, settings, settings)
    return Route(domain, port, entry or settings, settings)


def _interval_s(settings: ServerSettings, attempts: int) -> float:
    """Give the wait after a number of failed attempts. Quick retries after a glitch are not simulated."""
    listed = [part.strip() for part in settings.text("SmtpRemoteProgressiveRetry").split(",")]
    intervals = [int(part) for part in listed if part.isdecimal()] or list(_DEFAULT_INTERVALS_MIN)
    return 60.0 * intervals[min(max(attempts, 1), len(intervals)) - 1]
