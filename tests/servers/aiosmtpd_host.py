"""A smart host by aiosmtpd that takes messages and keeps them."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from servers.ports import PATIENCE_S, free_port


class Keeper(Message):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.messages = []

    def handle_message(self, message) -> None:
        self.messages.append(message)

    def wait_for(self, subject: str):
        """Give the message with a subject as soon as it is there."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            for message in list(self.messages):
                if message["Subject"] == subject:
                    return message
            time.sleep(0.05)
        raise AssertionError(f"no message with the subject {subject!r} has arrived")


@contextmanager
def aiosmtpd_host(**options: object) -> Iterator[tuple[int, Keeper]]:
    """Run it on a free port with aiosmtpd's own options (tls_context, require_starttls, authenticator ...)."""
    keeper = Keeper()
    controller = Controller(keeper, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield controller.port, keeper
    finally:
        controller.stop()
