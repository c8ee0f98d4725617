"""The default views of types that Windows PowerShell has formatting data for, with the columns of 5.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.formatting.texts import cell_text
from iisrelay.lab.powershell.formatting.views import (
    ListView,
    TableView,
    TextView,
    ViewColumn,
    read_property,
    register_default_properties,
    register_list_properties,
    register_view,
)
from iisrelay.lab.powershell.members import call_method

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

AUTOMATION = "System.Management.Automation."


def _date_text(engine: Engine, item: object) -> str:
    return to_string(engine, read_property(engine, item, "DateTime"))


def _last_write(engine: Engine, item: object) -> str:
    moment = read_property(engine, item, "LastWriteTime")
    if moment is None:
        return ""
    day, time = (to_string(engine, call_method(engine, moment, "ToString", [pattern])) for pattern in ("d", "t"))
    return f"{day:>10}  {time:>8}"


def _folder(engine: Engine, item: object) -> str:
    folder = to_string(engine, read_property(engine, item, "FullName")).rpartition("\\")[0]
    return folder + "\\" if folder.endswith(":") else folder


def _parent_key(engine: Engine, item: object) -> str:
    return to_string(engine, read_property(engine, item, "Name")).rpartition("\\")[0]


def _key_name(engine: Engine, item: object) -> str:
    return to_string(engine, read_property(engine, item, "Name")).rpartition("\\")[2]


def _registry_values(engine: Engine, item: object) -> object:
    """Show the values of a key as aligned lines; version 2.0 shows their names only."""
    if engine.version_number < 3:
        return read_property(engine, item, "Property")
    names = enumerate_value(
        read_property(engine, item, lambda engine, key: call_method(engine, key, "GetValueNames", []))
    )
    shown = {
        to_string(engine, name) or "(default)": call_method(engine, item, "GetValue", [name]) for name in names or ()
    }
    width = max(map(len, shown), default=0)
    return "\n".join(f"{name.ljust(width)} : {cell_text(engine, value)}" for name, value in shown.items())


def _provider_name(engine: Engine, item: object) -> object:
    return read_property(engine, read_property(engine, item, "Provider"), "Name")


def _feature_name(engine: Engine, item: object) -> str:
    depth = read_property(engine, item, "Depth")
    mark = "[X]" if read_property(engine, item, "Installed") else "[ ]"
    indent = "    " * (depth - 1 if isinstance(depth, int) else 0)
    return f"{indent}{mark} {to_string(engine, read_property(engine, item, 'DisplayName'))}"


def _gigabytes(name: str) -> ViewColumn:
    def shown(engine: Engine, item: object) -> str:
        size = read_property(engine, item, name)
        return f"{size / 2**30:.2f}" if isinstance(size, int) else ""

    return ViewColumn(f"{name} (GB)", shown, 13, right=True)


def _property_list(*names: str) -> ListView:
    return ListView(tuple(ViewColumn(name) for name in names))


register_view(
    TableView((ViewColumn("Name", "Key", 30), ViewColumn("Value"))),
    "System.Collections.DictionaryEntry",
)
register_list_properties("System.Collections.DictionaryEntry", "Name", "Value")
register_view(TextView(_date_text), "System.DateTime")
register_view(
    _property_list("Days", "Hours", "Minutes", "Seconds", "Milliseconds", "Ticks",
                   "TotalDays", "TotalHours", "TotalMinutes", "TotalSeconds", "TotalMilliseconds"),
    "System.TimeSpan",
)  # fmt: skip
register_default_properties(
    "System.Text.RegularExpressions.Match", "Groups", "Success", "Name", "Captures", "Index", "Length", "Value"
)
register_view(TextView(to_string, inline=True), f"{AUTOMATION}ScriptBlock")
register_view(
    TextView(lambda engine, item: to_string(engine, read_property(engine, item, "Message")), inline=True),
    "System.Exception",
)
register_view(TableView((ViewColumn("Guid", cell_text, 36),)), "System.Guid")
register_view(
    TableView((ViewColumn("Major", width=6), ViewColumn("Minor", width=6), ViewColumn("Build", width=6),
               ViewColumn("Revision", width=8))),
    "System.Version",
)  # fmt: skip
register_view(
    TableView((ViewColumn("IsPublic", width=8), ViewColumn("IsSerial", "IsSerializable", 8),
               ViewColumn("Name", width=40), ViewColumn("BaseType"))),
    "System.Type",
)  # fmt: skip
register_view(
    TableView((ViewColumn("Status", width=8), ViewColumn("Name", width=18), ViewColumn("DisplayName", width=38))),
    "System.ServiceProcess.ServiceController",
)
register_default_properties("System.ServiceProcess.ServiceController", "Status", "Name", "DisplayName")
register_list_properties(
    "System.ServiceProcess.ServiceController",
    "Name", "DisplayName", "Status", "DependentServices", "ServicesDependedOn", "CanPauseAndContinue",
    "CanShutdown", "CanStop", "ServiceType",
)  # fmt: skip
register_view(
    TableView(
        (ViewColumn("Mode", width=7), ViewColumn("LastWriteTime", _last_write, 25, right=True),
         ViewColumn("Length", width=14, right=True), ViewColumn("Name")),
        group=ViewColumn("Directory", _folder),
        group_indent=4,
        group_gap=2,
    ),
    "System.IO.FileSystemInfo",
)  # fmt: skip
_TIMES = ("CreationTime", "LastWriteTime", "LastAccessTime")
register_list_properties("System.IO.FileInfo", "Name", "Length", *_TIMES)
register_list_properties("System.IO.DirectoryInfo", "Name", *_TIMES)
register_view(
    TableView(
        (ViewColumn("Name", _key_name, 30), ViewColumn("Property", _registry_values)),
        group=ViewColumn("Hive", _parent_key),
        group_indent=4,
        group_gap=2,
        wrap=True,
    ),
    "Microsoft.Win32.RegistryKey",
)
register_view(
    TableView((ViewColumn("Name", width=10), _gigabytes("Used"), _gigabytes("Free"),
               ViewColumn("Provider", _provider_name, 13), ViewColumn("Root", width=35))),
    f"{AUTOMATION}PSDriveInfo",
)  # fmt: skip
register_view(TableView((ViewColumn("Path"),), auto_size=True), f"{AUTOMATION}PathInfo")
register_view(TableView((ViewColumn("Name", width=30), ViewColumn("Value"))), f"{AUTOMATION}PSVariable")
register_view(
    TableView((ViewColumn("CommandType", width=15), ViewColumn("Name", width=50), ViewColumn("Version", width=10),
               ViewColumn("Source"))),
    f"{AUTOMATION}CommandInfo",
)  # fmt: skip
register_view(
    TableView(
        (ViewColumn("Name"), ViewColumn("MemberType"), ViewColumn("Definition")),
        group=ViewColumn("TypeName"),
        auto_size=True,
    ),
    "Microsoft.PowerShell.Commands.MemberDefinition",
)
register_view(
    TableView((ViewColumn("Count", width=5, right=True), ViewColumn("Name", width=25), ViewColumn("Group"))),
    "Microsoft.PowerShell.Commands.GroupInfo",
)
register_view(
    TableView(
        (
            ViewColumn("Handles", width=7, right=True),
            ViewColumn("Id", width=6, right=True),
            ViewColumn("SI", "SessionId", 3, right=True),
            ViewColumn("ProcessName"),
        )
    ),
    "System.Diagnostics.Process",
)
register_view(_property_list("distinguishedName", "Path"), "System.DirectoryServices.DirectoryEntry")
register_view(
    TableView((ViewColumn("Index", width=8, right=True), ViewColumn("Time", "TimeGenerated", 13),
               ViewColumn("EntryType", width=11), ViewColumn("Source", width=20),
               ViewColumn("InstanceID", width=12, right=True), ViewColumn("Message"))),
    "System.Diagnostics.EventLogEntry",
)  # fmt: skip
register_view(
    TableView(
        (ViewColumn("TimeCreated", width=26), ViewColumn("Id", width=8, right=True),
         ViewColumn("LevelDisplayName", width=16), ViewColumn("Message")),
        group=ViewColumn("ProviderName"),
    ),
    "System.Diagnostics.Eventing.Reader.EventLogRecord",
)  # fmt: skip
register_view(
    TableView((ViewColumn("Display Name", _feature_name, 56), ViewColumn("Name", width=26),
               ViewColumn("Install State", "InstallState", 13, right=True))),
    "Microsoft.Windows.ServerManager.Commands.Feature",
)  # fmt: skip
register_view(
    TableView((ViewColumn("Success", width=7), ViewColumn("Restart Needed", "RestartNeeded", 14),
               ViewColumn("Exit Code", "ExitCode", 14), ViewColumn("Feature Result", "FeatureResult"))),
    "Microsoft.Windows.ServerManager.Commands.FeatureOperationResult",
)  # fmt: skip

for _class, *_names in (
    (
        "Win32_OperatingSystem",
        "SystemDirectory",
        "Organization",
        "BuildNumber",
        "RegisteredUser",
        "SerialNumber",
        "Version",
    ),
    ("Win32_Service", "ExitCode", "Name", "ProcessId", "StartMode", "State", "Status"),
    ("Win32_ComputerSystem", "Domain", "Manufacturer", "Model", "Name", "PrimaryOwnerName", "TotalPhysicalMemory"),
):
    register_default_properties(f"System.Management.ManagementObject#root\\cimv2\\{_class}", *_names)
