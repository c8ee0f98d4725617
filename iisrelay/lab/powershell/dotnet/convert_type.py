"""System.Convert and System.BitConverter."""

from __future__ import annotations

import base64
import binascii
import struct
from typing import TYPE_CHECKING, Any

from iisrelay.lab.powershell.conversions import convert_to
from iisrelay.lab.powershell.dotnet.byte_arrays import byte_array, to_bytes
from iisrelay.lab.powershell.dotnet.cultures import number_conventions
from iisrelay.lab.powershell.dotnet.number_types import parse_boolean, parse_integer
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError, argument_error, format_error, out_of_range
from iisrelay.lab.powershell.formatstrings import format_value
from iisrelay.lab.powershell.nettypes import NetType, require_type, type_of
from iisrelay.lab.powershell.numeric import INTEGERS, IntegerType
from iisrelay.lab.powershell.values import Char, Int16, Int64, PSArray, Single, UInt16, UInt32, UInt64

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.annotations import Base64FormattingOptions, ByteArray, CharArray
    from iisrelay.lab.powershell.engine import Engine

declare_enum("System.Base64FormattingOptions", {"None": 0, "InsertLineBreaks": 1}, flags=True)
net_convert = declare("System.Convert")
BAD_BASE64 = (
    "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding characters, "
    "or an illegal character among the padding characters. "
)


def unwrapped(engine: Engine | None, value: object, net: NetType) -> object:
    """Convert; failures are the plain .NET exceptions, not those of a cast."""
    try:
        return convert_to(engine, value, net)
    except NetError as error:
        cause: NetError = error
        while cause.inner is not None:
            cause = cause.inner
        raise cause if cause is not error else NetError("System.InvalidCastException", error.message) from error


def _declare_integer(integer: IntegerType) -> None:
    net = require_type(f"System.{integer.name}")

    @net_convert.static(f"To{integer.name}")
    def to_integer(engine: Engine, value: object, _culture: object = None) -> object:
        if type(value) is str:
            return parse_integer(value, integer)
        return unwrapped(engine, value, net)

    @net_convert.static(f"To{integer.name}")
    def to_integer_of_base(text: str, base: int) -> object:
        return _from_base(text, base, integer)


def _from_base(text: str, base: int, integer: IntegerType) -> int:
    if base not in {2, 8, 10, 16}:
        raise argument_error("", "Invalid Base.")
    if base == 10:
        return parse_integer(text, integer)
    digits = text[2:] if base == 16 and text[:2].lower() == "0x" else text
    try:
        value = int(digits, base)
    except ValueError:
        if not digits:
            raise out_of_range(
                "startIndex", "Index was out of range. Must be non-negative and less than the size of the collection."
            ) from None
        raise format_error("Could not find any recognizable digits.") from None
    span = integer.maximum - integer.minimum + 1
    if value >= span:
        raise NetError(
            "System.OverflowException", f"Value was either too large or too small for {_article(integer.name)}."
        )
    return integer.python(value - span if value > integer.maximum else value)


def _article(name: str) -> str:
    return f"a {name}" if name.startswith("U") else f"an {name}"


for _integer in INTEGERS.values():
    _declare_integer(_integer)


def _declare_other(name: str) -> None:
    @net_convert.static(f"To{name}")
    def convert_value(engine: Engine, value: object, culture: object = None) -> object:
        value = number_conventions(culture).english(value) if culture and isinstance(value, str) else value
        return unwrapped(engine, value, require_type(f"System.{name}"))


for _name in ("Double", "Single", "Decimal", "Char"):
    _declare_other(_name)


@net_convert.static("ToDateTime")
def to_date_time(engine: Engine, value: object, _culture: object = None) -> object:
    """Read a date."""
    return unwrapped(engine, value, require_type("System.DateTime"))


@net_convert.static("ToBoolean")
def to_boolean(engine: Engine, value: object) -> object:
    """Convert to Boolean; text must say true or false."""
    if isinstance(value, str):
        return parse_boolean(value)
    return unwrapped(engine, value, require_type("System.Boolean"))


@net_convert.static("ToString")
def to_text(engine: Engine, value: object, culture: object = None) -> str:
    """Convert to text."""
    return format_value(engine, value, "", number_conventions(culture))


@net_convert.static("ToString")
def to_text_of_base(value: Int64 | int, base: int) -> str:
    """Write a whole number in base 2, 8, 10 or 16; negative ones in two's complement of their width."""
    if base not in {2, 8, 10, 16}:
        raise argument_error("", "Invalid Base.")
    number = int(value)
    if base == 10:
        return str(number)
    if number < 0:
        integer = INTEGERS.get(type(value), INTEGERS[Int64])
        number += 1 << (integer.maximum.bit_length() + 1)
    return f"{number:{ {2: 'b', 8: 'o', 16: 'x'}[base] }}"


@net_convert.static("ChangeType")
def change_type(engine: Engine, value: object, net: NetType, _culture: object = None) -> object:
    """Convert to a type."""
    return unwrapped(engine, value, net)


@net_convert.static("ToBase64String")
def to_base64(data: ByteArray, options: Base64FormattingOptions | None = None) -> str:
    """Encode bytes; with line breaks after 76 characters when asked."""
    text = base64.b64encode(to_bytes(data)).decode("ascii")
    if options:
        return "\r\n".join(text[start : start + 76] for start in range(0, len(text), 76))
    return text


@net_convert.static("ToBase64String")
def part_to_base64(data: ByteArray, start: int, count: int) -> str:
    """Encode a part."""
    return base64.b64encode(to_bytes(data)[start : start + count]).decode("ascii")


@net_convert.static("FromBase64String")
def from_base64(text: str) -> PSArray:
    """Decode; blanks are skipped."""
    stripped = "".join(text.split())
    if len(stripped) % 4:
        raise format_error("Invalid length for a Base-64 char array or string.")
    try:
        return byte_array(base64.b64decode(stripped, validate=True))
    except (binascii.Error, ValueError):
        raise format_error(BAD_BASE64) from None


@net_convert.static("FromBase64CharArray")
def from_base64_letters(letters: CharArray, start: int, count: int) -> PSArray:
    """Decode a part of an array of letters."""
    return from_base64("".join(map(str, letters))[start : start + count])


@net_convert.static("IsDBNull")
def is_database_null(value: object) -> bool:
    """Tell whether a value is DBNull."""
    return value is not None and type_of(value).name == "System.DBNull"


# -- BitConverter ----------------------------------------------------------------------------------------------------

bit_converter = declare("System.BitConverter")
bit_converter.constants(IsLittleEndian=True)
_READERS: dict[str, tuple[str, Callable[[Any], object]]] = {
    "ToInt16": ("<h", Int16),
    "ToUInt16": ("<H", UInt16),
    "ToInt32": ("<i", int),
    "ToUInt32": ("<I", UInt32),
    "ToInt64": ("<q", Int64),
    "ToUInt64": ("<Q", UInt64),
    "ToSingle": ("<f", Single),
    "ToDouble": ("<d", float),
    "ToChar": ("<H", lambda number: Char(chr(number))),
}
_WRITERS: dict[type, str] = {
    bool: "<?",
    Int16: "<h",
    UInt16: "<H",
    int: "<i",
    UInt32: "<I",
    Int64: "<q",
    UInt64: "<Q",
    Single: "<f",
    float: "<d",
}


def _declare_reader(name: str) -> None:
    layout, made = _READERS[name]

    @bit_converter.static(name)
    def read(data: ByteArray, start: int) -> object:
        size = struct.calcsize(layout)
        if not 0 <= start < len(data):
            raise out_of_range(
                "startIndex", "Index was out of range. Must be non-negative and less than the size of the collection."
            )
        if start + size > len(data):
            raise argument_error(
                "value",
                "Destination array is not long enough to copy all the items in the collection. "
                "Check array index and length.",
            )
        return made(struct.unpack_from(layout, to_bytes(data), start)[0])


for _name in _READERS:
    _declare_reader(_name)


@bit_converter.static("GetBytes")
def get_bytes(value: object) -> PSArray:
    """Give the bytes of a number, the lowest first."""
    if isinstance(value, Char):
        return byte_array(struct.pack("<H", ord(value)))
    layout = _WRITERS.get(type(value))
    if layout is None:
        layout, value = "<i", convert_to(None, value, require_type("int"))
    return byte_array(struct.pack(layout, value))


@bit_converter.static("ToString")
def to_hexadecimal(data: ByteArray, start: int = 0, length: int = -1) -> str:
    """Write bytes as 01-AB-FF."""
    part = to_bytes(data)[start:] if length < 0 else to_bytes(data)[start : start + length]
    return part.hex("-").upper()


@bit_converter.static("ToBoolean")
def to_boolean_at(data: ByteArray, start: int) -> bool:
    """Read a Boolean."""
    return bool(data.items[start])


@bit_converter.static("DoubleToInt64Bits")
def double_bits(value: float) -> Int64:
    """Give the bits of a Double as a whole number."""
    return Int64(struct.unpack("<q", struct.pack("<d", value))[0])
