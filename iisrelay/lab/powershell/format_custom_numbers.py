"""Custom numeric format strings: ``0.00``, ``#,##0``, ``0.0%``, ``+0;-0;zero``, ``0.00E+00``, quoted text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache

_TOKEN = re.compile(
    r"\\(?P<escaped>.)|'(?P<single>[^']*)'?|\"(?P<double>[^\"]*)\"?|(?P<exponent>[eE][+-]?0+)|(?P<other>.)", re.DOTALL
)
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


@dataclass
class _Section:
    """One section: literal texts (str) and placeholders (a tuple of one letter: 0 # . E) in order."""

    parts: list[str | tuple[str]] = field(default_factory=list)
    whole: int = 0
    fraction: int = 0
    first_zero: int = -1  # places of "0" among the placeholders of the whole part and the fraction
    last_zero: int = -1
    scale: int = 0
    grouped: bool = False
    exponent: str = ""


def format_custom(value: Decimal, pattern: str) -> str:
    """Format a number by a custom pattern."""
    sections = _split_sections(pattern)
    chosen = sections[0]
    negative = value < 0
    if value == 0 and len(sections) > 2:
        chosen = sections[2]
    elif negative and len(sections) > 1 and sections[1]:
        chosen, negative = sections[1], False
    section = _parse(chosen)
    rounded = _round(abs(value), section)
    if rounded == 0 and value != 0 and len(sections) > 2 and not section.exponent:
        section = _parse(sections[2])
        negative = False
    text = _fill(section, abs(value), rounded)
    return f"-{text}" if negative and rounded else text


@lru_cache(maxsize=256)
def _split_sections(pattern: str) -> list[str]:
    sections, current = [], ""
    for token in _TOKEN.finditer(pattern):
        if token[0] == ";":
            sections.append(current)
            current = ""
        else:
            current += token[0]
    return [*sections, current]


@lru_cache(maxsize=256)
def _parse(pattern: str) -> _Section:
    section = _Section()
    seen_point = False
    commas = 0
    for token in _TOKEN.finditer(pattern):
        letter = token["other"]
        if letter is None:
            _add_quoted(section, token)
        elif letter in "0#":
            section.grouped |= commas > 0 and not seen_point and section.whole > 0
            commas = 0
            _add_digit(section, letter, seen_point=seen_point)
        elif letter == "." and not seen_point:
            section.scale -= 3 * commas
            commas, seen_point = 0, True
            section.parts.append((".",))
        elif letter == ",":
            commas += not seen_point
        elif letter in "%\u2030":
            section.scale += 2 if letter == "%" else 3
            section.parts.append(letter)
        elif letter != ".":
            section.parts.append(letter)
    section.scale -= 3 * commas if section.whole else 0
    return section


def _add_quoted(section: _Section, token: re.Match[str]) -> None:
    if token["exponent"]:
        section.exponent = token["exponent"]
        section.parts.append(("E",))
        return
    section.parts.append(
        next(text for text in (token["escaped"], token["single"], token["double"]) if text is not None)
    )


def _add_digit(section: _Section, letter: str, *, seen_point: bool) -> None:
    section.parts.append((letter,))
    if seen_point:
        section.fraction += 1
        if letter == "0":
            section.last_zero = section.fraction
    else:
        section.whole += 1
        if letter == "0" and section.first_zero < 0:
            section.first_zero = section.whole - 1


def _round(value: Decimal, section: _Section) -> Decimal:
    with localcontext(_EXACT):
        return value.scaleb(section.scale).quantize(Decimal(1).scaleb(-section.fraction))


def _fill(section: _Section, value: Decimal, rounded: Decimal) -> str:
    exponent = 0
    if section.exponent:
        with localcontext(_EXACT):
            exponent = 0 if value == 0 else value.adjusted() - max(section.whole - 1, 0)
            rounded = value.scaleb(-exponent).quantize(Decimal(1).scaleb(-section.fraction))
    whole, _, fraction = f"{rounded:f}".partition(".")
    required = section.whole - section.first_zero if section.first_zero >= 0 else 0
    whole = whole.lstrip("0").rjust(required, "0")
    while len(fraction) > max(section.last_zero, 0) and fraction.endswith("0"):
        fraction = fraction[:-1]
    return _write(section, whole, fraction, exponent)


def _write(section: _Section, whole: str, fraction: str, exponent: int) -> str:
    """Lay the digits into the placeholders, the first one taking what is too much."""
    out: list[str] = []
    place, fraction_place, seen_point = 0, 0, False
    for part in section.parts:
        if isinstance(part, str):
            out.append(part)
        elif part[0] == ".":
            seen_point = True
            if fraction:
                out.append(".")
        elif part[0] == "E":
            out.append(_exponent_text(section.exponent, exponent))
        elif seen_point:
            out.append(fraction[fraction_place : fraction_place + 1])
            fraction_place += 1
        else:
            out.append(_whole_digits(section, whole, place))
            place += 1
    return "".join(out)


def _whole_digits(section: _Section, whole: str, place: int) -> str:
    """Give the digits of one placeholder of the whole part, with the separators after them."""
    remaining = section.whole - place  # placeholders from here on
    start = 0 if place == 0 else len(whole) - remaining
    end = len(whole) - remaining + 1
    text = ""
    for index in range(max(start, 0), end):
        text += whole[index]
        behind = len(whole) - 1 - index
        if section.grouped and behind and behind % 3 == 0:
            text += ","
    return text


def _exponent_text(pattern: str, exponent: int) -> str:
    sign = "-" if exponent < 0 else ("+" if "+" in pattern else "")
    return f"{pattern[0]}{sign}{str(abs(exponent)).rjust(pattern.count('0'), '0')}"
