"""The Validate... attributes of parameters: each gives a function that says what is wrong with a value, or None."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.conversions import to_bool, to_string
from iisrelay.lab.powershell.error_records import PowerShellError
from iisrelay.lab.powershell.operators import binary
from iisrelay.lab.powershell.script_blocks import ScriptBlockValue
from iisrelay.lab.powershell.values import PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.engine import Engine

Validator = Callable[["Engine", object], str | None]


def each_element(check: Validator) -> Validator:
    """Apply a check to every element of a collection."""

    def validate(engine: Engine, value: object) -> str | None:
        items = value.items if isinstance(value, PSArray) else [value]
        return next((message for item in items if (message := check(engine, item)) is not None), None)

    return validate


def validate_set(*allowed: object, ignore_case: bool = True) -> Validator:
    """[ValidateSet('a', 'b')]."""
    texts = [to_string(None, item) for item in allowed]
    known = {text.lower() if ignore_case else text for text in texts}

    def check(engine: Engine, value: object) -> str | None:
        text = to_string(engine, value)
        if (text.lower() if ignore_case else text) in known:
            return None
        return (
            f'The argument "{text}" does not belong to the set "{",".join(texts)}" specified by the ValidateSet '
            "attribute. "
            "Supply an argument that is in the set and then try the command again."
        )

    return each_element(check)


def validate_range(low: object, high: object) -> Validator:
    """[ValidateRange(1, 10)]."""

    def check(engine: Engine, value: object) -> str | None:
        text = to_string(engine, value)
        if binary(engine, "-gt", low, value):
            bound, word, wanted = low, "less than the minimum", "greater than or equal to"
        elif binary(engine, "-lt", high, value):
            bound, word, wanted = high, "greater than the maximum", "less than or equal to"
        else:
            return None
        limit = to_string(engine, bound)
        return (
            f"The {text} argument is {word} allowed range of {limit}. "
            f"Supply an argument that is {wanted} {limit} and then try the command again."
        )

    return each_element(check)


def validate_pattern(pattern: object) -> Validator:
    """[ValidatePattern('^a')]."""
    expression = to_string(None, pattern)

    def check(engine: Engine, value: object) -> str | None:
        text = to_string(engine, value)
        if binary(engine, "-match", text, expression):
            return None
        return (
            f'The argument "{text}" does not match the "{expression}" pattern. '
            f'Supply an argument that matches "{expression}" and try the command again.'
        )

    return each_element(check)


def validate_length(shortest: object, longest: object) -> Validator:
    """[ValidateLength(1, 5)]."""
    low, high = int(str(shortest)), int(str(longest))

    def check(engine: Engine, value: object) -> str | None:
        length = len(to_string(engine, value))
        if length < low:
            return (
                f"The character length ({length}) of the argument is too short. Specify an argument with a length that "
                f'is greater than or equal to "{low}", and then try the command again.'
            )
        if length > high:
            return (
                f"The character length of the {length} argument is too long. Shorten the character length of the "
                f'argument so it is fewer than or equal to "{high}" characters, and then try the command again.'
            )
        return None

    return each_element(check)


def validate_count(fewest: object, most: object) -> Validator:
    """[ValidateCount(1, 3)]."""
    low, high = int(str(fewest)), int(str(most))

    def validate(_engine: Engine, value: object) -> str | None:
        count = len(value) if isinstance(value, PSArray) else 1
        if low <= count <= high:
            return None
        return (
            f"The parameter requires at least {low} value(s) and no more than {high} value(s) - "
            f"{count} value(s) were provided."
        )

    return validate


def validate_script(block: object) -> Validator:
    """[ValidateScript({ ... })]: the value is ``$_``."""

    def check(engine: Engine, value: object) -> str | None:
        if not isinstance(block, ScriptBlockValue):
            return "The ValidateScript attribute needs a script block."
        try:
            results = engine.call_block(block, underscore=value)
        except PowerShellError as error:
            return str(error.record)
        if results and to_bool(results[0] if len(results) == 1 else PSArray(results)):
            return None
        return (
            f'The "{block.text}" validation script for the argument with value "{to_string(engine, value)}" did '
            "not return a "
            "result of True. Determine why the validation script failed, and then try the command again."
        )

    return each_element(check)


def validate_not_null() -> Validator:
    """[ValidateNotNull()]."""

    def validate(_engine: Engine, value: object) -> str | None:
        if value is None or (isinstance(value, PSArray) and None in value.items):
            return (
                "The argument is null. Provide a valid value for the argument, and then try running the command again."
            )
        return None

    return validate


def validate_not_null_or_empty() -> Validator:
    """[ValidateNotNullOrEmpty()]."""

    def validate(_engine: Engine, value: object) -> str | None:
        items = value.items if isinstance(value, PSArray) else [value]
        if items and not any(item is None or (isinstance(item, str) and not item) for item in items):
            return None
        return (
            "The argument is null or empty. Provide an argument that is not null or empty, and then try the "
            "command again."
        )

    return validate


VALIDATORS: dict[str, Callable[..., Validator]] = {
    "validateset": validate_set,
    "validaterange": validate_range,
    "validatepattern": validate_pattern,
    "validatelength": validate_length,
    "validatecount": validate_count,
    "validatescript": validate_script,
    "validatenotnull": validate_not_null,
    "validatenotnullorempty": validate_not_null_or_empty,
}
