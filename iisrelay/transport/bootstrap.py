"""How a script travels: a small command line starts PowerShell, which reads the script and its inputs from its input.

The command line is all that a host's process list and logs show; script and inputs are data on standard input.
"""

import base64
import gzip
from collections.abc import Iterator, Mapping
from functools import cache

from iisrelay.script.templates import partial

TEMPLATE = "bootstrap.ps1"
END_MARK = "IISRELAY-END"
# -InputFormat None keeps PowerShell itself from reading the input; -OutputFormat Text keeps CLIXML out of the errors.
OPTIONS = (
    *("-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass"),
    *("-InputFormat", "None", "-OutputFormat", "Text"),
)


@cache
def arguments() -> tuple[str, ...]:
    """Give the arguments for powershell.exe that make it read a payload."""
    return encoded(_code())


def encoded(code: str) -> tuple[str, ...]:
    """Give the arguments for powershell.exe that make it run some code, which has its standard input to itself."""
    return (*OPTIONS, "-EncodedCommand", base64.b64encode(code.encode("utf-16-le")).decode())


def _code() -> str:
    lines = (line.strip() for line in partial(TEMPLATE).splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("#"))


def payload(script: str, inputs: Mapping[str, str]) -> bytes:
    """Pack a script and its inputs for standard input: plain ASCII, so that no code page can harm it."""
    values = "\n".join(f"{_base64(name)}:{_base64(value)}" for name, value in inputs.items())
    return b"\n".join([_packed(script), _packed(values), END_MARK.encode(), b""])


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _packed(text: str) -> bytes:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0))


def pieces(data: bytes, size: int) -> Iterator[tuple[bytes, bool]]:
    """Cut data into pieces of at most a size; the last one is marked."""
    for start in range(0, len(data), size):
        yield data[start : start + size], start + size >= len(data)
