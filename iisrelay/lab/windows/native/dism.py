"""dism.exe: the features of the running system under their other names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.native import native
from iisrelay.lab.windows.native.console import not_simulated, write
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from iisrelay.lab.powershell.native import NativeCall
    from iisrelay.lab.windows.feature_catalog import Feature
    from iisrelay.lab.windows.features import Features

# Codes and texts as remembered from documentation and logs; not checked against a real host.
_UNKNOWN_FEATURE = 0x800F080C
_PARENT_DISABLED = 50
_RESTART_REQUIRED = 3010


@native("dism")
def dism(call: NativeCall) -> int:
    """dism.exe on the running system: /Get-Features, /Get-FeatureInfo, /Enable-Feature and /Disable-Feature."""
    words = [word.partition(":") for word in call.arguments]
    options = {name.lower() for name, _, _ in words}
    names = [value for name, _, value in words if name.lower() == "/featurename"]
    features = machine_of(call.engine).features
    write(
        call,
        "",
        "Deployment Image Servicing and Management tool",
        f"Version: {machine_of(call.engine).windows.full_version}",
        "",
    )
    if not machine_of(call.engine).is_administrator:
        call.out("Error: 740\r\n\r\nElevated permissions are required to run DISM. ")
        return 740
    if "/online" not in options:
        return not_simulated(call)
    if "/get-features" in options:
        return _list_features(call, features)
    if "/get-featureinfo" in options and names:
        return _feature_info(call, features, names[0])
    if "/enable-feature" in options and names:
        return _enable(call, features, names, all_parents="/all" in options)
    if "/disable-feature" in options and names:
        return _disable(call, features, names)
    return not_simulated(call)


def _by_dism_name(features: Features, name: str) -> Feature | None:
    return next((one for one in features if one.dism_name.lower() == name.lower()), None)


def _state(features: Features, name: str) -> str:
    return "Enabled" if features.is_installed(name) else "Disabled"


def _list_features(call: NativeCall, features: Features) -> int:
    write(call, "Features listing for package : Microsoft-Windows-ServerCore-Package", "")
    for feature in features:
        write(call, f"Feature Name : {feature.dism_name}", f"State : {_state(features, feature.name)}", "")
    call.out("The operation completed successfully.")
    return 0


def _feature_info(call: NativeCall, features: Features, name: str) -> int:
    feature = _by_dism_name(features, name)
    if feature is None:
        return _unknown(call, name)
    write(call, "Feature Information:", "", f"Feature Name : {feature.dism_name}")
    write(call, f"Display Name : {feature.display_name}", f"State : {_state(features, feature.name)}", "")
    call.out("The operation completed successfully.")
    return 0


def _unknown(call: NativeCall, name: str) -> int:
    write(call, f"Error: 0x{_UNKNOWN_FEATURE:08x}", "", f"Feature name {name} is unknown.")
    call.out("A Windows feature name was not recognized.")
    return _UNKNOWN_FEATURE - 2**32


def _enable(call: NativeCall, features: Features, names: list[str], *, all_parents: bool) -> int:
    for name in names:
        feature = _by_dism_name(features, name)
        if feature is None:
            return _unknown(call, name)
        if feature.parent and not features.is_installed(feature.parent) and not all_parents:
            write(
                call, f"Error: {_PARENT_DISABLED}", "", "To enable this feature, its parent features must be enabled."
            )
            call.out("If they are not, use the /All option.")
            return _PARENT_DISABLED
        change = features.install([feature])
        if change.restart_needed:
            call.out("Restart Windows to complete this operation.")
            return _RESTART_REQUIRED
    call.out("The operation completed successfully.")
    return 0


def _disable(call: NativeCall, features: Features, names: list[str]) -> int:
    restart = False
    for name in names:
        feature = _by_dism_name(features, name)
        if feature is None:
            return _unknown(call, name)
        restart = features.remove([feature]).restart_needed or restart
    call.out("Restart Windows to complete this operation." if restart else "The operation completed successfully.")
    return _RESTART_REQUIRED if restart else 0
