"""What ``$value.psobject`` and ``$value.Method`` (without a call) give."""

from __future__ import annotations


class ObjectView:
    """``$value.psobject``: a value seen through its members."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


class PSMethod:
    """A method as a value: it can be invoked later."""

    __slots__ = ("name", "target")

    def __init__(self, target: object, name: str) -> None:
        self.target = target
        self.name = name
