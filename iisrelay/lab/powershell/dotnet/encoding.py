"""System.Text.Encoding and its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.code_units import joined
from iisrelay.lab.powershell.dotnet.byte_arrays import byte_array, to_bytes
from iisrelay.lab.powershell.dotnet.registry import declare
from iisrelay.lab.powershell.errors import NetError, argument_error
from iisrelay.lab.powershell.values import Char, PSArray

if TYPE_CHECKING:
    from iisrelay.lab.powershell.annotations import ByteArray, CharArray
    from iisrelay.lab.powershell.engine import Engine


class Encoding:
    """A character encoding: its .NET name, Python codec, code page and byte order mark."""

    def __init__(self, web_name: str, codec: str, code_page: int, mark: bytes = b"", net_name: str = "") -> None:
        self.web_name = web_name
        self.codec = codec
        self.code_page = code_page
        self.mark = mark
        self.net_name = net_name

    def encode(self, text: str) -> bytes:
        """Encode; what has no place becomes a question mark."""
        text = joined(text)
        if self.codec.startswith("utf"):
            return text.encode(self.codec, "surrogatepass" if self.codec != "utf-8" else "replace")
        return text.encode(self.codec, "replace")

    def decode(self, data: bytes) -> str:
        """Decode; what is malformed becomes U+FFFD (in ASCII a question mark)."""
        if self.codec == "ascii":
            return "".join(chr(byte) if byte < 128 else "?" for byte in data)
        return data.decode(self.codec, "replace")

    def __str__(self) -> str:
        return f"System.Text.{self.net_name}"


UTF8 = Encoding("utf-8", "utf-8", 65001, b"\xef\xbb\xbf", "UTF8Encoding")
UTF8_WITHOUT_MARK = Encoding("utf-8", "utf-8", 65001, b"", "UTF8Encoding")
UNICODE = Encoding("utf-16", "utf-16-le", 1200, b"\xff\xfe", "UnicodeEncoding")
BIG_ENDIAN = Encoding("utf-16BE", "utf-16-be", 1201, b"\xfe\xff", "UnicodeEncoding")
UTF32 = Encoding("utf-32", "utf-32-le", 12000, b"\xff\xfe\0\0", "UTF32Encoding")
UTF7 = Encoding("utf-7", "utf-7", 65000, b"", "UTF7Encoding")
ASCII = Encoding("us-ascii", "ascii", 20127, b"", "ASCIIEncoding")
WINDOWS_1252 = Encoding("Windows-1252", "cp1252", 1252, b"", "SBCSCodePageEncoding")
LATIN1 = Encoding("iso-8859-1", "latin-1", 28591, b"", "Latin1Encoding")
OEM_437 = Encoding("IBM437", "cp437", 437, b"", "SBCSCodePageEncoding")
OEM_850 = Encoding("ibm850", "cp850", 850, b"", "SBCSCodePageEncoding")
ALL = (UTF8, UNICODE, BIG_ENDIAN, UTF32, UTF7, ASCII, WINDOWS_1252, LATIN1, OEM_437, OEM_850)

encoding = declare("System.Text.Encoding", python=Encoding, bases=("System.Object", "System.ICloneable"))
encoding.constants(
    UTF8=UTF8,
    Unicode=UNICODE,
    BigEndianUnicode=BIG_ENDIAN,
    UTF32=UTF32,
    UTF7=UTF7,
    ASCII=ASCII,
    Default=WINDOWS_1252,
)
encoding.properties("WebName", "CodePage")
encoding.getter("BodyName", "HeaderName")(lambda value: value.web_name)
encoding.getter("EncodingName")(lambda value: value.web_name)
encoding.getter("IsSingleByte")(lambda value: not value.codec.startswith("utf"))


@encoding.method("GetBytes")
def get_bytes(value: Encoding, text: str) -> PSArray:
    """Encode a text."""
    return byte_array(value.encode(text))


@encoding.method("GetBytes")
def get_bytes_of_letters(value: Encoding, letters: CharArray) -> PSArray:
    """Encode an array of letters."""
    return byte_array(value.encode("".join(map(str, letters))))


@encoding.method("GetString")
def get_string(value: Encoding, data: ByteArray) -> str:
    """Decode bytes."""
    return value.decode(to_bytes(data))


@encoding.method("GetString")
def get_part(value: Encoding, data: ByteArray, start: int, count: int) -> str:
    """Decode a part."""
    return value.decode(to_bytes(data)[start : start + count])


@encoding.method("GetChars")
def get_chars(value: Encoding, data: ByteArray) -> PSArray:
    """Decode bytes into letters."""
    return PSArray(map(Char, value.decode(to_bytes(data))), "System.Char")


@encoding.method("GetByteCount")
def get_byte_count(value: Encoding, text: str) -> int:
    """Count the bytes of a text."""
    return len(value.encode(text))


@encoding.method("GetCharCount")
def get_char_count(value: Encoding, data: ByteArray) -> int:
    """Count the letters in bytes."""
    return len(value.decode(to_bytes(data)))


@encoding.method("GetPreamble")
def get_preamble(value: Encoding) -> PSArray:
    """Give the byte order mark."""
    return byte_array(value.mark)


def find_encoding(name: object) -> Encoding:
    """Find an encoding by name or code page."""
    if isinstance(name, int):
        found = next((each for each in ALL if each.code_page == (int(name) or 1252)), None)
    else:
        lower = str(name).lower()
        names = {"ascii": ASCII, "unicode": UNICODE, "latin1": LATIN1, "utf8": UTF8, "utf-16le": UNICODE}
        found = names.get(lower) or next((each for each in ALL if each.web_name.lower() == lower), None)
    if found is None:
        raise argument_error("name", f"'{name}' is not a supported encoding name.")
    return found


@encoding.static("GetEncoding")
def get_encoding(name: object) -> Encoding:
    """Find an encoding."""
    return find_encoding(name)


@encoding.static("Convert")
def convert_bytes(source: Encoding, target: Encoding, data: ByteArray) -> PSArray:
    """Decode and encode again."""
    return byte_array(target.encode(source.decode(to_bytes(data))))


@encoding.converter
def convert(_: Engine | None, value: object) -> object:
    """Names and code pages are looked up."""
    return find_encoding(value) if isinstance(value, str | int) else NotImplemented


_utf8 = declare("System.Text.UTF8Encoding", bases=("System.Text.Encoding",))


@_utf8.constructor
def new_utf8(emit_mark: bool = False, throw_on_invalid: bool = False) -> Encoding:
    """Make UTF-8, with or without a byte order mark."""
    return StrictEncoding(emit_mark=emit_mark) if throw_on_invalid else (UTF8 if emit_mark else UTF8_WITHOUT_MARK)


class StrictEncoding(Encoding):
    """UTF-8 that refuses malformed bytes."""

    def __init__(self, *, emit_mark: bool) -> None:
        super().__init__("utf-8", "utf-8", 65001, UTF8.mark if emit_mark else b"", "UTF8Encoding")

    def decode(self, data: bytes) -> str:
        """Decode or fail."""
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            shown = f"[{data[error.start]:02X}]"
            message = f"Unable to translate bytes {shown} at index {error.start} from specified code page to Unicode."
            raise NetError("System.Text.DecoderFallbackException", message) from None


_unicode = declare("System.Text.UnicodeEncoding", bases=("System.Text.Encoding",))


@_unicode.constructor
def new_unicode(big_endian: bool = False, emit_mark: bool = True) -> Encoding:
    """Make UTF-16."""
    chosen = BIG_ENDIAN if big_endian else UNICODE
    return chosen if emit_mark else Encoding(chosen.web_name, chosen.codec, chosen.code_page, b"", "UnicodeEncoding")


_ascii = declare("System.Text.ASCIIEncoding", bases=("System.Text.Encoding",))
_ascii.constructor(lambda: ASCII)


def detect(data: bytes, default: Encoding = UTF8) -> tuple[Encoding, bytes]:
    """Recognise a byte order mark: (encoding, the data without the mark)."""
    for each in (UTF8, UTF32, UNICODE, BIG_ENDIAN):
        if data.startswith(each.mark):
            return each, data[len(each.mark) :]
    return default, data
