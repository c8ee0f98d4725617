"""Streams whose bytes arrive over time (network, TLS), and StreamReader over them."""

from __future__ import annotations

import codecs

from iisrelay.lab.powershell.dotnet.encoding import UTF8, Encoding
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.dotnet.streams import ByteStream
from iisrelay.lab.powershell.dotnet.text_streams import StreamReader, stream_reader
from iisrelay.lab.powershell.errors import NetError

INFINITE = -1
CHUNK_SIZE = 1024  # StreamReader's own buffer: a shorter read means that nothing more is there for now


class LiveStream(ByteStream):
    """A stream without a length. Subclasses give ``read``, ``write`` and ``close``; reading waits for bytes."""

    read_timeout = INFINITE  # milliseconds
    write_timeout = INFINITE

    def set_timeouts(self, *, read_ms: int | None = None, write_ms: int | None = None) -> None:
        """Set how long reading and writing wait, in milliseconds."""
        self.read_timeout = self.read_timeout if read_ms is None else read_ms
        self.write_timeout = self.write_timeout if write_ms is None else write_ms

    def read_rest(self) -> bytes:
        """Read until the other side ends the stream."""
        return b"".join(iter(lambda: self.read(CHUNK_SIZE), b""))

    def flush(self) -> None:
        """Do nothing: what is written is sent at once."""


class LiveReader(StreamReader):
    """A reader over a live stream; it reads no more of it than it is asked for."""

    def __init__(self, base: LiveStream, encoding: Encoding) -> None:
        super().__init__("", base, encoding)
        self.live = base
        self.decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
        self.is_idle = False

    def fill(self) -> bool:
        """Wait for more text; tell whether there was any."""
        chunk = self.live.read(CHUNK_SIZE)
        self.is_idle = len(chunk) < CHUNK_SIZE
        self.text = self.text[self.position :] + self.decoder.decode(chunk, final=not chunk)
        self.position = 0
        return bool(chunk)

    def at_end(self) -> bool:
        """Tell whether the other side has ended the stream, which waits for more."""
        while self.position >= len(self.text):
            if not self.fill():
                return True
        return False

    def read_line(self) -> str | None:
        """Read a line; waits for its end."""
        while "\n" not in self.text[self.position :] and self.fill():
            pass
        return super().read_line()

    def read_rest(self) -> str:
        """Read until the other side ends the stream."""
        while self.fill():
            pass
        return super().read_rest()

    def read(self) -> int:
        """Read a character; waits for it."""
        return -1 if self.at_end() else super().read()

    def peek(self) -> int:
        """Give the next character, or -1 when it would have to be waited for, as .NET does."""
        if self.position >= len(self.text) and self.is_idle:
            return -1
        return -1 if self.at_end() else super().peek()


live_stream = declare("System.IO.LiveStream", python=LiveStream, bases=("System.IO.Stream",))
live_stream.getter("CanSeek")(lambda _value: False)
live_stream.getter("CanTimeout")(lambda _value: True)
live_stream.getter("ReadTimeout")(lambda value: value.read_timeout)
live_stream.getter("WriteTimeout")(lambda value: value.write_timeout)


def no_seeking() -> NetError:
    """Make the error of asking for a place in such a stream."""
    return NetError("System.NotSupportedException", "This stream does not support seek operations.")


@live_stream.getter("Length", "Position")
def no_position(_value: LiveStream) -> None:
    """Refuse."""
    raise no_seeking()


@live_stream.setter("Position")
def no_move(_value: LiveStream, _position: object) -> None:
    """Refuse."""
    raise no_seeking()


@live_stream.setter("ReadTimeout")
def set_read_timeout(value: LiveStream, timeout_ms: int) -> None:
    """Set how long reading waits, in milliseconds."""
    value.set_timeouts(read_ms=timeout_ms)


@live_stream.setter("WriteTimeout")
def set_write_timeout(value: LiveStream, timeout_ms: int) -> None:
    """Set how long writing waits, in milliseconds."""
    value.set_timeouts(write_ms=timeout_ms)


@stream_reader.constructor
def new_live_reader(
    stream: LiveStream, encoding: Encoding | None = None, _detect: bool = True, _size: int = 0
) -> LiveReader:
    """Read text as it arrives."""
    return LiveReader(stream, encoding or UTF8)
