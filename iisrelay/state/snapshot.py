"""What a host held at a moment, as a file. Sensitive values were never read, so there are none in it."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from iisrelay.settings.stored import AccessList, Stored
from iisrelay.state.answer import extract_text, parse_observed
from iisrelay.state.observed import HostFacts, Observed, ObservedServer, ObservedValue

FORMAT = 1


@dataclass(frozen=True)
class Snapshot:
    """An observed state with the host it belongs to, the moment, and the command that kept it."""

    host: str
    taken: datetime
    command: str
    observed: Observed

    def to_json(self) -> str:
        """Give the snapshot as JSON text."""
        document = {
            "format": FORMAT,
            "host_name": self.host,
            "taken": self.taken.astimezone(UTC).isoformat(timespec="seconds"),
            "command": self.command,
            **_observed_document(self.observed),
        }
        return json.dumps(document, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Snapshot":
        """Read a snapshot.

        Raises:
            BrokenAnswerError: when the text is not a snapshot.
        """
        document = extract_text(text)
        return cls(
            host=str(document.get("host_name", "")),
            taken=datetime.fromisoformat(str(document.get("taken"))),
            command=str(document.get("command", "")),
            observed=parse_observed(document),
        )


def _observed_document(observed: Observed) -> dict[str, Any]:
    return {
        "host": _plain(observed.facts),
        "smtp_ready": observed.smtp_ready,
        "smtp_problem": observed.smtp_problem,
        "servers": [_plain(server) for server in observed.servers],
        "features": [{"name": name, "state": state} for name, state in observed.features.items()],
        "values": [
            [address.store.value, address.path, address.name, *_form(value), value.inherited]
            for address, value in observed.values.items()
        ],
    }


def _plain(item: HostFacts | ObservedServer) -> dict[str, Any]:
    """Give the fields of a data class; ``asdict`` cannot copy read-only mappings."""
    values = ((name.name, getattr(item, name.name)) for name in fields(item))
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values}


def _form(value: ObservedValue) -> tuple[str, Any]:
    if value.hidden:
        return "hidden", None
    if value.value is None:
        return "problem", value.problem
    return stored_form(value.value)


def stored_form(value: Stored) -> tuple[str, Any]:
    """Give the name of a value's form, and the value as JSON has it; ``answer.FORMS`` reads it back."""
    if isinstance(value, bool):
        return "flag", value
    if isinstance(value, int):
        return "number", value
    if isinstance(value, str):
        return "text", value
    if isinstance(value, bytes):
        return "bytes", base64.b64encode(value).decode("ascii")
    if isinstance(value, AccessList):
        return "access", {
            "grant_by_default": value.grant_by_default,
            "addresses": list(value.addresses),
            "domains": list(value.domains),
        }
    return "texts", list(value)
