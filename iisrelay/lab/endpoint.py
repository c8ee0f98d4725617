"""Where a lab host is found: the files in its folder, and the endpoint among them."""

import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self, get_origin, get_type_hints
from urllib.parse import quote

from iisrelay.errors import IisRelayError

ADDRESS = "127.0.0.1"
USERNAME = "Administrator"
ENDPOINT_FILE = "endpoint.json"
STATE_FILE = "state.json"
PASSWORD_FILE = "password"  # noqa: S105 - the name of a file


@dataclass(frozen=True)
class Endpoint:
    """How to reach a lab host, and what it is to be. ``pid`` is the process that serves it, 0 when it was stopped.

    ``smtp_ports`` says on which loopback port each end point of a started virtual server really is: "127.0.0.1:2525" or
    "*:25" to the port.
    """

    name: str
    windows: str
    product: str
    password: str = field(repr=False)
    username: str = USERNAME
    address: str = ADDRESS
    http_port: int = 0
    https_port: int = 0
    certificate: str = ""
    pid: int = 0
    smtp: bool = False  # install the SMTP Server feature when the host is made
    faults: Mapping[str, Any] = field(default_factory=dict)
    smtp_ports: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def new(cls, name: str, windows: str, product: str, *, smtp: bool) -> Self:
        """Invent the endpoint of a new host; ``product`` is the full name of the Windows version."""
        return cls(name, windows, product, secrets.token_urlsafe(18), smtp=smtp)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the endpoint from a host's folder.

        Raises:
            IisRelayError: when the file is damaged, or of another version.
        """
        path = folder / ENDPOINT_FILE
        try:
            return cls._checked(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise IisRelayError(
                f"{path} cannot be read: it is damaged, or of another version of iisrelay ({type(error).__name__})",
                hint=f"delete {folder} and start the lab host again; it comes back as a fresh installation",
            ) from None

    @classmethod
    def _checked(cls, document: Any) -> Self:
        endpoint = cls(**document)
        for name, kind in get_type_hints(cls).items():
            if not isinstance(getattr(endpoint, name), get_origin(kind) or kind):
                raise TypeError(name)
        return endpoint

    def save(self, folder: Path) -> None:
        """Write the endpoint into a host's folder, readable by its owner only, and the password beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        write_private(folder / ENDPOINT_FILE, json.dumps(asdict(self), indent=2) + "\n")
        write_private(folder / PASSWORD_FILE, self.password)


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, with rights for its owner only."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mkstemp makes it mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(temporary).replace(path)


def host_folder(folder: Path, name: str) -> Path:
    """Give the folder of a host; characters that a folder's name cannot have are escaped."""
    escaped = quote(name, safe="")
    return folder / (escaped.replace(".", "%2E") if not escaped.strip(".") else escaped)
