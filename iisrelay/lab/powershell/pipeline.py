"""Pipelines: stages that push objects to each other, one object at a time."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.flow import StopPipelineSignal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iisrelay.lab.powershell.context import Context
    from iisrelay.lab.powershell.engine import Engine


class Stage:
    """One command of a pipeline. ``emit`` leads to the next one; ``has_input`` is false for the first."""

    context: Context
    has_input = False

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.emit: Callable[[object], None] = _discard

    def begin(self) -> None:
        """Prepare, before any object comes."""

    def process(self, item: object) -> None:
        """Take one object."""

    def end(self) -> None:
        """Finish, after the last object."""


def _discard(_item: object) -> None:
    return


class GuardedStage(Stage):
    """A stage that runs in a context of its own; whoever it hands objects to enters theirs."""

    def begin(self) -> None:
        """Prepare, inside the stage's context."""
        engine = self.engine
        outer, engine.context = engine.context, self.context
        try:
            self.on_begin()
        finally:
            engine.context = outer

    def process(self, item: object) -> None:
        """Take one object, inside the stage's context."""
        engine = self.engine
        outer, engine.context = engine.context, self.context
        try:
            self.on_process(item)
        finally:
            engine.context = outer

    def end(self) -> None:
        """Finish, inside the stage's context."""
        engine = self.engine
        outer, engine.context = engine.context, self.context
        try:
            self.on_end()
        finally:
            engine.context = outer

    def on_begin(self) -> None:
        """Prepare."""

    def on_process(self, item: object) -> None:
        """Take one object."""

    def on_end(self) -> None:
        """Finish."""


def run_stages(
    engine: Engine,
    stages: Sequence[Stage],
    emit: Callable[[object], None],
    feed: Callable[[Callable[[object], None]], None] | None,
) -> None:
    """Run a pipeline: ``feed`` writes what goes into the first stage, ``emit`` takes what the last one gives."""
    for stage, following in pairwise(stages):
        stage.emit = following.process
    stages[-1].emit = emit
    for index, stage in enumerate(stages):
        stage.has_input = index > 0 or feed is not None
    ended = 0
    try:
        for stage in stages:
            stage.begin()
        if feed is not None:
            feed(stages[0].process)
        for stage in stages:
            stage.end()
            ended += 1
    except StopPipelineSignal as signal:
        if signal.stage not in stages:
            raise
        for stage in stages[max(ended, list(stages).index(signal.stage)) :]:  # type: ignore[arg-type]
            stage.end()
    engine.success = not any(stage.context.failed for stage in stages)
