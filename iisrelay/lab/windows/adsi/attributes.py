"""What GetPropertyAttribObj gives: the metabase attributes of one property at one key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.windows.adsi.com_members import ComObject
from iisrelay.lab.windows.metabase.failures import PROPERTY_NOT_FOUND, failure
from iisrelay.lab.windows.metabase.schema import class_property
from iisrelay.lab.windows.metabase.tree import Attribute

if TYPE_CHECKING:
    from iisrelay.lab.windows.metabase import Metabase
    from iisrelay.lab.windows.metabase.tree import Key

_USER_TYPES = {"IIS_MD_UT_SERVER": 1, "IIS_MD_UT_FILE": 2, "IIS_MD_UT_WAM": 100, "ASP_MD_UT_APP": 101}
_BITS = {
    "Inherit": Attribute.INHERIT,
    "PartialPath": Attribute.PARTIAL_PATH,
    "Secure": Attribute.SECURE,
    "Reference": Attribute.REFERENCE,
    "Volatile": Attribute.VOLATILE,
    "IsInherited": Attribute.IS_INHERITED,
    "InsertPath": Attribute.INSERT_PATH,
}


class PropertyAttributes(ComObject):
    """IISPropertyAttribute, for reading."""

    @classmethod
    def of(cls, metabase: Metabase, key: Key, name: str) -> PropertyAttributes:
        """Look a property up.

        Raises:
            NetError: 0x80005006 for a property of another class, 0x8000500D when nothing supplies a value.
        """
        schema = class_property(key.key_type, name)
        found = metabase.read(key, name)
        if found is None:
            raise failure(PROPERTY_NOT_FOUND)
        made = cls()
        made.values.update(
            propname=schema.name,
            metaid=schema.id or 0,
            usertype=_USER_TYPES.get(found.user_type, 0),
            allattributes=int(found.attributes),
            **{word.lower(): bool(found.attributes & bit) for word, bit in _BITS.items()},
        )
        return made

    def member_names(self) -> list[tuple[str, str]]:
        """List the properties."""
        return [(name, "Property") for name in ("PropName", "MetaId", "UserType", "AllAttributes", *_BITS)]
