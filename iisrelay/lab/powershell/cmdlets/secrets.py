"""ConvertTo-SecureString and ConvertFrom-SecureString."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, cmdlet
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.dotnet.security_types import SecureString

if TYPE_CHECKING:
    from collections.abc import Iterator

# What DPAPI's blobs begin with. The lab's own sealing behind it only has to be undone by the same machine and login.
PREFIX = "01000000d08c9ddf0115d1118c7a00c04fc297eb"


@cmdlet(
    "ConvertTo-SecureString",
    Param("String", "string", 0, mandatory=True, pipeline=True),
    Param("AsPlainText", "switch"),
    Param("Force", "switch"),
    Param("Key"),
    Param("SecureKey"),
    streaming=True,
)
def convert_to_secure_string(call: Call) -> Iterator[object]:
    """ConvertTo-SecureString: from plain text (with -Force), or from what ConvertFrom-SecureString gave."""
    text = to_string(None, call.get("String"))
    if not call.has("AsPlainText"):
        yield SecureString(_unsealed(call, text))
        return
    if not call.has("Force"):
        call.engine.fail(
            "The system cannot protect plain text input. To suppress this warning and convert the plain text to "
            "a SecureString, "
            "reissue the command specifying the Force parameter.",
            "ImportSecureString_ForceRequired",
            "InvalidArgument",
            exception="System.ArgumentException",
        )
    yield SecureString(text)


@cmdlet(
    "ConvertFrom-SecureString",
    Param("SecureString", position=0, mandatory=True, pipeline=True),
    Param("Key"),
    Param("SecureKey"),
    streaming=True,
)
def convert_from_secure_string(call: Call) -> Iterator[object]:
    """ConvertFrom-SecureString: as text that this login on this machine can turn back, or whoever has the key."""
    value = call.get("SecureString")
    data = (value.text if isinstance(value, SecureString) else "").encode("utf-16-le")
    yield PREFIX + _mixed(data, _key(call)).hex()


def _key(call: Call) -> bytes:
    key = call.get("Key")
    if key is not None:
        return bytes(int(str(item)) for item in enumerate_value(key) or ())
    return f"{getattr(call.engine.machine, 'name', '')}\\{call.engine.environment.get('USERNAME', '')}".encode()


def _mixed(data: bytes, key: bytes) -> bytes:
    """Mix data with a key stream; applied twice it gives the data again."""
    stream = b"".join(hashlib.sha256(key + bytes([block])).digest() for block in range(len(data) // 32 + 1))
    return bytes(one ^ other for one, other in zip(data, stream, strict=False))


def _unsealed(call: Call, text: str) -> str:
    try:
        sealed = base64.b16decode(text.removeprefix(PREFIX), casefold=True)
    except ValueError:
        call.engine.fail(
            "Input string was not in a correct format.", "ImportSecureString_InvalidArgument", "InvalidArgument",
            exception="System.FormatException",
        )  # fmt: skip
        return ""
    return _mixed(sealed, _key(call)).decode("utf-16-le", "replace")
