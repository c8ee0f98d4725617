"""System.Console: the process's standard input, output and error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.encoding import OEM_437, Encoding
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.dotnet.streams import ByteStream
from iisrelay.lab.powershell.dotnet.text_streams import TextReader, TextWriter, shown
from iisrelay.lab.powershell.formatstrings import format_composite
from iisrelay.lab.powershell.values import NetEnum

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine


class ConsoleReader(TextReader):
    """[Console]::In."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("")
        self.engine = engine

    def read_line(self) -> str | None:
        """Read a line."""
        return self.engine.read_line()

    def read_rest(self) -> str:
        """Read what is left."""
        return self.engine.read_all()

    def read(self) -> int:
        """Read a character's code from a line fetched for that."""
        if self.position >= len(self.text):
            line = self.engine.read_line()
            if line is None:
                return -1
            self.text, self.position = line + "\r\n", 0
        return super().read()

    def peek(self) -> int:
        """Nothing is known about a pipe without reading it."""
        return -1


class ConsoleWriter(TextWriter):
    """[Console]::Out and [Console]::Error."""

    def __init__(self, sink: Callable[[str], None]) -> None:
        self.sink = sink

    def write(self, text: str) -> None:
        """Write."""
        self.sink(text)


class ConsoleStream(ByteStream):
    """Standard output opened as a stream of bytes."""

    def __init__(self, sink: Callable[[str], None], encoding: Encoding) -> None:
        super().__init__()
        self.sink = sink
        self.encoding = encoding

    def write(self, part: bytes) -> None:
        """Write bytes as the text they are."""
        self.sink(self.encoding.decode(part))


console = declare("System.Console")
_DARK = ("Black", "DarkBlue", "DarkGreen", "DarkCyan", "DarkRed", "DarkMagenta", "DarkYellow", "Gray")
_COLORS = (*_DARK, "DarkGray", "Blue", "Green", "Cyan", "Red", "Magenta", "Yellow", "White")
declare_enum("System.ConsoleColor", {name: place for place, name in enumerate(_COLORS)})
declare("System.IO.ConsoleReader", python=ConsoleReader, bases=("System.IO.TextReader",))
declare("System.IO.ConsoleWriter", python=ConsoleWriter, bases=("System.IO.TextWriter",))
declare("System.IO.ConsoleStream", python=ConsoleStream, bases=("System.IO.Stream",))
console.static_getter("In")(ConsoleReader)
console.static_getter("Out")(lambda engine: ConsoleWriter(engine.out))
console.static_getter("Error")(lambda engine: ConsoleWriter(engine.err))
console.static_getter("IsInputRedirected", "IsOutputRedirected", "IsErrorRedirected")(lambda: True)
console.static_getter("WindowWidth", "BufferWidth")(lambda: 80)
console.static_getter("WindowHeight", "BufferHeight")(lambda: 25)
console.static_getter("CursorLeft", "CursorTop")(lambda: 0)
console.static_getter("KeyAvailable", "CapsLock", "NumberLock")(lambda: False)
console.static_setter("Title", "CursorVisible", "TreatControlCAsInput", "BufferWidth", "BufferHeight")(
    lambda _item: None
)
console.static_getter("Title")(lambda: "Administrator: Windows PowerShell")
console.static("ResetColor", "Clear", "Beep")(lambda: None)
for _name, _default in (("ForegroundColor", 7), ("BackgroundColor", 0)):
    console.static_getter(_name)(lambda number=_default: NetEnum(number, "System.ConsoleColor"))
    console.static_setter(_name)(lambda _item: None)
_ENCODINGS = {"OutputEncoding": "console_output_encoding", "InputEncoding": "console_input_encoding"}


def _declare_encoding(name: str) -> None:
    attribute = _ENCODINGS[name]

    @console.static_getter(name)
    def get_encoding(engine: Engine) -> object:
        return getattr(engine, attribute, OEM_437)

    @console.static_setter(name)
    def set_encoding(engine: Engine, item: Encoding) -> None:
        setattr(engine, attribute, item)


for _name in _ENCODINGS:
    _declare_encoding(_name)


@console.static("SetOut", "SetError", "SetIn")
def replace_stream(_item: object) -> None:
    """Accept another stream; the lab's output stays where it is."""


@console.static("ReadLine")
def read_line(engine: Engine) -> str | None:
    """Read a line."""
    return engine.read_line()


@console.static("Write")
def write(engine: Engine, item: object) -> None:
    """Write a value."""
    engine.out(shown(engine, item))


@console.static("Write")
def write_format(engine: Engine, text: str, argument: object, *arguments: object) -> None:
    """Write a filled composite format."""
    engine.out(format_composite(engine, text, (argument, *arguments)))


@console.static("WriteLine")
def write_empty_line(engine: Engine) -> None:
    """End a line."""
    engine.out("\r\n")


@console.static("WriteLine")
def write_line(engine: Engine, item: object) -> None:
    """Write a value and end the line."""
    engine.out(shown(engine, item) + "\r\n")


@console.static("WriteLine")
def write_format_line(engine: Engine, text: str, argument: object, *arguments: object) -> None:
    """Write a filled composite format and end the line."""
    engine.out(format_composite(engine, text, (argument, *arguments)) + "\r\n")


@console.static("OpenStandardOutput")
def open_output(engine: Engine) -> ConsoleStream:
    """Open standard output as bytes."""
    return ConsoleStream(engine.out, getattr(engine, "console_output_encoding", OEM_437))


@console.static("OpenStandardError")
def open_error(engine: Engine) -> ConsoleStream:
    """Open standard error as bytes."""
    return ConsoleStream(engine.err, getattr(engine, "console_output_encoding", OEM_437))


@console.static("OpenStandardInput")
def open_input(engine: Engine) -> ByteStream:
    """Open standard input as bytes."""
    encoding = getattr(engine, "console_input_encoding", OEM_437)
    return ByteStream(encoding.encode(engine.read_all()))
