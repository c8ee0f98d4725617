"""The protocol log of a virtual server in W3C extended format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.errors import NetError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from iisrelay.lab.smtp.server_settings import ServerSettings

W3C_MODULE = "{FF160663-DE82-11CF-BC0A-00AA006111E0}"
# Field and bit of LogExtFileFlags, in the order of the columns.
FIELDS = {
    "date": 0x1, "time": 0x2, "c-ip": 0x4, "cs-username": 0x8, "s-sitename": 0x10, "s-computername": 0x20,
    "s-ip": 0x40, "s-port": 0x8000, "cs-method": 0x80, "cs-uri-stem": 0x100, "cs-uri-query": 0x200, "sc-status": 0x400,
    "sc-win32-status": 0x800, "sc-bytes": 0x1000, "cs-bytes": 0x2000, "time-taken": 0x4000, "cs-version": 0x80000,
    "cs-host": 0x100000, "cs(User-Agent)": 0x10000, "cs(Cookie)": 0x20000, "cs(Referer)": 0x40000,
}  # fmt: skip
_PRODUCT_VERSIONS = {"2008r2": "7.5", "2012": "8.0", "2012r2": "8.5"}


class ProtocolLog:
    """Writes the log of one virtual server, if it is switched on.

    Every start of the virtual server writes the head of the file anew, as the real service does. There is one file a
    day, whatever LogFilePeriod says.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.fields: tuple[str, ...] = ()

    def inbound(self, client: str, greeting: str, verb: str, argument: str, answer: str) -> None:
        """Log a client's command with the code of the answer; what follows AUTH is not logged."""
        query = "" if verb == "AUTH" else argument
        status = answer[:3] if answer[:3].isdecimal() else "0"
        self._write(
            {"c-ip": client, "cs-username": greeting or "-", "cs-method": verb, "sc-status": status, "s-port": "0",
             "cs-uri-query": f"+{query}" if query else "-", "cs-bytes": str(len(argument) + len(verb) + 1)}
        )  # fmt: skip

    def outbound(self, host: str, port: int, *, command: str = "", answer: str = "") -> None:
        """Log a command to another server, or its answer's first line."""
        verb, _, argument = command.partition(" ")
        self._write(
            {"c-ip": host, "cs-username": f"OutboundConnection{'Command' if command else 'Response'}",
             "s-port": str(port), "cs-method": verb or "-", "cs-uri-query": argument or answer or "-", "sc-status": "0",
             "sc-bytes": str(len(command or answer))}
        )  # fmt: skip

    def _write(self, row: Mapping[str, str]) -> None:
        if not self.settings.number("LogType") or self.settings.text("LogPluginClsid") not in {W3C_MODULE, ""}:
            return
        mask = self.settings.number("LogExtFileFlags")
        now = self.settings.machine.clock.now()
        common = {
            "date": f"{now:%Y-%m-%d}",
            "time": f"{now:%H:%M:%S}",
            "s-sitename": f"SMTPSVC{self.settings.key.name}",
            "s-computername": self.settings.machine.name.upper(),
            "cs-version": "SMTP",
            "sc-win32-status": "0",
            "time-taken": "0",
        }
        fields = tuple(name for name, bit in FIELDS.items() if mask & bit)
        values = {**common, **row}
        line = " ".join(values.get(name, "-").replace(" ", "+") or "-" for name in fields)
        self._append(now, self._head(now, fields) + line + "\r\n")

    def _head(self, now: dt.datetime, fields: tuple[str, ...]) -> str:
        if fields == self.fields:
            return ""
        self.fields = fields
        version = _PRODUCT_VERSIONS.get(self.settings.machine.windows.key, "10.0")
        return (
            f"#Software: Microsoft Internet Information Services {version}\r\n#Version: 1.0\r\n"
            f"#Date: {now:%Y-%m-%d %H:%M:%S}\r\n#Fields: {' '.join(fields)} \r\n"
        )

    def _append(self, now: dt.datetime, text: str) -> None:
        files = self.settings.machine.files
        folder = rf"{self.settings.folder('LogFileDirectory')}\SmtpSvc{self.settings.key.name}"
        try:
            files.make_directory(folder)
            files.append_bytes(rf"{folder}\ex{now:%y%m%d}.log", text.encode("utf-8", "replace"))
        except NetError:
            return  # a folder that cannot be written stops no mail
