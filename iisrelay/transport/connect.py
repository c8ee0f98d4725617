"""From a connection of the site file to a transport."""

from iisrelay.site.target import Connection
from iisrelay.transport.base import Transport


def connect(connection: Connection) -> Transport:
    """Make the transport for a connection; nothing is sent before its first script."""
    if connection.kind == "local":
        from iisrelay.transport.local import LocalTransport  # noqa: PLC0415 - a run needs one of the two

        return LocalTransport()
    from iisrelay.transport.winrm import WinRmTransport  # noqa: PLC0415 - as above

    return WinRmTransport(connection)
