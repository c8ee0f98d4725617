"""Delegate types: a script block stands for a delegate wherever the lab calls one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.nettypes import is_script_block

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

_NAMES = (
    "System.Action",
    "System.Action`1",
    "System.Action`2",
    "System.Comparison`1",
    "System.Converter`2",
    "System.EventHandler",
    "System.Func`1",
    "System.Func`2",
    "System.Func`3",
    "System.Predicate`1",
    "System.Net.Security.RemoteCertificateValidationCallback",
    "System.Text.RegularExpressions.MatchEvaluator",
    "System.Threading.ThreadStart",
)
declare("System.Delegate")


def keep_script_block(_: Engine | None, value: object) -> object:
    """Let the script block stand for the delegate."""
    return value if is_script_block(value) else NotImplemented


for _name in _NAMES:
    declare(_name, bases=("System.Delegate",)).converter(keep_script_block)
