"""``try``; what a failed statement does is decided in ``error_reporting``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.evaluator.base import Emit, Execute, compile_statement, statement
from iisrelay.lab.powershell.evaluator.statements import FAILURES
from iisrelay.lab.powershell.nettypes import find_type, type_of

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.error_records import PowerShellError
    from iisrelay.lab.powershell.errors import NetError

Catch = tuple[tuple[str, ...], Execute]


@statement(syntax.Try)
def compile_try(node: syntax.Try) -> Execute:
    """``try``, ``catch`` and ``finally``."""
    guarded = compile_statement(node.body)
    catches = tuple((tuple(names), compile_statement(block)) for names, block in node.catches)
    if catches:
        guarded = _with_catches(guarded, catches)
    if node.final is None:
        return guarded
    final = compile_statement(node.final)

    def execute(engine: Engine, emit: Emit) -> None:
        try:
            guarded(engine, emit)
        finally:
            final(engine, emit)

    return execute


def _with_catches(body: Execute, catches: tuple[Catch, ...]) -> Execute:
    def execute(engine: Engine, emit: Emit) -> None:
        engine.catching += 1
        try:
            body(engine, emit)
        except FAILURES as raised:
            error = engine.as_error(raised)
            found = find_catch(error.record.exception, catches)
            if found is None:
                raise error from raised
        else:
            return
        finally:
            engine.catching -= 1
        _run_catch(engine, emit, found, error)

    return execute


def _run_catch(engine: Engine, emit: Emit, found: tuple[Execute, NetError], error: PowerShellError) -> None:
    block, exception = found
    engine.log_error(error.record)
    engine.caught.append(error)
    record = error.record if exception is error.record.exception else error.record.with_exception(exception)
    try:
        with engine.current_object(record):
            block(engine, emit)
    finally:
        engine.caught.pop()


def find_catch(exception: NetError, catches: tuple[Catch, ...]) -> tuple[Execute, NetError] | None:
    """Find the block for an exception, and the exception it shall see: an inner one that a type names goes first."""
    candidates = [exception] if exception.inner is None else [exception.inner, exception]
    for candidate in candidates:
        matching = [
            (distance, block)
            for names, block in catches
            for name in names
            if (distance := type_distance(candidate, name)) is not None
        ]
        if matching:
            return min(matching, key=lambda match: match[0])[1], candidate
    return next(((block, exception) for names, block in catches if not names), None)


def type_distance(exception: NetError, name: str) -> int | None:
    """Tell how far a type name stands from an exception's own type (0: the same); None when it is no base of it."""
    wanted = find_type(name)
    if wanted is None:
        return None if exception.type_name.lower() != name.lower() else 0
    lineage = [kind.name.lower() for kind in type_of(exception).lineage()]
    return lineage.index(wanted.name.lower()) if wanted.name.lower() in lineage else None
