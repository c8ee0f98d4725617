"""Ports that are free, and waiting until a server listens on one."""

import socket
import time
from collections.abc import Callable

PATIENCE_S = 30.0


def free_port(host: str = "127.0.0.1") -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        return listener.getsockname()[1]


def wait_until_listening(port: int, is_alive: Callable[[], bool], log: Callable[[], str]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if not is_alive():
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens on port {port}:\n{log()}")
