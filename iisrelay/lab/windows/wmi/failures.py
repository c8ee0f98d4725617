"""The errors of WMI, as System.Management raises them."""

from __future__ import annotations

from iisrelay.lab.powershell.errors import NetError

ACCESS_DENIED = 0x80041003
NOT_FOUND = 0x80041002
INVALID_PARAMETER = 0x80041008
PROVIDER_NOT_CAPABLE = 0x80041024
INVALID_NAMESPACE = 0x8004100E
INVALID_CLASS = 0x80041010
INVALID_QUERY = 0x80041017
INVALID_METHOD = 0x8004102F
INVALID_OBJECT_PATH = 0x8004103A
TYPE_MISMATCH = 0x80041005

_TEXTS = {
    ACCESS_DENIED: "Access denied ",
    NOT_FOUND: "Not found ",
    INVALID_PARAMETER: "Invalid parameter ",
    PROVIDER_NOT_CAPABLE: "Provider is not capable of the attempted operation ",
    INVALID_NAMESPACE: "Invalid namespace ",
    INVALID_CLASS: "Invalid class ",
    INVALID_QUERY: "Invalid query ",
    INVALID_METHOD: "Invalid method ",
    INVALID_OBJECT_PATH: "Invalid object path ",
    TYPE_MISMATCH: "Type mismatch ",
}


def management_error(status: int, detail: str = "") -> NetError:
    """Make the ManagementException of a WBEM status; Get-WmiObject names the culprit behind the text."""
    message = f'{_TEXTS[status].rstrip()} "{detail}"' if detail else _TEXTS[status]
    return NetError("System.Management.ManagementException", message, hresult=status)
