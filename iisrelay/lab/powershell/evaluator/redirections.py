"""Redirections: to files, to nothing, and of one stream into another."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.evaluator.base import Emit, Evaluate, compile_expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from iisrelay.lab.powershell import syntax
    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.streams import Streams

OUTPUT = 1
ALL = 0


@dataclass(frozen=True)
class Redirect:
    """A redirection, compiled; ``target`` None merges the stream into the output."""

    stream: int
    append: bool
    target: Evaluate | None


def compile_redirections(nodes: Sequence[syntax.Redirection]) -> tuple[Redirect, ...]:
    """Compile the redirections of a command."""
    return tuple(
        Redirect(node.stream, node.append, None if node.target is None else compile_expression(node.target))
        for node in nodes
        if node.target is not None or node.merge_to == OUTPUT
    )


@contextmanager
def redirected(engine: Engine, redirects: Sequence[Redirect], emit: Emit) -> Iterator[tuple[Streams, Emit]]:
    """Give the streams and the output of a redirected command; files are written at the end."""
    streams, output = engine.context.streams, emit
    files: list[tuple[Redirect, str, list[object]]] = []
    for redirect in redirects:
        if redirect.target is None:
            continue
        sink = _open(engine, redirect, files)
        if redirect.stream in {OUTPUT, ALL}:
            output = sink
        if redirect.stream != OUTPUT:
            streams = streams.redirected(redirect.stream, sink)
    for redirect in redirects:
        if redirect.target is None:
            streams = streams.redirected(redirect.stream, output)
    try:
        yield streams, output
    finally:
        for redirect, path, items in files:
            engine.write_redirected(path, items, append=redirect.append)


def _open(
    engine: Engine, redirect: Redirect, files: list[tuple[Redirect, str, list[object]]]
) -> Callable[[object], None]:
    value = redirect.target(engine) if redirect.target is not None else None
    if value is None or to_string(engine, value).lower() in {"", "nul"}:
        return _discard
    items: list[object] = []
    files.append((redirect, to_string(engine, value), items))
    return items.append


def _discard(_item: object) -> None:
    return
