"""MetaBase.xml: how a file is read, also one that somebody edited while IISADMIN was stopped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from iisrelay.lab.windows.metabase.acl import AccessControl
from iisrelay.lab.windows.metabase.document import GENERIC, flag_names
from iisrelay.lab.windows.metabase.failures import NO_SESSION_KEY, READ_METABASE_FILE, failure
from iisrelay.lab.windows.metabase.schema import attributes_of, find_property
from iisrelay.lab.windows.metabase.tree import Attribute, Key, Record, find_key, split_path
from iisrelay.settings.metabase_schema import find
from iisrelay.settings.stored import Kind

if TYPE_CHECKING:
    from iisrelay.lab.windows.metabase.sealing import Sealer
    from iisrelay.lab.windows.metabase.tree import Value

_GLOBAL = "IIS_Global"


@dataclass(frozen=True)
class _Element:
    name: str
    attributes: dict[str, str]
    customs: list[dict[str, str]]


def read_document(text: str, sealer: Sealer, *, drop_foreign_secrets: bool = False) -> Key:
    """Read a document into a new tree.

    Raises:
        NetError: 0x800CC819 for a document that cannot be understood, 0x800CC81D for secrets sealed with another key
            (unless these are to be dropped, as Windows does with a file that was copied from another machine).
    """
    root = Key("")
    for element in _elements(text):
        if element.name == _GLOBAL:
            continue
        key = _key_at(root, element.attributes["Location"])
        key.key_type = "" if element.name == GENERIC else element.name
        _read_records(key, element, sealer, drop_foreign_secrets=drop_foreign_secrets)
    return root


def _elements(text: str) -> list[_Element]:
    try:
        document = ET.fromstring(_standard(text))  # noqa: S314 - expat itself limits expansion
        properties = next(child for child in document if _local(child.tag) == "MBProperty")
    except (ET.ParseError, StopIteration):
        raise failure(READ_METABASE_FILE) from None
    found = [
        _Element(_local(item.tag), dict(item.attrib), [dict(child.attrib) for child in item]) for item in properties
    ]
    if not all("Location" in element.attributes for element in found):
        raise failure(READ_METABASE_FILE)
    return found


def _standard(text: str) -> str:
    """IIS writes a blank into the declaration that parsers do not like, and sometimes a byte order mark before it."""
    return text.removeprefix("\ufeff").replace('version ="1.0"', 'version="1.0"', 1)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _key_at(root: Key, location: str) -> Key:
    key = root
    for name in split_path(location):
        key = find_key(key, name) or key.add(name)
    return key


def _read_records(key: Key, element: _Element, sealer: Sealer, *, drop_foreign_secrets: bool) -> None:
    plain = [(name, text, None) for name, text in element.attributes.items() if name != "Location"]
    custom = [(item.get("Name", ""), item.get("Value", ""), item) for item in element.customs]
    for name, text, details in (*plain, *custom):
        try:
            record = _record(key, name, text, details, sealer)
        except ValueError:
            if drop_foreign_secrets:
                continue
            raise failure(NO_SESSION_KEY) from None
        if record is not None:
            key.store(record)


def _record(key: Key, name: str, text: str, details: dict[str, str] | None, sealer: Sealer) -> Record | None:
    schema = find_property(key.key_type, name) or find(name)
    if schema is None and details is None:
        return None  # a misspelt attribute: the schema does not know it and IIS passes over it
    attributes = attributes_of(schema) if schema else Attribute.NONE
    user_type = schema.user_type if schema else ""
    if details is not None:
        attributes = _attributes(details.get("Attributes", ""))
        user_type = details.get("UserType", "")
    if attributes & Attribute.SECURE:
        text = sealer.unseal(bytes.fromhex(text)).decode()
    kind = schema.type if schema else Kind.STRING
    return Record(schema.name if schema else name, _value(kind, text, name), attributes, user_type)


def _attributes(words: str) -> Attribute:
    attributes = Attribute.NONE
    for word in words.split("|"):
        if word.strip() in Attribute.__members__:
            attributes |= Attribute[word.strip()]
    return attributes


def _value(kind: Kind, text: str, name: str) -> Value:
    if kind is Kind.DWORD:
        return _dword(text, flag_names(name))
    if kind is Kind.BOOL:
        return text.strip().upper() in ("TRUE", "1")
    if kind is Kind.MULTISZ:
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    if kind in (Kind.BINARY, Kind.IPSECLIST):
        return _bytes(text)
    return AccessControl.from_text(text) if kind is Kind.ACL else text


def _dword(text: str, flags: dict[str, int]) -> int:
    words = (word.strip() for word in text.split("|"))
    try:
        return sum({flags[word] if word in flags else int(word) & 0xFFFFFFFF for word in words})
    except ValueError:
        raise failure(READ_METABASE_FILE) from None


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise failure(READ_METABASE_FILE) from None
