"""Get-WindowsFeature, Install-WindowsFeature (Add-), Uninstall-WindowsFeature (Remove-): the module ServerManager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import Param, cmdlet
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.values import NetEnum, PSArray, unwrap
from iisrelay.lab.powershell.wildcards import matches
from iisrelay.lab.windows.cmdlets.targets import strings
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iisrelay.lab.powershell.commands import Call
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.windows.feature_catalog import Feature
    from iisrelay.lab.windows.features import FeatureChange
    from iisrelay.lab.windows.machine import Machine

_MODULE = "ServerManager"
_SPACE = "Microsoft.Windows.ServerManager.Commands."
STATE_TYPE = f"{_SPACE}InstallState"
RESTART_TYPE = f"{_SPACE}RestartState"
EXIT_TYPE = f"{_SPACE}FeatureOperationExitCode"
_NAME = Param("Name", "", position=0, pipeline=True, pipeline_name=True)
_COMPUTER = Param("ComputerName", "string", since="3.0")
_CHANGE_PARAMETERS = (
    _NAME,
    Param("Restart", "switch"),
    Param("LogPath", "string"),
    Param("Concurrent", "switch"),
    _COMPUTER,
)
_INSTALL_PARAMETERS = (
    *_CHANGE_PARAMETERS,
    Param("IncludeAllSubFeature", "switch"),
    Param("IncludeManagementTools", "switch", since="3.0"),
    Param("Source", "string[]", since="3.0"),
)
_REMOVE_PARAMETERS = (
    *_CHANGE_PARAMETERS,
    Param("IncludeManagementTools", "switch", since="3.0"),
    Param("Remove", "switch", since="3.0"),
)
_SUCCESS, _INVALID, _FAILED, _SUCCESS_RESTART, _NO_CHANGE = 0, 1, 3, 3010, 1003

declare_enum(STATE_TYPE, {"Available": 0, "Installed": 1, "Removed": 5})
declare_enum(RESTART_TYPE, {"No": 0, "Yes": 1, "Maybe": 2})
declare_enum(
    EXIT_TYPE,
    {
        "Success": _SUCCESS,
        "InvalidArgs": _INVALID,
        "Failed": _FAILED,
        "NoChangeNeeded": _NO_CHANGE,
        "SuccessRestartRequired": _SUCCESS_RESTART,
    },
)


class FeatureObject:
    """What Get-WindowsFeature gives."""

    def __init__(self, machine: Machine, feature: Feature) -> None:
        self.machine = machine
        self.feature = feature

    @property
    def installed(self) -> bool:
        """Tell whether the feature is installed now."""
        return self.machine.features.is_installed(self.feature.name)

    def __str__(self) -> str:
        return self.feature.name


class ChangedFeature(FeatureObject):
    """A feature in the result of an installation or removal; prints as its display name."""

    def __str__(self) -> str:
        return self.feature.display_name


class FeatureResult:
    """What an installation or removal gives."""

    def __init__(self, machine: Machine, change: FeatureChange | None, *, succeeded: bool) -> None:
        self.success = succeeded
        self.restart_needed = bool(change and change.restart_needed)
        features = change.features if change else ()
        self.features = PSArray([ChangedFeature(machine, feature) for feature in features], f"{_SPACE}FeatureResult")
        if not succeeded:
            self.exit_code = _INVALID
        elif not features:
            self.exit_code = _NO_CHANGE
        else:
            self.exit_code = _SUCCESS_RESTART if self.restart_needed else _SUCCESS


feature_type = declare(f"{_SPACE}Feature", python=FeatureObject)
feature_type.getter("Name")(lambda value: value.feature.name)
feature_type.getter("DisplayName")(lambda value: value.feature.display_name)
feature_type.getter("Installed")(lambda value: value.installed)
feature_type.getter("FeatureType")(lambda value: value.feature.kind)
feature_type.getter("Depth")(lambda value: value.feature.depth)
feature_type.getter("Parent")(lambda value: value.feature.parent or None)
feature_type.getter("Path")(lambda value: value.feature.display_name)
feature_type.getter("DependsOn")(lambda value: PSArray(value.feature.depends_on, "System.String"))
feature_type.getter("Success")(lambda _, _value: True)
feature_type.getter("RestartNeeded")(lambda value: value.machine.pending_reboot)
feature_type.method("ToString")(str)
declare(f"{_SPACE}FeatureResult", python=ChangedFeature, bases=(f"{_SPACE}Feature",))


@feature_type.getter("SubFeatures")
def sub_features(value: FeatureObject) -> PSArray:
    """The names of the features below."""
    children = value.machine.features.children(value.feature)
    return PSArray([child.name for child in children], "System.String")


@feature_type.getter("InstallState")
def install_state(engine: Engine, value: FeatureObject) -> object:
    """Installed or Available; Windows Server 2012 brought it."""
    return NetEnum(int(value.installed), STATE_TYPE) if engine.version_number >= 3 else None


result_type = declare(f"{_SPACE}FeatureOperationResult", python=FeatureResult)
result_type.getter("Success")(lambda value: value.success)
result_type.getter("RestartNeeded")(lambda value: NetEnum(int(value.restart_needed), RESTART_TYPE))
result_type.getter("ExitCode")(lambda value: NetEnum(value.exit_code, EXIT_TYPE))
result_type.getter("FeatureResult")(lambda value: value.features)


@cmdlet("Get-WindowsFeature", _NAME, _COMPUTER, Param("LogPath", "string"), module=_MODULE, streaming=True)
def get_windows_feature(call: Call) -> Iterator[object]:
    """Get-WindowsFeature: what Windows offers; a name that it does not know gives nothing."""
    machine = machine_of(call.engine)
    patterns = _names(call) or ["*"]
    for feature in machine.features:
        if any(matches(pattern, feature.name) for pattern in patterns):
            yield FeatureObject(machine, feature)


def _names(call: Call) -> list[str]:
    value = unwrap(call.get("Name"))
    items = list(value) if isinstance(value, PSArray) else [value]
    return [
        each.feature.name if isinstance(each, FeatureObject) else name
        for item in items
        for each in (unwrap(item),)
        for name in strings(each)
    ]


@cmdlet("Install-WindowsFeature", *_INSTALL_PARAMETERS, module=_MODULE, since="3.0", streaming=True)
@cmdlet("Add-WindowsFeature", *_INSTALL_PARAMETERS, module=_MODULE, streaming=True)
def install_windows_feature(call: Call) -> Iterator[object]:
    """Install-WindowsFeature, called Add- on 2008 R2: install features with what they need."""
    machine = machine_of(call.engine)
    chosen = _chosen(call, machine)
    if chosen is None:
        yield FeatureResult(machine, None, succeeded=False)
        return
    change = machine.features.install(
        chosen, all_below=call.has("IncludeAllSubFeature"), tools=call.has("IncludeManagementTools")
    )
    yield _finished(call, machine, change)


@cmdlet("Uninstall-WindowsFeature", *_REMOVE_PARAMETERS, module=_MODULE, since="3.0", streaming=True)
@cmdlet("Remove-WindowsFeature", *_REMOVE_PARAMETERS, module=_MODULE, streaming=True)
def uninstall_windows_feature(call: Call) -> Iterator[object]:
    """Uninstall-WindowsFeature, called Remove- on 2008 R2: remove features with what needs them."""
    machine = machine_of(call.engine)
    chosen = _chosen(call, machine)
    if chosen is None:
        yield FeatureResult(machine, None, succeeded=False)
        return
    yield _finished(call, machine, machine.features.remove(chosen))


def _finished(call: Call, machine: Machine, change: FeatureChange) -> FeatureResult:
    if change.features and change.restart_needed:
        call.warning("You must restart this server to finish the installation process.")
        machine.reboot_requested = machine.reboot_requested or call.has("Restart")
    return FeatureResult(machine, change, succeeded=True)


def _chosen(call: Call, machine: Machine) -> list[Feature] | None:
    """Give the named features; one unknown name makes the whole batch fail."""
    names = _names(call)
    if not machine.is_administrator:
        call.error(
            "You do not have adequate user rights to make changes to the target computer.",
            category="PermissionDenied",
            identifier="DISMAPI_Error__Cbs_Access_Denied",
            exception="System.Exception",
        )
        return None
    found = [feature for name in names for feature in machine.features if matches(name, feature.name)]
    unknown = [name for name in names if not any(matches(name, feature.name) for feature in machine.features)]
    for name in unknown:
        call.error(
            f"ArgumentNotValid: The role, role service, or feature name is not valid: '{name}'. "
            "The name was not found.",
            category="InvalidArgument",
            identifier=f"NameDoesNotExist,{_SPACE}AddWindowsFeatureCommand",
            target=name,
            exception="System.Exception",
        )
    return None if unknown or not names else found
