"""Parameter binding: from the words of a command to the parameters of a cmdlet or function."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.binder_values import convert_argument, given, mandatory_complaint
from iisrelay.lab.powershell.error_records import AUTOMATION, PowerShellError, cmdlet_class, runtime_error
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iisrelay.lab.powershell.engine import Engine
    from iisrelay.lab.powershell.script_blocks import ParameterSetEntry, ParameterSpec

END_OF_PARAMETERS = "-"  # the name of the word ``--``
BINDING_EXCEPTION = f"{AUTOMATION}ParameterBindingException"

COMMON_NAMES = (
    "Verbose",
    "Debug",
    "ErrorAction",
    "WarningAction",
    "ErrorVariable",
    "WarningVariable",
    "OutVariable",
    "OutBuffer",
)  # of 2.0
SPELLING = {
    name.lower(): name
    for name in (*COMMON_NAMES, "InformationAction", "InformationVariable", "PipelineVariable", "WhatIf", "Confirm")
}

# Common parameters by lower-case name: (alias, takes a value, version that brought it).
COMMON = {
    "verbose": ("vb", False, 2.0),
    "debug": ("db", False, 2.0),
    "erroraction": ("ea", True, 2.0),
    "warningaction": ("wa", True, 2.0),
    "informationaction": ("infa", True, 5.0),
    "errorvariable": ("ev", True, 2.0),
    "warningvariable": ("wv", True, 2.0),
    "informationvariable": ("iv", True, 5.0),
    "outvariable": ("ov", True, 2.0),
    "outbuffer": ("ob", True, 2.0),
    "pipelinevariable": ("pv", True, 4.0),
    "whatif": ("wi", False, 2.0),
    "confirm": ("cf", False, 2.0),
}


@dataclass(slots=True)
class Argument:
    """A word of a command: a value, or ``-name``; ``attached``: with a value after a colon or from a splatted table.

    ``text`` is how a bare number was written; parameters that take text get that.
    """

    name: str | None = None
    value: object = None
    attached: bool = False
    text: str = ""


@dataclass
class Binding:
    """What binding gives: ``values`` by declared name, ``common`` by lower-case name, ``rest`` what none took."""

    values: dict[str, object] = field(default_factory=dict)
    common: dict[str, object] = field(default_factory=dict)
    rest: list[object] = field(default_factory=list)
    left: list[Argument] = field(default_factory=list)
    set_name: str = ""


@dataclass
class Signature:
    """What a command accepts. A ``strict`` one (cmdlet, advanced function) refuses what it does not know."""

    name: str
    parameters: Sequence[ParameterSpec]
    strict: bool = True
    default_set: str = ""
    positional: bool = True
    is_script: bool = False
    # Parameters with positions in their order, by the sets that are still possible.
    orders: dict[frozenset[str], list[ParameterSpec]] = field(default_factory=dict, init=False, repr=False)

    @property
    def identity(self) -> str:
        """What stands behind the comma of error identifiers: a function's name, a cmdlet's class."""
        return self.name if self.is_script else cmdlet_class(self.name)

    def __post_init__(self) -> None:
        self.by_name = {
            alias.lower(): spec for spec in self.parameters for alias in (spec.name, *spec.aliases)
        }  # fmt: skip
        names = {name for spec in self.parameters for name in spec.sets if name}
        self.set_names = names | ({self.default_set.lower()} if self.default_set and names else set()) or {""}
        self.by_position: list[ParameterSpec] | None = None  # set where words without names need no more than an order
        explicit = any(entry.position is not None for spec in self.parameters for entry in spec.sets.values())
        if not explicit and self.positional and self.is_script:
            self._number_positions()
        entries = [entry for spec in self.parameters for entry in spec.sets.values()]
        if self.set_names == {""} and not any(entry.mandatory or entry.remaining for entry in entries):
            self.by_position = self._positioned()

    def _positioned(self) -> list[ParameterSpec]:
        ranked = [(entry.position, spec) for spec in self.parameters if (entry := spec.entry("")) is not None]
        placed = [(position, spec) for position, spec in ranked if position is not None]
        return [spec for _, spec in sorted(placed, key=lambda item: item[0])]

    def _number_positions(self) -> None:
        position = 0
        for spec in self.parameters:
            if spec.is_switch or any(entry.remaining for entry in spec.sets.values()):
                continue
            for entry in spec.sets.values():
                entry.position = position
            position += 1


class Binder:
    """Binds the arguments of one call."""

    def __init__(self, engine: Engine, signature: Signature, *, has_input: bool) -> None:
        self.engine = engine
        self.signature = signature
        self.has_input = has_input
        self.binding = Binding()
        self.sets = set(signature.set_names)

    def bind(self, arguments: Sequence[Argument]) -> Binding:
        """Bind everything but pipeline input."""
        places = self.signature.by_position
        if places is not None and len(arguments) <= len(places) and not any(word.name for word in arguments):
            for spec, word in zip(places, arguments, strict=False):
                self.binding.values[spec.name] = self.convert(spec, given(spec, word))
            self.binding.set_name = "__AllParameterSets"
            return self.binding
        left = self._bind_named(arguments)
        left = self._bind_positional(left)
        self._bind_remaining(left)
        self.binding.set_name = self._choose_set()
        self._check_mandatory()
        return self.binding

    # -- named ---------------------------------------------------------------------------------------------------------

    def _bind_named(self, arguments: Sequence[Argument]) -> list[Argument]:
        left: list[Argument] = []
        queue = list(arguments)
        index = 0
        while index < len(queue):
            argument = queue[index]
            index += 1
            if argument.name is None:
                left.append(argument)
                continue
            if argument.name == END_OF_PARAMETERS:
                continue
            index += self._bind_one(argument, queue[index] if index < len(queue) else None, left)
        return left

    def _bind_one(self, argument: Argument, following: Argument | None, left: list[Argument]) -> int:
        """Bind ``-name``; tell how many of the following words it took."""
        name = str(argument.name)
        spec = self.find(name)
        if spec is None:
            common = self._find_common(name)
            if common is not None:
                return self._bind_common(common, argument, following)
            self._unknown(argument, left)
            return 0
        if spec.is_switch:
            self.set_value(spec, argument.value if argument.attached else True)
            return 0
        if argument.attached:
            self.set_value(spec, given(spec, argument))
            return 0
        if following is None or following.name is not None:
            kind = spec.type_name or "System.Object"
            raise self.error(
                f"Missing an argument for parameter '{spec.name}'. Specify a parameter of type '{kind}' and try again.",
                "MissingArgument",
            )
        self.set_value(spec, given(spec, following))
        return 1

    def _unknown(self, argument: Argument, left: list[Argument]) -> None:
        if self.signature.strict:
            raise self.error(
                f"A parameter cannot be found that matches parameter name '{argument.name}'.", "NamedParameterNotFound"
            )
        left.append(argument)

    def find(self, name: str) -> ParameterSpec | None:
        """Find a parameter by name, alias or unambiguous beginning."""
        key = name.lower()
        exact = self.signature.by_name.get(key)
        if exact is not None:
            return exact
        found = {id(spec): spec for alias, spec in self.signature.by_name.items() if alias.startswith(key)}
        if self.signature.strict and (key in COMMON or key in {entry[0] for entry in COMMON.values()}):
            return None
        if len(found) > 1:
            names = " ".join(f"-{spec.name}" for spec in found.values())
            raise self.error(
                f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. "
                f"Possible matches include: {names}.",
                "AmbiguousParameter",
            )
        return next(iter(found.values()), None)

    def _find_common(self, name: str) -> str | None:
        if not self.signature.strict:
            return None
        key = name.lower()
        version = self.engine.version_number
        known = {common: alias for common, (alias, _, since) in COMMON.items() if since <= version}
        for common, alias in known.items():
            if key in {common, alias}:
                return common
        found = [common for common in known if common.startswith(key)]
        return found[0] if len(found) == 1 else None

    def _bind_common(self, name: str, argument: Argument, following: Argument | None) -> int:
        takes_value = COMMON[name][1]
        if argument.attached or not takes_value:
            self.binding.common[name] = argument.value if argument.attached else True
            return 0
        if following is None or following.name is not None:
            raise self.error(f"Missing an argument for parameter '{argument.name}'.", "MissingArgument")
        self.binding.common[name] = following.value
        return 1

    # -- values --------------------------------------------------------------------------------------------------------

    def set_value(self, spec: ParameterSpec, value: object) -> None:
        """Convert, validate and store one parameter."""
        if spec.name in self.binding.values:
            raise self.error(
                f"Cannot bind parameter because parameter '{spec.name}' is specified more than once. To provide "
                "multiple values "
                'to parameters that can accept multiple values, use the array syntax. For example, "-parameter '
                'value1,value2,value3".',
                "ParameterAlreadyBound",
            )
        if spec.sets and "" not in spec.sets:
            self.sets &= set(spec.sets)
            if not self.sets:
                raise self.error(
                    "Parameter set cannot be resolved using the specified named parameters.", "AmbiguousParameterSet"
                )
        self.binding.values[spec.name] = self.convert(spec, value)

    def convert(self, spec: ParameterSpec, value: object) -> object:
        """Convert and validate a value for a parameter."""
        converted = convert_argument(self, spec, value)
        if spec.is_mandatory:
            complaint = mandatory_complaint(spec, converted)
            if complaint is not None:
                raise self.error(
                    f"Cannot bind argument to parameter '{spec.name}' because it is {complaint[0]}.",
                    f"ParameterArgumentValidationError{complaint[1]}NotAllowed",
                    exception=f"{AUTOMATION}ParameterBindingValidationException",
                )
        for validate in spec.validators:
            message = validate(self.engine, converted)
            if message is not None:
                raise self.error(
                    f"Cannot validate argument on parameter '{spec.name}'. {message}",
                    "ParameterArgumentValidationError",
                    category="InvalidData",
                    exception=f"{AUTOMATION}ParameterBindingValidationException",
                )
        return converted

    # -- positional and remaining --------------------------------------------------------------------------------------

    def _bind_positional(self, left: list[Argument]) -> list[Argument]:
        """Give values without a name to the parameters with positions, in order; ``-name`` words stay for $args."""
        values = [argument for argument in left if argument.name is None]
        for spec in self._positional():
            if not values:
                break
            if spec.name not in self.binding.values:
                self.set_value(spec, given(spec, values.pop(0)))
        remaining = {id(argument) for argument in values}
        return [argument for argument in left if argument.name is not None or id(argument) in remaining]

    def _positional(self) -> Iterable[ParameterSpec]:
        possible = frozenset(self.sets)
        if possible not in self.signature.orders:
            self.signature.orders[possible] = self._ranked()
        return self.signature.orders[possible]

    def _ranked(self) -> list[ParameterSpec]:
        ranked: list[tuple[int, int, ParameterSpec]] = []
        for order, spec in enumerate(self.signature.parameters):
            entry = self._entry(spec)
            if entry is not None and entry.position is not None and not entry.remaining:
                ranked.append((entry.position, order, spec))
        return [spec for _, _, spec in sorted(ranked, key=lambda item: item[:2])]

    def _entry(self, spec: ParameterSpec) -> ParameterSetEntry | None:
        """Give a parameter's role in the sets that are still possible, the default one first."""
        default = self.signature.default_set.lower()
        names = self.sets if len(self.sets) < 2 else sorted(self.sets, key=lambda name: (name != default, name))
        return next((entry for name in names if (entry := spec.entry(name)) is not None), None)

    def _bind_remaining(self, left: list[Argument]) -> None:
        for spec in self.signature.parameters if left else ():
            entry = self._entry(spec)
            if entry is not None and entry.remaining and spec.name not in self.binding.values:
                self.set_value(spec, remaining_values(left))
                return
        if left and self.signature.strict:
            raise self.error(
                f"A positional parameter cannot be found that accepts argument '{left[0].value}'.",
                "PositionalParameterNotFound",
            )
        self.binding.left = left
        self.binding.rest = remaining_list(left)

    # -- sets and mandatory parameters ---------------------------------------------------------------------------------

    def _choose_set(self) -> str:
        default = self.signature.default_set
        if self.sets == {""}:
            return "__AllParameterSets"
        complete = [name for name in sorted(self.sets) if not self._missing(name)]
        if default.lower() in self.sets and (default.lower() in complete or not complete):
            return self._spelled(default)
        return self._spelled(min(complete or self.sets))

    def _spelled(self, name: str) -> str:
        if name.lower() == self.signature.default_set.lower():
            return self.signature.default_set
        return next((spec.set_spelling[name] for spec in self.signature.parameters if name in spec.set_spelling), name)

    def _missing(self, set_name: str) -> list[str]:
        missing = []
        for spec in self.signature.parameters:
            entry = spec.entry(set_name)
            if entry is None or not entry.mandatory or spec.name in self.binding.values:
                continue
            if not (self.has_input and (entry.pipeline or entry.pipeline_name)):
                missing.append(spec.name)
        return missing

    def _check_mandatory(self) -> None:
        name = self.binding.set_name.lower()
        missing = self._missing("" if name == "__allparametersets" else name)
        if missing:
            raise self.error(
                f"Cannot process command because of one or more missing mandatory parameters: {' '.join(missing)}.",
                "MissingMandatoryParameter",
            )

    def error(
        self, message: str, identifier: str, *, category: str = "InvalidArgument", exception: str = BINDING_EXCEPTION
    ) -> PowerShellError:
        """Make a binding error in the name of the command."""
        return runtime_error(
            message,
            f"{identifier},{self.signature.identity}",
            category,
            exception=exception,
            activity=self.signature.name,
        )


def remaining_list(left: Sequence[Argument]) -> list[object]:
    """Give leftover words as values; ``-name`` becomes text again."""
    items: list[object] = []
    for argument in left:
        if argument.name is None:
            items.append(argument.value)
        else:
            items.append(f"-{argument.name}{':' if argument.attached else ''}")
            if argument.attached:
                items.append(argument.value)
    return items


def remaining_values(left: Sequence[Argument]) -> object:
    """Give leftover words as the value of a ValueFromRemainingArguments parameter."""
    items = remaining_list(left)
    if len(items) == 1 and isinstance(items[0], PSArray):
        return items[0]
    return PSArray(items)
