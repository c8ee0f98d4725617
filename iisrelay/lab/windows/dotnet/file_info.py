"""System.IO.FileInfo and DirectoryInfo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import Declaration, declare
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import Int64, NetEnum, PSArray
from iisrelay.lab.powershell.wildcards import matches
from iisrelay.lab.windows import paths
from iisrelay.lab.windows.dotnet.enums import enum_number
from iisrelay.lab.windows.dotnet.security import SecurityDescriptor, apply_security, security_of
from iisrelay.lab.windows.dotnet.times import from_date_time, to_date_time
from iisrelay.lab.windows.file_node import ARCHIVE, DIRECTORY, HIDDEN, NORMAL, READ_ONLY, SYSTEM, Node
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.files import FileSystem
    from iisrelay.lab.windows.machine import Machine

ATTRIBUTES_TYPE = "System.IO.FileAttributes"
_MODE_LETTERS = (("d", DIRECTORY), ("a", ARCHIVE), ("r", READ_ONLY), ("h", HIDDEN), ("s", SYSTEM))


class FileSystemInfo:
    """A file or folder by its full path, there or not."""

    def __init__(self, machine: Machine, path: str) -> None:
        self.machine = machine
        self.path = machine.files.true_path(path)

    @property
    def files(self) -> FileSystem:
        """Give the machine's file system."""
        return self.machine.files

    @property
    def node(self) -> Node:
        """Give what is at the path, or raise as .NET does."""
        found = self.files.find(self.path)
        if found is None:
            raise NetError("System.IO.FileNotFoundException", f"Could not find file '{self.path}'.")
        return found

    @property
    def name(self) -> str:
        """Give the last part of the path; of a drive's root the whole path."""
        parent, name = paths.split(self.path)
        return name if parent else self.path

    def __str__(self) -> str:
        return self.path


class FileInfo(FileSystemInfo):
    """System.IO.FileInfo."""


class DirectoryInfo(FileSystemInfo):
    """System.IO.DirectoryInfo."""


def file_item(machine: Machine, path: str) -> FileInfo | DirectoryInfo:
    """Give the object for what is at a path."""
    return DirectoryInfo(machine, path) if machine.files.is_directory(path) else FileInfo(machine, path)


base = declare("System.IO.FileSystemInfo", python=FileSystemInfo, bases=("System.MarshalByRefObject",))
base.getter("FullName")(lambda value: value.path)
base.getter("Name")(lambda value: value.name)
base.getter("Extension")(lambda value: paths.stem_and_extension(value.name)[1])
base.method("ToString")(str)


@base.method("Refresh")
def refresh(_: object, _value: FileSystemInfo) -> None:
    """Nothing is cached."""


@base.getter("Attributes")
def attributes(value: FileSystemInfo) -> object:
    """The attributes; -1 where nothing is there."""
    node = value.files.find(value.path)
    return NetEnum(-1 if node is None else node.attributes or NORMAL, ATTRIBUTES_TYPE)


@base.setter("Attributes")
def set_attributes(engine: Engine, value: FileSystemInfo, item: object) -> None:
    """Set all attributes but the one that tells a folder."""
    number = enum_number(engine, item, ATTRIBUTES_TYPE)
    node = value.node
    node.attributes = (number & ~(DIRECTORY | NORMAL)) | (node.attributes & DIRECTORY)


@base.getter("Mode")
def mode(value: FileSystemInfo) -> str:
    """Attributes as letters: ``d-----``, ``-a----``."""
    letters = "".join(letter if value.node.attributes & bit else "-" for letter, bit in _MODE_LETTERS)
    return letters + ("" if value.machine.windows.powershell_version in ("2.0", "3.0", "4.0") else "-")


def _declare_time(name: str, attribute: str) -> None:
    @base.getter(name)
    def read(value: FileSystemInfo) -> object:
        return to_date_time(getattr(value.node, attribute), utc=name.endswith("Utc"))

    @base.setter(name)
    def write(engine: Engine, value: FileSystemInfo, item: object) -> None:
        setattr(value.node, attribute, from_date_time(engine, item))


for _name, _attribute in (("CreationTime", "created"), ("LastWriteTime", "modified"), ("LastAccessTime", "modified")):
    _declare_time(_name, _attribute)
    _declare_time(f"{_name}Utc", _attribute)


@base.method("GetAccessControl")
def get_access_control(value: FileSystemInfo) -> SecurityDescriptor:
    """The security descriptor."""
    return security_of(value.machine, value.path)


@base.method("SetAccessControl")
def set_access_control(value: FileSystemInfo, security: SecurityDescriptor) -> None:
    """Apply a security descriptor."""
    apply_security(value.machine, value.path, security)


file_info = declare("System.IO.FileInfo", python=FileInfo, bases=("System.IO.FileSystemInfo",), accelerators=())
file_info.getter("BaseName")(lambda value: paths.stem_and_extension(value.name)[0])
file_info.getter("Exists")(lambda value: value.files.is_file(value.path))
file_info.getter("DirectoryName")(lambda value: paths.split(value.path)[0])
file_info.getter("Directory")(lambda value: DirectoryInfo(value.machine, paths.split(value.path)[0]))
file_info.getter("IsReadOnly")(lambda value: bool(value.node.attributes & READ_ONLY))
file_info.getter("Length")(lambda value: Int64(value.files.size(value.path)))


class FileVersionInfo:
    """System.Diagnostics.FileVersionInfo: which version of Windows' own programs and libraries is there."""

    def __init__(self, machine: Machine, path: str) -> None:
        self.path = path
        name = paths.split(path)[1].lower()
        of_windows = path.lower().startswith("c:\\windows\\") and name.endswith((".exe", ".dll"))
        self.version = machine.windows.full_version if of_windows else ""
        if name == "smtpsvc.dll":
            self.version = machine.windows.smtp_version or ""

    def part(self, index: int) -> int:
        """Give one of the version's four numbers."""
        return int(self.version.split(".")[index]) if self.version else 0


version_info = declare("System.Diagnostics.FileVersionInfo", python=FileVersionInfo)
version_info.getter("FileName")(lambda value: value.path)
version_info.getter("FileVersion", "ProductVersion")(lambda value: value.version or None)
version_info.getter("CompanyName")(lambda value: "Microsoft Corporation" if value.version else None)
for _index, _part in enumerate(("FileMajorPart", "FileMinorPart", "FileBuildPart", "FilePrivatePart")):
    version_info.getter(_part)(lambda value, index=_index: value.part(index))
file_info.getter("VersionInfo")(lambda value: FileVersionInfo(value.machine, value.path))


@version_info.static("GetVersionInfo")
def get_version_info(engine: Engine, path: str) -> FileVersionInfo:
    """The version of a file."""
    machine = machine_of(engine)
    full = machine.files.resolve(path, engine.current_directory)
    machine.files.file(full)
    return FileVersionInfo(machine, machine.files.true_path(full))


@file_info.constructor
def new_file(engine: Engine, path: str) -> FileInfo:
    """A file by its path."""
    return FileInfo(machine_of(engine), machine_of(engine).files.resolve(path, engine.current_directory))


@file_info.setter("IsReadOnly")
def set_read_only(value: FileInfo, item: bool) -> None:
    """Protect the file, or not."""
    node = value.node
    node.attributes = node.attributes | READ_ONLY if item else node.attributes & ~READ_ONLY


@file_info.method("Delete")
def delete_file(value: FileInfo) -> None:
    """Delete the file; one that is not there is no error."""
    if value.files.exists(value.path):
        value.files.delete(value.path)


@file_info.method("CopyTo")
def copy_to(engine: Engine, value: FileInfo, destination: str, overwrite: bool = False) -> FileInfo:
    """Copy the file."""
    path = value.files.resolve(destination, engine.current_directory)
    value.files.copy(value.path, path, overwrite=overwrite)
    return FileInfo(value.machine, path)


@file_info.method("MoveTo")
def move_to(engine: Engine, value: FileInfo, destination: str) -> None:
    """Move the file."""
    path = value.files.resolve(destination, engine.current_directory)
    value.files.move(value.path, path)
    value.path = path


directory_info = declare("System.IO.DirectoryInfo", python=DirectoryInfo, bases=("System.IO.FileSystemInfo",))
directory_info.getter("BaseName")(lambda value: value.name)
directory_info.getter("Exists")(lambda value: value.files.is_directory(value.path))
directory_info.getter("Root")(lambda value: DirectoryInfo(value.machine, value.path[:3]))


@directory_info.constructor
def new_directory(engine: Engine, path: str) -> DirectoryInfo:
    """A folder by its path."""
    return DirectoryInfo(machine_of(engine), machine_of(engine).files.resolve(path, engine.current_directory))


@directory_info.getter("Parent")
def parent(value: DirectoryInfo) -> DirectoryInfo | None:
    """The folder above, $null above a drive's root."""
    above = paths.split(value.path)[0]
    return DirectoryInfo(value.machine, above) if above else None


@directory_info.method("Create")
def create(value: DirectoryInfo) -> None:
    """Make the folder."""
    value.files.make_directory(value.path)


@directory_info.method("CreateSubdirectory")
def create_subdirectory(value: DirectoryInfo, name: str) -> DirectoryInfo:
    """Make a folder below."""
    path = paths.join(value.path, name)
    value.files.make_directory(path)
    return DirectoryInfo(value.machine, path)


@directory_info.method("Delete")
def delete_directory(value: DirectoryInfo, recursive: bool = False) -> None:
    """Delete the folder."""
    value.files.delete(value.path, recursive=recursive)


@directory_info.method("MoveTo")
def move_directory(engine: Engine, value: DirectoryInfo, destination: str) -> None:
    """Move the folder."""
    path = value.files.resolve(destination, engine.current_directory)
    value.files.move(value.path, path)
    value.path = path


def _declare_listing(declaration: Declaration, name: str, element: str, wanted: tuple[type, ...]) -> None:
    @declaration.method(name)
    def listing(value: DirectoryInfo, pattern: str = "*") -> PSArray:
        names = [name for name in value.files.list(value.path) if matches(pattern, name)]
        items = [file_item(value.machine, paths.join(value.path, name)) for name in names]
        return PSArray([item for item in items if isinstance(item, wanted)], element)


_declare_listing(directory_info, "GetFiles", "System.IO.FileInfo", (FileInfo,))
_declare_listing(directory_info, "GetDirectories", "System.IO.DirectoryInfo", (DirectoryInfo,))
_declare_listing(directory_info, "GetFileSystemInfos", "System.IO.FileSystemInfo", (FileInfo, DirectoryInfo))
