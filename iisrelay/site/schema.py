"""The JSON Schema of the site file, made from its models."""

from functools import cache
from typing import Any

from iisrelay.site.model import HOST_KEY, SiteFile
from iisrelay.site.presets import PRESETS

DRAFT = "http://json-schema.org/draft-07/schema#"
# Keywords that pydantic writes and nobody needs: titles repeat the keys, defaults are all null.
_DROPPED = frozenset({"title", "default", "discriminator"})


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft-07) of a site file; every key has a description."""
    return {"$schema": DRAFT, "title": "iisrelay site file", **_made()}


@cache
def _made() -> dict[str, Any]:
    schema = _draft07(SiteFile.model_json_schema())
    schema["properties"]["hosts"]["propertyNames"] = {"pattern": f"^{HOST_KEY}$"}
    smart_host = schema["definitions"]["Delivery"]["properties"]["smart_host"]
    smart_host["anyOf"][0]["examples"] = list(PRESETS)
    smart_host["anyOf"][1]["properties"]["preset"]["enum"] = list(PRESETS)
    if not isinstance(schema, dict):
        raise TypeError("the schema of a model is an object")
    return schema


def _draft07(schema: Any, *, names: bool = False) -> Any:
    """Turn a schema of draft 2020-12 into one of draft-07. ``names`` tells that the keys are names, not keywords."""
    if isinstance(schema, list):
        return [_draft07(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if not names and key in _DROPPED:
            continue
        if key == "$ref":
            made["$ref"] = value.replace("#/$defs/", "#/definitions/")
        else:
            made["definitions" if key == "$defs" else key] = _draft07(value, names=not names and key in _HOLD_NAMES)
    return _wrapped_reference(made)


_HOLD_NAMES = frozenset({"properties", "$defs", "patternProperties"})


def _wrapped_reference(schema: dict[str, Any]) -> dict[str, Any]:
    """Keep what stands beside a reference: draft-07 reads nothing else where there is a $ref."""
    if "$ref" not in schema or len(schema) == 1:
        return schema
    reference = schema.pop("$ref")
    return {**schema, "allOf": [{"$ref": reference}]}
