"""How a setting is declared: one annotated field of a section, with the place where Windows stores it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from iisrelay.settings.codec import Codec
from iisrelay.settings.metabase_schema import PROPERTIES, PropertySchema
from iisrelay.settings.stored import Stored
from iisrelay.status import Restart


class Section(BaseModel):
    """A part of the site file: closed, frozen, without conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    # A section that as a whole is one stored value (an address list) names its place here.
    whole: ClassVar["Metabase | None"] = None


@dataclass(frozen=True)
class Metabase:
    """The place of a setting in the metabase, as metadata of its field.

    ``path`` is below the node of the scope. ``control`` names the tab and the control of the console where the schema's
    own words do not. The written form is checked by the codec and kept as it was written.
    """

    name: str
    codec: Codec
    path: str = ""
    restart: Restart = Restart.NONE
    control: str | None = None

    @property
    def schema(self) -> PropertySchema:
        """Give what the metabase schema says about the property."""
        return PROPERTIES[self.name]

    @property
    def installed(self) -> Stored | None:
        """Give what Setup is believed to write; for bits of a DWORD, theirs."""
        value = self.schema.installed if self.schema.installed is not None else self.schema.schema_default
        mask = self.codec.mask
        return value & mask if mask is not None and isinstance(value, int) else value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Check a value with the codec; ``null`` clears the setting and needs no check."""
        return core_schema.nullable_schema(core_schema.no_info_plain_validator_function(self._checked))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Give the codec's JSON Schema, with null."""
        return nullable(self.codec.schema())

    def _checked(self, written: object) -> object:
        self.codec.check(written)
        return written


def nullable(schema: Mapping[str, object]) -> dict[str, Any]:
    """Give a JSON Schema that takes null too."""
    alternatives = schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
    if not isinstance(alternatives, list):
        raise TypeError("anyOf is a list")
    return {"anyOf": [*alternatives, {"type": "null"}]}
