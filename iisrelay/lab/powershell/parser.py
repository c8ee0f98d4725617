"""The parser of the language: script text in, syntax tree out."""

from __future__ import annotations

from functools import lru_cache

from iisrelay.lab.powershell.parsing.blocks import Blocks
from iisrelay.lab.powershell.syntax import PowerShellSyntaxError, ScriptBlock

__all__ = ["PowerShellSyntaxError", "parse"]


@lru_cache(maxsize=256)
def parse(text: str, version: str = "5.1") -> ScriptBlock:
    """Parse a script as the given version of Windows PowerShell does; trees are shared, so nobody may change one.

    Raises:
        PowerShellSyntaxError: the first thing that is wrong, with its line and column.
    """
    grammar = Blocks(text, version)
    try:
        return grammar.script()
    except RecursionError:
        raise grammar.error("The script is nested too deeply to be parsed.", incomplete=False) from None
