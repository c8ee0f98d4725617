"""System.IO streams: memory, files, gzip and deflate; readers and writers of text and bytes."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.dotnet.byte_arrays import byte_array, to_bytes
from iisrelay.lab.powershell.dotnet.registry import declare, declare_enum
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.values import Byte, Int64, PSArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.annotations import ByteArray, CompressionMode, SeekOrigin

declare_enum("System.IO.SeekOrigin", {"Begin": 0, "Current": 1, "End": 2})
declare_enum("System.IO.Compression.CompressionMode", {"Decompress": 0, "Compress": 1})
declare_enum("System.IO.Compression.CompressionLevel", {"Optimal": 0, "Fastest": 1, "NoCompression": 2})


class ByteStream:
    """A stream over bytes in memory; ``on_close`` takes what was written (to a file, to a stream below)."""

    def __init__(self, data: bytes = b"", *, on_close: Callable[[bytes], None] | None = None) -> None:
        self.data = bytearray(data)
        self.position = 0
        self.on_close = on_close
        self.is_closed = False

    def read(self, count: int) -> bytes:
        """Read up to a number of bytes."""
        self.check_open()
        part = bytes(self.data[self.position : self.position + count])
        self.position += len(part)
        return part

    def read_rest(self) -> bytes:
        """Read what is left."""
        return self.read(len(self.data))

    def write(self, part: bytes) -> None:
        """Write at the position."""
        self.check_open()
        if self.position > len(self.data):
            self.data.extend(bytes(self.position - len(self.data)))
        self.data[self.position : self.position + len(part)] = part
        self.position += len(part)

    def flush(self) -> None:
        """Hand over what was written so far."""
        if self.on_close is not None:
            self.on_close(bytes(self.data))

    def close(self) -> None:
        """Hand over what was written and refuse further use."""
        if not self.is_closed:
            self.is_closed = True
            self.flush()

    def check_open(self) -> None:
        """Fail when the stream is closed."""
        if self.is_closed:
            raise NetError("System.ObjectDisposedException", "Cannot access a closed Stream.")


class MemoryStream(ByteStream):
    """System.IO.MemoryStream."""


class FileStream(ByteStream):
    """System.IO.FileStream."""


class CompressionStream(ByteStream):
    """GZipStream and DeflateStream: compresses into the stream below when closed, or reads from it decompressed."""

    def __init__(self, base: ByteStream, *, compress: bool, window: int, leave_open: bool) -> None:
        self.base = base
        self.window = window
        self.leave_open = leave_open
        super().__init__(b"" if compress else self._decompressed(base), on_close=self._compressed if compress else None)

    def _decompressed(self, base: ByteStream) -> bytes:
        engine = zlib.decompressobj(self.window)
        try:
            return engine.decompress(base.read_rest()) + engine.flush()
        except zlib.error:
            message = "The magic number in GZip header is not correct. Make sure you are passing in a GZip stream."
            raise NetError("System.IO.InvalidDataException", message) from None

    def _compressed(self, data: bytes) -> None:
        if self.is_closed:
            engine = zlib.compressobj(wbits=self.window)
            self.base.write(engine.compress(data) + engine.flush())

    def close(self) -> None:
        """Close this stream, and the one below unless it is to stay open."""
        super().close()
        if not self.leave_open:
            self.base.close()


stream = declare("System.IO.Stream", python=ByteStream, bases=("System.MarshalByRefObject", "System.IDisposable"))
stream.getter("Length")(lambda value: Int64(len(value.data)))
stream.getter("Position")(lambda value: Int64(value.position))
stream.getter("CanRead", "CanWrite", "CanSeek")(lambda value: not value.is_closed)
stream.method("Close", "Dispose")(lambda value: value.close())
stream.method("Flush")(lambda value: value.flush())


@stream.setter("Position")
def set_position(value: ByteStream, position: Int64) -> None:
    """Move to a place."""
    value.position = int(position)


@stream.method("Seek")
def seek(value: ByteStream, offset: Int64, origin: SeekOrigin) -> Int64:
    """Move to a place relative to the start, the position or the end."""
    base = (0, value.position, len(value.data))[int(origin)]
    value.position = base + int(offset)
    return Int64(value.position)


@stream.method("SetLength")
def set_length(value: ByteStream, length: Int64) -> None:
    """Cut or fill up with zeros."""
    value.data = value.data[: int(length)].ljust(int(length), b"\0")


@stream.method("Read")
def read(value: ByteStream, buffer: ByteArray, start: int, count: int) -> int:
    """Read into a buffer; give the number of bytes."""
    part = value.read(count)
    buffer.items[start : start + len(part)] = map(Byte, part)
    return len(part)


@stream.method("ReadByte")
def read_byte(value: ByteStream) -> int:
    """Read a byte, or -1 at the end."""
    part = value.read(1)
    return part[0] if part else -1


@stream.method("Write")
def write(value: ByteStream, buffer: ByteArray, start: int, count: int) -> None:
    """Write a part of a buffer."""
    value.write(to_bytes(buffer)[start : start + count])


@stream.method("WriteByte")
def write_byte(value: ByteStream, byte: Byte) -> None:
    """Write a byte."""
    value.write(bytes([byte]))


@stream.method("CopyTo")
def copy_to(value: ByteStream, target: ByteStream) -> None:
    """Copy what is left into another stream."""
    target.write(value.read_rest())


memory_stream = declare("System.IO.MemoryStream", python=MemoryStream, bases=("System.IO.Stream",))
memory_stream.getter("Capacity")(lambda value: len(value.data))


@memory_stream.constructor
def new_memory_stream() -> MemoryStream:
    """Make an empty stream."""
    return MemoryStream()


@memory_stream.constructor
def new_memory_stream_of(data: ByteArray, _writable: bool = True) -> MemoryStream:
    """Make a stream over bytes."""
    return MemoryStream(to_bytes(data))


@memory_stream.constructor
def new_memory_stream_of_capacity(_capacity: int) -> MemoryStream:
    """Make an empty stream with room."""
    return MemoryStream()


@memory_stream.constructor
def new_memory_stream_of_part(data: ByteArray, start: int, count: int) -> MemoryStream:
    """Make a stream over a part."""
    return MemoryStream(to_bytes(data)[start : start + count])


@memory_stream.method("ToArray", "GetBuffer")
def to_array(value: MemoryStream) -> PSArray:
    """Give all bytes."""
    return byte_array(value.data)


@memory_stream.method("WriteTo")
def write_to(value: MemoryStream, target: ByteStream) -> None:
    """Write all bytes into another stream."""
    target.write(bytes(value.data))


declare("System.IO.FileStream", python=FileStream, bases=("System.IO.Stream",))
declare("System.IO.Compression.CompressionStream", python=CompressionStream, bases=("System.IO.Stream",))


def _declare_compression(name: str, window: int) -> None:
    declared = declare(f"System.IO.Compression.{name}", bases=("System.IO.Compression.CompressionStream",))

    @declared.constructor
    def new_compression(base: ByteStream, mode: CompressionMode, leave_open: bool = False) -> CompressionStream:
        return CompressionStream(base, compress=bool(mode), window=window, leave_open=leave_open)


_declare_compression("GZipStream", 31)
_declare_compression("DeflateStream", -15)
stream.getter("BaseStream")(lambda value: getattr(value, "base", value))
