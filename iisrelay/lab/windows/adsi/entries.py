"""``$entry.Children``: DirectoryEntries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import ArrayList
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import unwrap
from iisrelay.lab.windows.adsi.com_members import LateBound
from iisrelay.lab.windows.adsi.native import NativeObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.windows.adsi.directory_entry import DirectoryEntry


class DirectoryEntries(LateBound):
    """The entries below one; SchemaFilter narrows the classes."""

    net_type = "System.DirectoryServices.DirectoryEntries"

    def __init__(self, parent: DirectoryEntry) -> None:
        self.parent = parent
        self.schema_filter = ArrayList()

    def __iter__(self) -> Iterator[object]:
        wanted = {str(name).lower() for name in self.schema_filter}
        for child in list(self.parent.native.children()):
            if not wanted or child.class_name.lower() in wanted:
                yield self.parent.of(child)

    def read(self, name: str) -> object:
        """Give SchemaFilter. There is no Count in .NET: a script counts by enumerating."""
        if name.lower() == "schemafilter":
            return self.schema_filter
        raise AttributeError(name)

    def invoke(self, name: str, arguments: list[object]) -> object:
        """Call Find, Add or Remove."""
        if name.lower() == "find":
            return self._get("GetObject", arguments[0], arguments[1] if len(arguments) > 1 else "")
        if name.lower() == "add":
            return self._get("Create", arguments[0], arguments[1])
        if name.lower() == "remove":
            self._remove(unwrap(arguments[0]))
            return None
        raise AttributeError(name)

    def member_names(self) -> list[tuple[str, str]]:
        """List the members."""
        return [("SchemaFilter", "Property"), *((name, "Method") for name in ("Add", "Find", "Remove"))]

    def _get(self, method: str, name: object, class_name: object) -> DirectoryEntry:
        found = self.parent.native.invoke(method, [class_name, name])
        if not isinstance(found, NativeObject):
            raise TypeError(f"{method} gave no object")
        return self.parent.of(found)

    def _remove(self, entry: object) -> None:
        native = getattr(getattr(entry, "entry", entry), "native", None)
        if not isinstance(native, NativeObject):
            raise NetError("System.ArgumentNullException", "Value cannot be null.\r\nParameter name: entry")
        self.parent.native.invoke("Delete", [native.class_name, native.path.name])
