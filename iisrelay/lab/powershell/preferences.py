"""Preference variables and what they hold at the start of a process."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

DEFAULTS: dict[str, object] = {
    "ConfirmPreference": "High",
    "DebugPreference": "SilentlyContinue",
    "ErrorActionPreference": "Continue",
    "ErrorView": "NormalView",
    "FormatEnumerationLimit": 4,
    "InformationPreference": "SilentlyContinue",
    "MaximumAliasCount": 4096,
    "MaximumErrorCount": 256,
    "MaximumFunctionCount": 4096,
    "MaximumHistoryCount": 4096,
    "MaximumVariableCount": 4096,
    "ProgressPreference": "Continue",
    "VerbosePreference": "SilentlyContinue",
    "WarningPreference": "Continue",
    "WhatIfPreference": False,
}

ACTIONS = {"0": "silentlycontinue", "1": "stop", "2": "continue", "3": "inquire", "4": "ignore", "5": "suspend"}

# Common parameter of an advanced function -> the preference variable it sets in the function's scope.
PREFERENCE_OF_PARAMETER = {
    "erroraction": "ErrorActionPreference",
    "warningaction": "WarningPreference",
    "informationaction": "InformationPreference",
    "verbose": "VerbosePreference",
    "debug": "DebugPreference",
    "whatif": "WhatIfPreference",
    "confirm": "ConfirmPreference",
}


def action_word(value: object) -> str:
    """Give an action preference (a string, an enumeration value or a number) as a lower-case word."""
    text = str(value).strip().lower()
    return ACTIONS.get(text, text)


def preference(engine: Engine, name: str) -> str:
    """Read a preference variable, as a lower-case word."""
    variable = engine.context.scope.find(name.lower())
    return action_word(variable.value) if variable is not None else ""


def preference_value(parameter: str, value: object) -> object:
    """Give what a common parameter of an advanced function puts into its preference variable."""
    if parameter == "verbose":
        return "Continue" if value else "SilentlyContinue"
    if parameter == "debug":
        return "Inquire" if value else "SilentlyContinue"
    if parameter == "whatif":
        return bool(value)
    if parameter == "confirm":
        return "Low" if value else "None"
    return value
