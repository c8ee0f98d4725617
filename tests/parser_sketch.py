"""Writes syntax trees as short text, so that a test can say what a script parses to."""

from dataclasses import fields, is_dataclass

from iisrelay.lab.powershell import syntax
from iisrelay.lab.powershell.parser import parse

HIDDEN = {"start", "end", "text", "compiled", "requires", "bare", "has_param_block", "named_blocks"}


def sketch(script: str, version: str = "5.1") -> str:
    """Parse and write the statements, separated by semicolons."""
    return "; ".join(draw(statement) for statement in parse(script, version).end_block.statements)


def draw(node: object) -> str:
    if isinstance(node, list | tuple):
        return f"[{', '.join(draw(item) for item in node)}]"
    if isinstance(node, syntax.Literal):
        return str(node.value) if node.bare else repr(node.value)
    if isinstance(node, syntax.Variable):
        scope = f"{node.scope}:" if node.scope else ""
        return f"{'@' if node.splat else '$'}{scope}{node.name}"
    if isinstance(node, syntax.Pipeline) and len(node.elements) == 1:
        return draw(node.elements[0])
    if isinstance(node, syntax.CommandExpression) and not node.redirections:
        return draw(node.expression)
    if isinstance(node, syntax.Block):
        return "{" + "; ".join(draw(item) for item in [*node.statements, *node.traps]) + "}"
    if is_dataclass(node):
        shown = [getattr(node, field.name) for field in fields(node) if field.name not in HIDDEN]
        return f"{type(node).__name__}({', '.join(draw(item) for item in shown if not is_empty(item))})"
    return sorted(node).__repr__() if isinstance(node, frozenset) else str(node)


def is_empty(item: object) -> bool:
    return item is None or item is False or (isinstance(item, list | tuple | str | frozenset) and not item)
