"""The simulated .NET types. Importing this package registers every one of them."""

from __future__ import annotations

from iisrelay.lab.powershell.dotnet import (
    array_type,
    comparison,
    hashtable_type,
    list_types,
    number_types,
    object_type,
    string_split,
    string_type,
    type_type,
)

__all__ = [
    "array_type",
    "comparison",
    "hashtable_type",
    "list_types",
    "number_types",
    "object_type",
    "string_split",
    "string_type",
    "type_type",
]
