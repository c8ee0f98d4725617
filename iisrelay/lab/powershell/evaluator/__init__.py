"""Compiles syntax trees to closures: expressions to ``engine -> value``, statements to ``(engine, emit) -> None``."""

from iisrelay.lab.powershell.evaluator import (
    assignments,
    commands,
    expressions,
    failures,
    loops,
    members,
    statements,
    switches,
    variables,
)

__all__ = [
    "assignments",
    "commands",
    "expressions",
    "failures",
    "loops",
    "members",
    "statements",
    "switches",
    "variables",
]
