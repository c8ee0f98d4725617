"""Texts: plain ones, host names, folders, smart hosts, references to secrets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from typing import ClassVar

from iisrelay.secret import Secret, parse_reference
from iisrelay.settings.codec import Codec, JsonSchema, plain, quoted, refuse_unstorable
from iisrelay.settings.stored import Kind, Stored

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")


def expect_text(written: object) -> str:
    """Give a text that the metabase can hold, or refuse in words."""
    if not isinstance(written, str):
        raise ValueError(f"expected a text, not {quoted(written)}; put it in quotes if it is meant so")  # noqa: TRY004
    return refuse_unstorable(written)


def expect_host_name(written: object) -> str:
    """Give a DNS name, or refuse in words."""
    text = expect_text(written)
    if not text.isascii():
        raise ValueError(f"{quoted(text)} is not ASCII; write its xn-- form")
    if len(text) > 253 or not _HOST_NAME.fullmatch(text):
        raise ValueError(f"{quoted(text)} is not a host name")
    if text.rstrip(".").rpartition(".")[2].isdecimal():
        raise ValueError(f"{quoted(text)} is neither a host name nor an IPv4 address")
    return text


@dataclass(frozen=True)
class Text(Codec):
    """A text, kept character for character."""

    kind: ClassVar[Kind] = Kind.STRING
    examples: tuple[str, ...] = ()

    def store(self, written: object) -> str:
        """Give the text."""
        return expect_text(written)

    def show(self, stored: Stored) -> object:
        """Give the text."""
        return plain(stored)

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        schema: JsonSchema = {"type": "string"}
        return {**schema, "examples": list(self.examples)} if self.examples else schema


@dataclass(frozen=True)
class HostName(Text):
    """A DNS name."""

    examples: tuple[str, ...] = ("relay.contoso.example",)

    def store(self, written: object) -> str:
        """Give the name."""
        return expect_host_name(written)


class OptionalHostName(HostName):
    """A DNS name, or an empty text for none."""

    def store(self, written: object) -> str:
        """Give the name."""
        return "" if written == "" else expect_host_name(written)


@dataclass(frozen=True)
class Folder(Text):
    r"""A folder on the host: ``D:\mail`` or ``%windir%\mail``."""

    examples: tuple[str, ...] = ("D:\\mailroot\\billing",)

    def store(self, written: object) -> str:
        """Give the path."""
        text = expect_text(written)
        if not re.match(r"[A-Za-z]:[\\/]|%[A-Za-z]+%(?:[\\/]|$)", text):
            raise ValueError(f"{quoted(text)} is not an absolute path on the host, such as 'D:\\mail'")
        found = re.search(r'[<>"|?*:]', text[2:])
        if found:
            raise ValueError(f"{quoted(text)} has {quoted(found[0])}, which Windows does not allow in a path")
        if any(part != part.rstrip(" .") for part in re.split(r"[\\/]", text) if part not in (".", "..")):
            raise ValueError(f"{quoted(text)} has a name that ends with a space or a dot, which Windows drops")
        return text

    def same(self, one: Stored, other: Stored) -> bool:
        """Compare paths in any case of letters, with or without a backslash at the end."""
        if not isinstance(one, str) or not isinstance(other, str):
            return one == other
        return _folder_key(one) == _folder_key(other)


class ExpandableFolder(Folder):
    """A folder whose environment variables Windows expands."""

    kind: ClassVar[Kind] = Kind.EXPANDSZ


def _folder_key(path: str) -> str:
    return path.replace("/", "\\").rstrip("\\").casefold()


class SmartHost(Text):
    """A smart host: a DNS name, an IPv4 address (stored in brackets, so that no name lookup is made), or ``none``."""

    def store(self, written: object) -> str:
        """Give the name or the bracketed address."""
        if written == "none":
            return ""
        text = expect_text(written)
        bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
        try:
            return f"[{IPv4Address(bare)}]"
        except AddressValueError:
            if ":" in bare:
                raise ValueError(
                    f"{quoted(text)} is not a host name or IPv4 address (ports go to outbound_port)"
                ) from None
            return expect_host_name(text)

    def show(self, stored: Stored) -> object:
        """Give the name, the address without brackets, or ``none``."""
        if not isinstance(stored, str):
            return plain(stored)
        return stored.removeprefix("[").removesuffix("]") or "none"


class SmartHostOrPreset(SmartHost):
    """A smart host in the site file: also a preset with its parameters, ``{preset: ses, region: eu-west-1}``."""

    def check(self, written: object) -> None:
        """Check the shape of a preset; whether there is one of that name is checked when it is looked up."""
        if not isinstance(written, Mapping):
            self.store(written)
        elif not isinstance(written.get("preset"), str) or not all(
            isinstance(value, str) for value in written.values()
        ):
            raise ValueError("expected {preset: NAME} with the preset's parameters as texts")

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        preset: JsonSchema = {
            "type": "object",
            "properties": {"preset": {"type": "string", "description": "Name of the preset."}},
            "required": ["preset"],
            "additionalProperties": {"type": "string", "description": "Parameter of the preset."},
        }
        return {"anyOf": [{"type": "string", "examples": ["exchange-online", "mail.example", "10.0.0.5"]}, preset]}


class SecretReference(Codec):
    """A password: the site file has a reference to it, Windows stores it encrypted."""

    kind: ClassVar[Kind] = Kind.STRING
    sensitive: ClassVar[bool] = True

    def store(self, written: object) -> Secret:
        """Give the reference; the value is looked up when a script needs it."""
        return parse_reference(written)

    def show(self, stored: Stored) -> object:  # noqa: ARG002 - a password is never shown
        """Give a mask."""
        return "(sensitive)"

    def schema(self) -> JsonSchema:
        """Give the JSON Schema of the written form."""
        return SECRET_SCHEMA


SECRET_SCHEMA: JsonSchema = {
    "anyOf": [
        {
            "type": "string",
            "pattern": "^(env|file|keyring|cmd):.+",
            "examples": ["env:RELAY_PASSWORD", "keyring:relay/billing"],
        },
        {
            "type": "object",
            "description": "The program that prints the secret, with its arguments; no shell is involved.",
            "properties": {
                "cmd": {
                    "type": "array",
                    "items": {"type": "string"},
                    "minItems": 1,
                    "description": "The program and its arguments.",
                }
            },
            "required": ["cmd"],
            "additionalProperties": False,
        },
    ]
}
