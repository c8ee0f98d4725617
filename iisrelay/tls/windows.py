"""What each Windows Server does out of the box: protocols of Schannel, and cipher suites for TLS 1.2."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any


class Side(StrEnum):
    """Which end of a connection a value is for; these are the names of the registry keys."""

    CLIENT = "Client"  # mail that SMTPSVC sends
    SERVER = "Server"  # STARTTLS that SMTPSVC accepts


class State(StrEnum):
    """What Schannel does with a protocol."""

    ENABLED = "enabled"
    DISABLED_BY_DEFAULT = "disabled_by_default"  # only for a program that asks for it by name; SMTPSVC does not
    DISABLED = "disabled"  # for nobody
    NOT_SUPPORTED = "not_supported"  # whatever the registry says
    UNKNOWN = "unknown"


_LETTERS = {"+": State.ENABLED, "-": State.DISABLED_BY_DEFAULT, "x": State.NOT_SUPPORTED}


@dataclass(frozen=True)
class Windows:
    """One version of Windows Server. ``update`` names what has to be installed before it knows TLS 1.1 and 1.2."""

    name: str
    build: int
    defaults: Mapping[tuple[str, Side], State]
    suites: tuple[str, ...]
    update: str = ""
    schannel: tuple[int, ...] = field(default=())  # the version (build, revision) of schannel.dll with that update


def windows_of(build: int) -> Windows:
    """Give the Windows Server of a build; builds in between are like the last server before them."""
    return [windows for windows in _versions() if windows.build <= build][-1]


def protocols() -> tuple[str, ...]:
    """Give the names of the protocols, oldest first."""
    return tuple(_data()["protocols"])


def suites(name: str) -> tuple[str, ...]:
    """Give a list of cipher suites by its name in the data."""
    return tuple(_data()["suites"][name]["names"])


def microsoft_365_domains() -> tuple[str, ...]:
    """Give the domains whose smart hosts take the cipher suites that Microsoft documents for Microsoft 365."""
    return tuple(_data()["microsoft_365_domains"])


@cache
def _data() -> dict[str, Any]:
    text = files(__package__).joinpath("windows.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def _versions() -> tuple[Windows, ...]:
    return tuple(_windows(row) for row in _data()["windows"])


def _windows(row: Mapping[str, Any]) -> Windows:
    defaults = {
        (protocol, side): _LETTERS[pair[number]]
        for protocol, pair in zip(protocols(), row["defaults"], strict=True)
        for number, side in enumerate(Side)
    }
    return Windows(
        name=row["name"],
        build=row["build"],
        defaults=defaults,
        suites=suites(row["suites"]),
        update=row.get("update", ""),
        schannel=tuple(row.get("schannel", ())),
    )
