"""A Windows file system in memory: drives, folders, files, attributes, times and access control lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows import paths
from iisrelay.lab.windows.acl import INHERIT_ONLY, AccessControlList, AccessRule, drive_default
from iisrelay.lab.windows.file_node import ARCHIVE, DIRECTORY, READ_ONLY, Node

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.windows.clock import Clock

_GIBIBYTE = 1024**3
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


class FileSystem:
    """All drives of one machine. Paths are absolute Windows paths in any case; both separators are understood."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.drives: dict[str, Node] = {}
        self.sizes: dict[str, tuple[int, int]] = {}  # drive -> (size, bytes used by what is not simulated)
        self.before_growth: Callable[[str], None] = lambda _path: None  # may refuse with an error

    def add_drive(self, letter: str, size: int = 127 * _GIBIBYTE, used: int = 14 * _GIBIBYTE) -> None:
        """Attach a drive, empty for the simulation."""
        root = Node(
            f"{letter.upper()}:\\", directory=True, created=self.clock.timestamp(), modified=self.clock.timestamp()
        )
        root.acl = drive_default()
        self.drives[letter.upper()] = root
        self.sizes[letter.upper()] = (size, used)

    def resolve(self, path: str, current_directory: str = "C:\\") -> str:
        """Make a path absolute, seen from the current directory."""
        return paths.normalize(path, current_directory)

    def find(self, path: str) -> Node | None:
        """Find a file or folder."""
        first, *rest = paths.parts(paths.normalize(path)) or [""]
        node = self.drives.get(first[:1].upper()) if first.endswith(":") else None
        for part in rest:
            node = node.child(part) if node else None
        return node

    def exists(self, path: str) -> bool:
        """Tell whether a file or folder is there."""
        return self.find(path) is not None

    def is_directory(self, path: str) -> bool:
        """Tell whether a folder is there."""
        node = self.find(path)
        return node is not None and node.directory

    def is_file(self, path: str) -> bool:
        """Tell whether a file is there."""
        node = self.find(path)
        return node is not None and not node.directory

    def true_path(self, path: str) -> str:
        """Give a path with the letters' case that the drive holds."""
        absolute = paths.normalize(path)
        first, *rest = paths.parts(absolute) or [""]
        node = self.drives.get(first[:1].upper()) if first.endswith(":") else None
        names = []
        for part in rest:
            node = node.child(part) if node else None
            names.append(node.name if node else part)
        return f"{first}\\" + "\\".join(names) if first.endswith(":") else absolute

    def list(self, path: str) -> list[str]:
        """List the names in a folder, sorted as Windows does."""
        return [node.name for node in self.directory(path).sorted_children()]

    def directory(self, path: str) -> Node:
        """Give a folder's node, or raise DirectoryNotFoundException."""
        node = self.find(path)
        if node is None or not node.directory:
            raise _missing_directory(path)
        return node

    def file(self, path: str) -> Node:
        """Give a file's node, or raise as .NET does when it opens one."""
        node = self.find(path)
        if node is None:
            if not self.is_directory(paths.split(path)[0]):
                raise _missing_directory(path)
            raise NetError("System.IO.FileNotFoundException", f"Could not find file '{paths.normalize(path)}'.")
        if node.directory:
            raise _denied(path)
        return node

    def read_bytes(self, path: str) -> bytes:
        """Read a whole file."""
        return self.file(path).data

    def write_bytes(self, path: str, data: bytes) -> None:
        """Write a whole file; its folder must be there."""
        if data:
            self.before_growth(path)
        node = self._writable(path)
        node.data = bytes(data)
        node.modified = self.clock.timestamp()

    def append_bytes(self, path: str, data: bytes) -> None:
        """Append to a file, made when it is not there."""
        if data:
            self.before_growth(path)
        node = self._writable(path)
        node.data += bytes(data)
        node.modified = self.clock.timestamp()

    def read_text(self, path: str, encoding: str = "utf-8") -> str:
        """Read a text file; a byte order mark wins over the encoding."""
        return decode_text(self.read_bytes(path), encoding)

    def write_text(self, path: str, text: str, encoding: str = "utf-8") -> None:
        """Write a text file; the encoding is a Python codec (``utf-8-sig`` and ``utf-16`` write a byte order mark)."""
        self.write_bytes(path, text.encode(encoding, "replace"))

    def size(self, path: str) -> int:
        """Give a file's length in bytes."""
        return len(self.file(path).data)

    def make_directory(self, path: str) -> None:
        """Make a folder and its parents; an existing folder is left alone."""
        absolute = paths.normalize(path)
        first, *rest = paths.parts(absolute) or [""]
        node = self.drives.get(first[:1].upper()) if first.endswith(":") else None
        if node is None:
            raise _missing_directory(path)
        if not self.exists(absolute):
            self.before_growth(absolute)
        for part in rest:
            child = node.child(part) or self._new_node(node, part, directory=True)
            if not child.directory:
                raise NetError(
                    "System.IO.IOException",
                    f"Cannot create '{absolute}' because a file or directory with the same name already exists.",
                )
            node = child

    def delete(self, path: str, *, recursive: bool = False) -> None:
        """Delete a file or folder."""
        parent_path, name = paths.split(paths.normalize(path))
        parent = self.find(parent_path) if parent_path else None
        node = parent.child(name) if parent else None
        if parent is None or node is None:
            raise _missing_directory(path)
        if node.directory and node.children and not recursive:
            raise NetError("System.IO.IOException", "The directory is not empty.\r\n")
        if node.attributes & READ_ONLY and not node.directory:
            raise _denied(path)
        del parent.children[name.lower()]
        parent.modified = self.clock.timestamp()

    def move(self, source: str, destination: str) -> None:
        """Move or rename a file or folder to a path that is still free."""
        node = self._existing(source)
        if self.exists(destination):
            raise NetError("System.IO.IOException", "Cannot create a file when that file already exists.\r\n")
        parent_path, name = paths.split(paths.normalize(destination))
        parent = self.directory(parent_path)
        if paths.normalize(destination).lower().startswith(paths.normalize(source).lower() + "\\"):
            raise NetError(
                "System.IO.IOException",
                "The process cannot access the file because it is being used by another process.",
            )
        source_parent, source_name = paths.split(paths.normalize(source))
        del self.directory(source_parent).children[source_name.lower()]
        node.name = name
        parent.add(node)

    def copy(self, source: str, destination: str, *, overwrite: bool = True) -> None:
        """Copy a file, or a folder with all that it holds, to exactly the destination path."""
        node = self._existing(source)
        if not node.directory:
            if self.exists(destination) and not overwrite:
                text = f"The file '{paths.normalize(destination)}' already exists."
                raise NetError("System.IO.IOException", text)
            self.write_bytes(destination, node.data)
            self.file(destination).attributes = node.attributes
            return
        children = node.sorted_children()
        self.make_directory(destination)
        for child in children:
            self.copy(paths.join(source, child.name), paths.join(destination, child.name), overwrite=overwrite)

    def free_space(self, drive: str) -> int:
        """Give the free bytes of a drive (``C``, ``C:`` or any path on it)."""
        letter = drive[:1].upper()
        if letter not in self.drives:
            raise NetError("System.IO.DriveNotFoundException", f"Could not find the drive '{letter}:\\'.")
        size, used = self.sizes[letter]
        return size - used - self.drives[letter].total_bytes()

    def acl(self, path: str) -> AccessControlList:
        """Give the effective list of a path: its own rules, then those inherited from above."""
        absolute = paths.normalize(path)
        own = self._existing(absolute).acl or AccessControlList()
        result = own.copy()
        parent = paths.split(absolute)[0]
        while parent and not own.protected:
            above = self.directory(parent).acl
            for rule in above.rules if above else ():
                if rule.inheritance:
                    propagation = rule.propagation & ~INHERIT_ONLY
                    result.rules.append(
                        AccessRule(
                            rule.identity, rule.rights, rule.allow, rule.inheritance, propagation, inherited=True
                        )
                    )
            if above and above.protected:
                break
            parent = paths.split(parent)[0]
        return result

    def set_acl(self, path: str, acl: AccessControlList) -> None:
        """Replace the explicit rules of a path; inherited rules in the list are ignored."""
        explicit = [rule for rule in acl.rules if not rule.inherited]
        self._existing(path).acl = AccessControlList(acl.owner, explicit, acl.protected)

    def to_json(self) -> dict[str, Any]:
        """Give the JSON form of all drives."""
        return {
            letter: {"size": self.sizes[letter][0], "used": self.sizes[letter][1], "root": root.to_json()}
            for letter, root in self.drives.items()
        }

    def load_json(self, data: dict[str, Any]) -> None:
        """Replace all drives by those of the JSON form."""
        self.drives = {letter: Node.from_json(drive["root"]) for letter, drive in data.items()}
        self.sizes = {letter: (drive["size"], drive["used"]) for letter, drive in data.items()}

    def _existing(self, path: str) -> Node:
        node = self.find(path)
        if node is None:
            raise NetError("System.IO.FileNotFoundException", f"Could not find file '{paths.normalize(path)}'.")
        return node

    def _writable(self, path: str) -> Node:
        parent_path, name = paths.split(paths.normalize(path))
        parent = self.find(parent_path) if parent_path else None
        if parent is None or not parent.directory:
            raise _missing_directory(path)
        node = parent.child(name) or self._new_node(parent, name, directory=False)
        if node.directory or node.attributes & READ_ONLY:
            raise _denied(path)
        return node

    def _new_node(self, parent: Node, name: str, *, directory: bool) -> Node:
        if any(character in '<>:"|?*' or ord(character) < 32 for character in name):
            raise NetError("System.ArgumentException", "Illegal characters in path.")
        now = self.clock.timestamp()
        node = Node(name, directory=directory, created=now, modified=now)
        node.attributes = DIRECTORY if directory else ARCHIVE
        parent.add(node)
        parent.modified = now
        return node


def marked_codec(data: bytes) -> str | None:
    """Give the codec that a byte order mark names, or None without one."""
    return next((codec for mark, codec in _BOMS if data.startswith(mark)), None)


def decode_text(data: bytes, encoding: str) -> str:
    """Decode a text file's bytes; a byte order mark wins over the encoding, which is a Python codec."""
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace")
    return data.decode(encoding, "replace")


def _missing_directory(path: str) -> NetError:
    return NetError(
        "System.IO.DirectoryNotFoundException", f"Could not find a part of the path '{paths.normalize(path)}'."
    )


def _denied(path: str) -> NetError:
    return NetError("System.UnauthorizedAccessException", f"Access to the path '{paths.normalize(path)}' is denied.")
