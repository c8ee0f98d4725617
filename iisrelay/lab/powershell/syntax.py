"""The syntax tree: what the parser makes and the interpreter runs. Names follow the language specification."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(slots=True, eq=False)
class Node:
    """A piece of syntax, with its place: ``start`` and ``end`` are character offsets into the script text."""

    start: int
    end: int


# -- expressions -------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Literal(Node):
    """A number (already of its .NET type) or a string without expansion. ``bare`` marks a word of argument mode."""

    value: object
    bare: bool = False


@dataclass(slots=True, eq=False)
class ExpandableString(Node):
    """A double-quoted string, here-string or bare word with expansions: literal texts and expressions in order."""

    parts: Sequence[str | Node]
    bare: bool = False


@dataclass(slots=True, eq=False)
class Variable(Node):
    """``$name``, ``${name}``, ``$scope:name``, ``$env:NAME``; ``splat`` for ``@name``. Scope/drive lower case or ""."""

    name: str
    scope: str = ""
    splat: bool = False


@dataclass(slots=True, eq=False)
class TypeLiteral(Node):
    """``[name]`` as an expression; ``name`` is the text in the brackets without blanks (``string[]``, ``int[,]``)."""

    name: str


@dataclass(slots=True, eq=False)
class Convert(Node):
    """``[type] operand``."""

    type_name: str
    operand: Node


@dataclass(slots=True, eq=False)
class AttributedExpression(Node):
    """``[ValidateSet('a', 'b')] operand``: an attribute on a variable outside a parameter list."""

    attribute: Attribute
    operand: Node


@dataclass(slots=True, eq=False)
class Unary(Node):
    """``operator`` is one of - + ! -not -bnot -join -split -isplit -csplit , ++ -- (prefix); lower case."""

    operator: str
    operand: Node


@dataclass(slots=True, eq=False)
class Postfix(Node):
    """``operand++`` or ``operand--``."""

    operator: str
    operand: Node


@dataclass(slots=True, eq=False)
class Binary(Node):
    """``operator`` is lower case with its dash (``-eq``, ``-creplace``, ``+``, ``..``, ``-f``, ``-and``)."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True, eq=False)
class ArrayLiteral(Node):
    """``a, b, c``."""

    items: Sequence[Node]


@dataclass(slots=True, eq=False)
class Paren(Node):
    """``( pipeline )``: ``pipeline`` is a statement (Pipeline, Assignment ...)."""

    pipeline: Node


@dataclass(slots=True, eq=False)
class SubExpression(Node):
    """``$( statements )``."""

    body: Block


@dataclass(slots=True, eq=False)
class ArrayExpression(Node):
    """``@( statements )``."""

    body: Block


@dataclass(slots=True, eq=False)
class HashLiteral(Node):
    """``@{ key = value }``: keys are expressions (bare words are Literals), values are statements."""

    pairs: Sequence[tuple[Node, Node]]


@dataclass(slots=True, eq=False)
class ScriptBlockExpression(Node):
    """``{ ... }`` as a value."""

    body: ScriptBlock


@dataclass(slots=True, eq=False)
class Member(Node):
    """``target.name`` or ``[type]::name``; ``name`` is a Literal (simple word) or any expression."""

    target: Node
    name: Node
    static: bool = False


@dataclass(slots=True, eq=False)
class Invoke(Node):
    """``target.name(arguments)`` or ``[type]::name(arguments)``."""

    target: Node
    name: Node
    arguments: Sequence[Node]
    static: bool = False


@dataclass(slots=True, eq=False)
class Index(Node):
    """``target[index]``; several indices come as one ArrayLiteral."""

    target: Node
    index: Node


# -- commands ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Parameter(Node):
    """``-Name`` or ``-Name:value`` on a command (``argument`` for the latter only)."""

    name: str
    argument: Node | None = None


@dataclass(slots=True, eq=False)
class Redirection(Node):
    """``2>file``, ``>>file``, ``2>&1``, ``*>&1``: ``stream`` is 1 to 6 or 0 for ``*``; ``merge_to`` for the & form."""

    stream: int
    append: bool = False
    target: Node | None = None
    merge_to: int | None = None


@dataclass(slots=True, eq=False)
class Command(Node):
    """A command: ``invocation`` is "", "&" or "."; elements are expressions (bare words: Literals) and Parameters."""

    name: Node
    elements: Sequence[Node]
    invocation: str = ""
    redirections: Sequence[Redirection] = ()


@dataclass(slots=True, eq=False)
class CommandExpression(Node):
    """An expression as an element of a pipeline."""

    expression: Node
    redirections: Sequence[Redirection] = ()


@dataclass(slots=True, eq=False)
class Pipeline(Node):
    """One or more elements joined by ``|``."""

    elements: Sequence[Command | CommandExpression]


@dataclass(slots=True, eq=False)
class Assignment(Node):
    """``target operator value``: ``=``, ``+=`` ...; value is a statement; several targets are an ArrayLiteral."""

    target: Node
    operator: str
    value: Node


# -- statements --------------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Block(Node):
    """Statements in order; ``traps`` belong to the block as a whole."""

    statements: Sequence[Node]
    traps: Sequence[Trap] = ()


@dataclass(slots=True, eq=False)
class If(Node):
    """``clauses`` are (condition statement, block)."""

    clauses: Sequence[tuple[Node, Block]]
    otherwise: Block | None = None


@dataclass(slots=True, eq=False)
class While(Node):
    """``while (condition) { }``."""

    condition: Node
    body: Block
    label: str = ""


@dataclass(slots=True, eq=False)
class DoLoop(Node):
    """``do { } while (condition)``, or ``until``."""

    condition: Node
    body: Block
    until: bool = False
    label: str = ""


@dataclass(slots=True, eq=False)
class For(Node):
    """``for (initializer; condition; iterator) { }``."""

    initializer: Node | None
    condition: Node | None
    iterator: Node | None
    body: Block
    label: str = ""


@dataclass(slots=True, eq=False)
class ForEach(Node):
    """``foreach ($variable in pipeline) { }``."""

    variable: Variable
    items: Node
    body: Block
    label: str = ""


@dataclass(slots=True, eq=False)
class Switch(Node):
    """``switch -flags (value) { clauses }``; condition None is ``default``; flags are lower case (regex ...)."""

    value: Node
    clauses: Sequence[tuple[Node | None, Block]]
    flags: frozenset[str] = frozenset()
    file: bool = False
    label: str = ""


@dataclass(slots=True, eq=False)
class Try(Node):
    """``catches`` are (type names, block); no type names catch everything."""

    body: Block
    catches: Sequence[tuple[Sequence[str], Block]]
    final: Block | None = None


@dataclass(slots=True, eq=False)
class Trap(Node):
    """``trap [type] { }``; no type traps everything."""

    type_name: str | None
    body: Block


@dataclass(slots=True, eq=False)
class FunctionDefinition(Node):
    """``function name(parameters) { }`` or ``filter``. Parameters before the body are in ``body.parameters``."""

    name: str
    body: ScriptBlock
    is_filter: bool = False


@dataclass(slots=True, eq=False)
class Flow(Node):
    """``return``, ``throw``, ``exit`` (with a pipeline), ``break``, ``continue`` (with a label expression)."""

    keyword: str
    value: Node | None = None


@dataclass(slots=True, eq=False)
class Data(Node):
    """``data name { }``."""

    name: str
    body: Block


# -- script blocks -----------------------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class Attribute(Node):
    """``[Parameter(Mandatory = $true)]``: positional arguments, and named ones (value None means $true)."""

    name: str
    arguments: Sequence[Node] = ()
    named: Sequence[tuple[str, Node | None]] = ()


@dataclass(slots=True, eq=False)
class ParameterDefinition(Node):
    """A parameter of a function or script block; ``type_name`` "" when untyped (the innermost type constraint wins)."""

    name: str
    type_name: str = ""
    default: Node | None = None
    attributes: Sequence[Attribute] = ()


@dataclass(slots=True, eq=False)
class ScriptBlock(Node):
    """A script, a function's body or ``{ }``. Without named blocks all is in ``end_block``. ``text`` is its source.

    ``compiled`` is the interpreter's: what it made of this tree the first time it ran.
    """

    parameters: Sequence[ParameterDefinition] = ()
    begin_block: Block | None = None
    process_block: Block | None = None
    end_block: Block | None = None
    dynamic_block: Block | None = None
    attributes: Sequence[Attribute] = ()
    has_param_block: bool = False
    named_blocks: bool = False
    text: str = ""
    requires: Sequence[str] = field(default_factory=tuple)
    compiled: object = None


class PowerShellSyntaxError(Exception):
    """The script does not parse. ``line`` and ``column`` start at 1; ``incomplete`` marks an unclosed construct."""

    def __init__(self, message: str, line: int, column: int, *, incomplete: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.incomplete = incomplete
