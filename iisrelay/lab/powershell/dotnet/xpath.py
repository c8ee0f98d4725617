"""XPath 1.0 over the nodes of ``xml_nodes``."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from iisrelay.lab.powershell.dotnet.xml_nodes import (
    ATTRIBUTE,
    CDATA,
    COMMENT,
    ELEMENT,
    INSTRUCTION,
    TEXT,
    XmlNode,
)
from iisrelay.lab.powershell.dotnet.xpath_parsing import Tree, parse_xpath, xpath_error
from iisrelay.lab.powershell.errors import NetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Value = Any  # list of nodes, text, number or truth
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "div": lambda left, right: left / right if right else math.nan,
    "mod": lambda left, right: math.fmod(left, right) if right else math.nan,
}
_KINDS = {"text()": {TEXT, CDATA}, "comment()": {COMMENT}, "processing-instruction()": {INSTRUCTION}}


def select(node: XmlNode, expression: str, prefixes: Mapping[str, str] | None = None) -> list[XmlNode]:
    """Give the nodes that an expression selects, in document order."""
    result = evaluate(node, expression, prefixes)
    if not isinstance(result, list):
        raise NetError("System.Xml.XPath.XPathException", "Expression must evaluate to a node-set.")
    return result


def evaluate(node: XmlNode, expression: str, prefixes: Mapping[str, str] | None = None) -> Value:
    """Evaluate an expression with a node as its context."""
    return _Evaluation(prefixes).run(parse_xpath(expression), node, 1, 1)


class _Evaluation:
    """One evaluation: the namespaces that prefixes stand for."""

    def __init__(self, prefixes: Mapping[str, str] | None) -> None:
        self.prefixes = prefixes

    def run(self, tree: Tree, node: XmlNode, position: int, size: int) -> Value:
        """Evaluate a tree."""
        kind = tree[0]
        if kind in {"literal", "number"}:
            return tree[1]
        if kind == "path":
            return self._path(tree, node, position, size)
        if kind == "filter":
            return self._filtered(self.run(tree[1], node, position, size), tree[2])
        if kind == "call":
            return self._call(tree[1], tree[2], node, position, size)
        left = self.run(tree[1], node, position, size)
        if kind == "or":
            return truth(left) or truth(self.run(tree[2], node, position, size))
        if kind == "and":
            return truth(left) and truth(self.run(tree[2], node, position, size))
        right = self.run(tree[2], node, position, size)
        if kind == "|":
            return _unique([*left, *right])
        if kind in _COMPARE:
            return _compare(kind, left, right)
        return _ARITHMETIC[kind](number(left), number(right))

    def _path(self, tree: Tree, node: XmlNode, position: int, size: int) -> list[XmlNode]:
        _, absolute, steps, start = tree
        nodes = [_root(node)] if absolute else [node]
        if start is not None:
            nodes = self.run(start, node, position, size)
        for axis, test, predicates in steps:
            found: list[XmlNode] = []
            for each in nodes:
                candidates = [item for item in _AXES[axis](each) if self._passes(item, test, axis)]
                found.extend(self._filtered(candidates, predicates))
            nodes = _unique(found)
        return nodes

    def _filtered(self, nodes: list[XmlNode], predicates: list[Tree]) -> list[XmlNode]:
        for predicate in predicates:
            kept = []
            for place, node in enumerate(nodes, 1):
                result = self.run(predicate, node, place, len(nodes))
                if place == result if isinstance(result, float) else truth(result):
                    kept.append(node)
            nodes = kept
        return nodes

    def _passes(self, node: XmlNode, test: str, axis: str) -> bool:
        if test == "node()":
            return True
        if test in _KINDS:
            return node.kind in _KINDS[test]
        if node.kind != (ATTRIBUTE if axis == "attribute" else ELEMENT):
            return False
        if test == "*":
            return not node.name.startswith("xmlns")
        prefix, separator, name = test.rpartition(":")
        namespace = self._namespace(prefix) if separator else ""
        return name in {"*", node.local_name} and node.namespace == namespace

    def _namespace(self, prefix: str) -> str:
        if self.prefixes is None or prefix not in self.prefixes:
            message = (
                "Namespace Manager or XsltContext needed. This query has a prefix, variable, or user-defined function."
            )
            raise NetError("System.Xml.XPath.XPathException", message)
        return self.prefixes[prefix]

    def _call(self, name: str, arguments: list[Tree], node: XmlNode, position: int, size: int) -> Value:
        if name in {"position", "last"}:
            return float(position if name == "position" else size)
        values = [self.run(argument, node, position, size) for argument in arguments]
        if name in _OF_NODE:
            nodes = values[0] if values else [node]
            return _OF_NODE[name](nodes)
        if name not in _FUNCTIONS:
            raise xpath_error(name)
        return _FUNCTIONS[name](*values)


def _root(node: XmlNode) -> XmlNode:
    while node.parent is not None:
        node = node.parent
    return node


def _unique(nodes: list[XmlNode]) -> list[XmlNode]:
    unique = list({id(node): node for node in nodes}.values())
    if len(unique) < 2:
        return unique
    order = {id(each): place for place, each in enumerate(_everything(_root(unique[0])))}
    return sorted(unique, key=lambda node: order.get(id(node), 0))


def _everything(node: XmlNode) -> Iterator[XmlNode]:
    yield node
    yield from node.attributes.values()
    for child in node.children:
        yield from _everything(child)


def _ancestors(node: XmlNode) -> list[XmlNode]:
    found = []
    current = node.parent
    while current is not None:
        found.append(current)
        current = current.parent
    return found


def _siblings(node: XmlNode, *, after: bool) -> list[XmlNode]:
    if node.parent is None or node.kind == ATTRIBUTE:
        return []
    children = node.parent.children
    place = next(index for index, child in enumerate(children) if child is node)
    return children[place + 1 :] if after else children[:place][::-1]


_AXES: dict[str, Callable[[XmlNode], list[XmlNode]]] = {
    "child": lambda node: list(node.children),
    "attribute": lambda node: list(node.attributes.values()),
    "self": lambda node: [node],
    "parent": lambda node: [node.parent] if node.parent is not None else [],
    "descendant": lambda node: list(node.descendants()),
    "descendant-or-self": lambda node: [node, *node.descendants()],
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: [node, *_ancestors(node)],
    "following-sibling": lambda node: _siblings(node, after=True),
    "preceding-sibling": lambda node: _siblings(node, after=False),
}


def text(value: Value) -> str:
    """Convert a result to text."""
    if isinstance(value, list):
        return value[0].inner_text if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return str(value)


def number(value: Value) -> float:
    """Convert a result to a number."""
    if isinstance(value, bool | float):
        return float(value)
    try:
        return float(text(value).strip())
    except ValueError:
        return math.nan


def truth(value: Value) -> bool:
    """Convert a result to truth."""
    return bool(value) and value == value  # noqa: PLR0124 - NaN is false


def _compare(kind: str, left: Value, right: Value) -> bool:
    """Compare: node-sets by any of their nodes."""
    if isinstance(left, list) and not isinstance(right, bool):
        return any(_compare(kind, node.inner_text, right) for node in left)
    if isinstance(right, list) and not isinstance(left, bool):
        return any(_compare(kind, left, node.inner_text) for node in right)
    if isinstance(left, bool) or isinstance(right, bool):
        return _COMPARE[kind](truth(left), truth(right))
    if kind in {"=", "!="} and isinstance(left, str) and isinstance(right, str):
        return _COMPARE[kind](left, right)
    return _COMPARE[kind](number(left), number(right))


_OF_NODE: dict[str, Callable[[Any], Value]] = {
    "name": lambda nodes: nodes[0].name if nodes else "",
    "local-name": lambda nodes: nodes[0].local_name if nodes else "",
    "namespace-uri": lambda nodes: nodes[0].namespace if nodes else "",
    "string": text,
    "number": number,
    "normalize-space": lambda value: " ".join(text(value).split()),
    "string-length": lambda value: float(len(text(value))),
}


def _substring(value: Value, start: Value, length: Value = None) -> str:
    begin = round(number(start))
    end = math.inf if length is None else begin + round(number(length))
    return "".join(letter for place, letter in enumerate(text(value), 1) if begin <= place < end)


def _translate(value: Value, old: Value, new: Value) -> str:
    target = text(new)
    table = {ord(letter): target[place] if place < len(target) else None for place, letter in enumerate(text(old))}
    return text(value).translate(table)


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "count": lambda nodes: float(len(nodes)),
    "sum": lambda nodes: sum(number(node.inner_text) for node in nodes),
    "not": lambda value: not truth(value),
    "boolean": truth,
    "true": lambda: True,
    "false": lambda: False,
    "contains": lambda value, part: text(part) in text(value),
    "starts-with": lambda value, part: text(value).startswith(text(part)),
    "concat": lambda *values: "".join(map(text, values)),
    "substring": _substring,
    "substring-before": lambda value, mark: text(value).partition(text(mark))[0] if text(mark) in text(value) else "",
    "substring-after": lambda value, mark: text(value).partition(text(mark))[2],
    "translate": _translate,
    "floor": lambda value: float(math.floor(number(value))),
    "ceiling": lambda value: float(math.ceil(number(value))),
    "round": lambda value: float(math.floor(number(value) + 0.5)),
}
