"""System.IO readers and writers: StreamReader, StreamWriter, StringReader, StringWriter, BinaryReader, BinaryWriter."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.byte_arrays import byte_array, to_bytes
from iisrelay.lab.powershell.dotnet.encoding import UTF8, UTF8_WITHOUT_MARK, Encoding, detect
from iisrelay.lab.powershell.dotnet.file_access import open_file, read_file
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.dotnet.streams import ByteStream
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.formatstrings import format_composite, format_value
from iisrelay.lab.powershell.values import Byte, Int64, PSArray, UInt32

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import ByteArray
    from iisrelay.lab.powershell.engine import Engine


class TextReader:
    """A reader over a text that is known whole."""

    def __init__(self, text: str, base: ByteStream | None = None, encoding: Encoding = UTF8) -> None:
        self.text = text
        self.position = 0
        self.base = base
        self.encoding = encoding

    def read_line(self) -> str | None:
        """Read a line without its end, or None at the end."""
        if self.position >= len(self.text):
            return None
        end = self.position
        while end < len(self.text) and self.text[end] not in "\r\n":
            end += 1
        line = self.text[self.position : end]
        self.position = end + (2 if self.text[end : end + 2] == "\r\n" else 1)
        return line

    def read_rest(self) -> str:
        """Read what is left."""
        rest = self.text[self.position :]
        self.position = len(self.text)
        return rest

    def read(self) -> int:
        """Read a character's code, or -1 at the end."""
        self.position += 1
        return ord(self.text[self.position - 1]) if self.position <= len(self.text) else -1

    def peek(self) -> int:
        """Give the next character's code without reading it."""
        return ord(self.text[self.position]) if self.position < len(self.text) else -1

    def at_end(self) -> bool:
        """Tell whether all is read."""
        return self.position >= len(self.text)


class StringReader(TextReader):
    """System.IO.StringReader."""


class StreamReader(TextReader):
    """System.IO.StreamReader."""


class TextWriter:
    """A writer; ``write`` is what subclasses give."""

    new_line = "\r\n"

    def write(self, text: str) -> None:
        """Take a text."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish."""

    def flush(self) -> None:
        """Hand over what was written."""


class StringWriter(TextWriter):
    """System.IO.StringWriter."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        """Append."""
        self.text += text

    def __str__(self) -> str:
        return self.text


class StreamWriter(TextWriter):
    """System.IO.StreamWriter."""

    def __init__(self, base: ByteStream, encoding: Encoding) -> None:
        self.base = base
        self.encoding = encoding
        self.pending = encoding.mark if base.position == 0 else b""

    def write(self, text: str) -> None:
        """Encode and write."""
        self.base.write(self.pending + self.encoding.encode(text))
        self.pending = b""

    def close(self) -> None:
        """Close the stream below."""
        self.base.close()

    def flush(self) -> None:
        """Flush the stream below."""
        self.base.flush()


# -- readers ---------------------------------------------------------------------------------------------------------

text_reader = declare(
    "System.IO.TextReader", python=TextReader, bases=("System.MarshalByRefObject", "System.IDisposable")
)
text_reader.method("ReadLine")(lambda value: value.read_line())
text_reader.method("ReadToEnd")(lambda value: value.read_rest())
text_reader.method("Read")(lambda value: value.read())
text_reader.method("Peek")(lambda value: value.peek())
text_reader.method("Close", "Dispose")(lambda value: value.base.close() if getattr(value, "base", None) else None)
string_reader = declare("System.IO.StringReader", python=StringReader, bases=("System.IO.TextReader",))
stream_reader = declare("System.IO.StreamReader", python=StreamReader, bases=("System.IO.TextReader",))
stream_reader.getter("EndOfStream")(lambda value: value.at_end())
stream_reader.getter("BaseStream")(lambda value: value.base)
stream_reader.getter("CurrentEncoding")(lambda value: value.encoding)


@string_reader.constructor
def new_string_reader(text: str) -> StringReader:
    """Read a text."""
    return StringReader(text)


def _stream_reader(data: bytes, base: ByteStream | None, encoding: Encoding) -> StreamReader:
    found, rest = detect(data, encoding)
    return StreamReader(found.decode(rest), base, found)


@stream_reader.constructor
def new_stream_reader(stream: ByteStream, encoding: Encoding | None = None, _detect: bool = True) -> StreamReader:
    """Read a stream; a byte order mark wins over the encoding."""
    return _stream_reader(stream.read_rest(), stream, encoding or UTF8)


@stream_reader.constructor
def new_file_reader(engine: Engine, path: str, encoding: Encoding | None = None, _detect: bool = True) -> StreamReader:
    """Read a file."""
    return _stream_reader(read_file(engine, path), None, encoding or UTF8)


# -- writers ---------------------------------------------------------------------------------------------------------

text_writer = declare(
    "System.IO.TextWriter", python=TextWriter, bases=("System.MarshalByRefObject", "System.IDisposable")
)
text_writer.properties("NewLine")
text_writer.method("Close", "Dispose")(lambda value: value.close())
text_writer.method("Flush")(lambda value: value.flush())
text_writer.getter("AutoFlush")(lambda _value: False)
text_writer.setter("AutoFlush")(lambda _value, _item: None)


@text_writer.setter("NewLine")
def set_new_line(value: TextWriter, item: str) -> None:
    """Set what ends a line."""
    value.new_line = item


def shown(engine: Engine, item: object) -> str:
    """Give a value as writers write it."""
    if isinstance(item, PSArray) and item.element == "System.Char":
        return "".join(map(str, item))
    return format_value(engine, item, "")


@text_writer.method("Write")
def write(engine: Engine, value: TextWriter, item: object) -> None:
    """Write a value."""
    value.write(shown(engine, item))


@text_writer.method("Write")
def write_format(engine: Engine, value: TextWriter, text: str, argument: object, *arguments: object) -> None:
    """Write a filled composite format."""
    value.write(format_composite(engine, text, (argument, *arguments)))


@text_writer.method("WriteLine")
def write_empty_line(value: TextWriter) -> None:
    """End a line."""
    value.write(value.new_line)


@text_writer.method("WriteLine")
def write_line(engine: Engine, value: TextWriter, item: object) -> None:
    """Write a value and end the line."""
    value.write(shown(engine, item) + value.new_line)


@text_writer.method("WriteLine")
def write_format_line(engine: Engine, value: TextWriter, text: str, argument: object, *arguments: object) -> None:
    """Write a filled composite format and end the line."""
    value.write(format_composite(engine, text, (argument, *arguments)) + value.new_line)


string_writer = declare("System.IO.StringWriter", python=StringWriter, bases=("System.IO.TextWriter",))
string_writer.constructor(lambda _culture=None: StringWriter())
string_writer.method("ToString", "GetStringBuilder")(str)
stream_writer = declare("System.IO.StreamWriter", python=StreamWriter, bases=("System.IO.TextWriter",))
stream_writer.getter("BaseStream")(lambda value: value.base)
stream_writer.getter("Encoding")(lambda value: value.encoding)


@stream_writer.constructor
def new_stream_writer(stream: ByteStream, encoding: Encoding | None = None, _buffer: int = 0) -> StreamWriter:
    """Write to a stream."""
    return StreamWriter(stream, encoding or UTF8_WITHOUT_MARK)


@stream_writer.constructor
def new_file_writer(engine: Engine, path: str, append: bool = False, encoding: Encoding | None = None) -> StreamWriter:
    """Write to a file."""
    return StreamWriter(open_file(engine, path, "append" if append else "create"), encoding or UTF8_WITHOUT_MARK)


# -- binary ----------------------------------------------------------------------------------------------------------


class BinaryReader:
    """System.IO.BinaryReader."""

    def __init__(self, base: ByteStream) -> None:
        self.base = base


class BinaryWriter:
    """System.IO.BinaryWriter."""

    def __init__(self, base: ByteStream) -> None:
        self.base = base


binary_reader = declare("System.IO.BinaryReader", python=BinaryReader, bases=("System.Object", "System.IDisposable"))
binary_reader.constructor(lambda stream, _encoding=None: BinaryReader(stream))
binary_reader.getter("BaseStream")(lambda value: value.base)
binary_reader.method("Close", "Dispose")(lambda value: value.base.close())
binary_writer = declare("System.IO.BinaryWriter", python=BinaryWriter, bases=("System.Object", "System.IDisposable"))
binary_writer.constructor(lambda stream, _encoding=None: BinaryWriter(stream))
binary_writer.getter("BaseStream")(lambda value: value.base)
binary_writer.method("Close", "Dispose")(lambda value: value.base.close())
binary_writer.method("Flush")(lambda value: value.base.flush())
_LAYOUTS: dict[str, tuple[str, type]] = {
    "ReadByte": ("<B", Byte),
    "ReadInt16": ("<h", int),
    "ReadInt32": ("<i", int),
    "ReadUInt32": ("<I", UInt32),
    "ReadInt64": ("<q", Int64),
    "ReadDouble": ("<d", float),
    "ReadBoolean": ("<?", bool),
}


def _declare_read(name: str) -> None:
    layout, made = _LAYOUTS[name]

    @binary_reader.method(name)
    def read_number(value: BinaryReader) -> object:
        part = value.base.read(struct.calcsize(layout))
        if len(part) < struct.calcsize(layout):
            raise NetError("System.IO.EndOfStreamException", "Unable to read beyond the end of the stream.")
        return made(struct.unpack(layout, part)[0])


for _name in _LAYOUTS:
    _declare_read(_name)


@binary_reader.method("ReadBytes")
def read_bytes(value: BinaryReader, count: int) -> PSArray:
    """Read bytes."""
    return byte_array(value.base.read(count))


@binary_writer.method("Write")
def write_binary(value: BinaryWriter, item: object) -> None:
    """Write a number or an array of bytes."""
    from iisrelay.lab.powershell.dotnet.convert_type import get_bytes  # noqa: PLC0415 - rare

    if isinstance(item, PSArray):
        value.base.write(to_bytes(item))
    elif isinstance(item, Byte):
        value.base.write(bytes([item]))
    else:
        value.base.write(to_bytes(get_bytes(item)))


@binary_writer.method("Write")
def write_binary_part(value: BinaryWriter, data: ByteArray, start: int, count: int) -> None:
    """Write a part of an array."""
    value.base.write(to_bytes(data)[start : start + count])
