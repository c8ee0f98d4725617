"""Values as JSON, with SECURE ones sealed: the lab's state file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from iisrelay.lab.windows.metabase.acl import AccessControl
from iisrelay.lab.windows.metabase.tree import Attribute, Key, Record

if TYPE_CHECKING:
    from iisrelay.lab.windows.metabase.sealing import Sealer
    from iisrelay.lab.windows.metabase.tree import Value


def key_to_json(key: Key, sealer: Sealer) -> dict[str, Any]:
    """Write a key with all below it. VOLATILE values stay out: the run-time state has its own place."""
    document: dict[str, Any] = {"name": key.name, "type": key.key_type}
    records = [
        _record_to_json(record, sealer) for record in key.records.values() if not record.attributes & Attribute.VOLATILE
    ]
    children = [key_to_json(child, sealer) for child in key.children.values()]
    if records:
        document["records"] = records
    if children:
        document["children"] = children
    return document


def key_from_json(document: dict[str, Any], sealer: Sealer) -> Key:
    """Read a key with all below it."""
    key = Key(document["name"], document["type"])
    for record in document.get("records", ()):
        key.store(_record_from_json(record, sealer))
    for child in document.get("children", ()):
        key.attach(key_from_json(child, sealer))
    return key


def _record_to_json(record: Record, sealer: Sealer) -> dict[str, Any]:
    document = {"name": record.name, "attributes": int(record.attributes), "user_type": record.user_type}
    value = value_to_json(record.value)
    if record.attributes & Attribute.SECURE:
        return {**document, "sealed": sealer.seal(json.dumps(value).encode()).hex()}
    return {**document, "value": value}


def _record_from_json(document: dict[str, Any], sealer: Sealer) -> Record:
    sealed = document.get("sealed")
    value = document.get("value") if sealed is None else json.loads(sealer.unseal(bytes.fromhex(sealed)))
    return Record(document["name"], value_from_json(value), Attribute(document["attributes"]), document["user_type"])


def value_to_json(value: Value) -> Any:
    """Write one value; JSON has no bytes, so these and access control are objects with one key."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, AccessControl):
        return {"acl": value.to_text()}
    return list(value) if isinstance(value, tuple) else value


def value_from_json(value: Any) -> Value:
    """Read one value."""
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, dict):
        return bytes.fromhex(value["bytes"]) if "bytes" in value else AccessControl.from_text(value["acl"])
    plain: Value = value
    return plain
