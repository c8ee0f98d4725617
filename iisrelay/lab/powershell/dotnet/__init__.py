"""The simulated .NET types. Importing this package registers every one of them."""

from __future__ import annotations

from iisrelay.lab.powershell.dotnet import (
    array_type,
    comparison,
    convert_type,
    cultures,
    date_time,
    encoding,
    guid,
    hashtable_type,
    list_types,
    math_type,
    network,
    number_types,
    object_type,
    string_split,
    string_type,
    time_span,
    type_type,
    uri,
    version,
)

__all__ = [
    "array_type",
    "comparison",
    "convert_type",
    "cultures",
    "date_time",
    "encoding",
    "guid",
    "hashtable_type",
    "list_types",
    "math_type",
    "network",
    "number_types",
    "object_type",
    "string_split",
    "string_type",
    "time_span",
    "type_type",
    "uri",
    "version",
]
