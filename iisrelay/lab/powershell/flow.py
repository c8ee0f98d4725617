"""Signals that leave the normal course of a script. They are no errors: neither ``catch`` nor a trap sees them."""

from __future__ import annotations


class FlowSignal(BaseException):
    """Base of all signals."""


class LoopSignal(FlowSignal):
    """``break`` or ``continue``; ``label`` is lower case, "" for the innermost loop (of a caller, if need be)."""

    def __init__(self, label: str = "") -> None:
        super().__init__(label)
        self.label = label


class BreakSignal(LoopSignal):
    """``break``."""


class ContinueSignal(LoopSignal):
    """``continue``."""


class ReturnSignal(FlowSignal):
    """``return``: its value has been written to the output already."""


class ExitSignal(FlowSignal):
    """``exit``: ends the script file or the process."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class StopPipelineSignal(FlowSignal):
    """A stage has all it wants (Select-Object -First): whatever feeds it stops."""

    def __init__(self, stage: object) -> None:
        super().__init__()
        self.stage = stage
