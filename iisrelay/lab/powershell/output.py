"""Out-Default of the console host: text at once, other objects formatted together, messages with their prefixes.

Text that comes while objects are held back stands between the rows of their table, as it does on a console.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from iisrelay.lab.powershell.commands import CMDLETS, Call
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.error_records import ErrorRecord, format_record
from iisrelay.lab.powershell.streams import HostMessage, MessageRecord, Streams
from iisrelay.lab.powershell.values import Char, NetEnum

if TYPE_CHECKING:
    from collections.abc import Callable

    from iisrelay.lab.powershell.engine import Engine

PLAIN = (str, int, float, Decimal, Char, NetEnum)
PREFIXES = {3: "WARNING", 4: "VERBOSE", 5: "DEBUG"}
NEW_LINE = "\r\n"


class HostOutput:
    """Where a process's output goes when no one in the script takes it.

    ``clixml``: error, warning, verbose and debug text goes to standard error as serialized strings, as powershell.exe
    does when it was started with -EncodedCommand and without -OutputFormat.
    """

    def __init__(self, engine: Engine, *, clixml: bool = False, sink: Callable[[str], None] | None = None) -> None:
        self.engine = engine
        self.clixml = clixml
        self.sink = sink  # instead of the process's standard output
        self.pending: list[object] = []
        self._header_written = False

    def put(self, text: str) -> None:
        """Write text as it is."""
        (self.sink or self.engine.out)(text)

    def streams(self) -> Streams:
        """Give the streams of the console."""
        return Streams(
            self.write_error, self.write_message, self.write_message, self.write_message, self.write_information
        )

    def write(self, value: object) -> None:
        """Show an object: text and numbers at once unless objects wait, others when no more of them follow."""
        if isinstance(value, PLAIN) and not self.pending:
            self.put(to_string(self.engine, value) + NEW_LINE)
        elif isinstance(value, ErrorRecord):
            self.write_line(format_record(value, self.engine.version).replace("\n", NEW_LINE))
        elif isinstance(value, HostMessage | MessageRecord):
            self.write_line(str(value))
        elif value is not None:
            self.pending.append(value)

    def flush(self) -> None:
        """Format and show the objects that were held back."""
        if not self.pending:
            return
        items, self.pending = self.pending, []
        formatter = CMDLETS.get("out-string")
        if formatter is None:
            self.put("".join(to_string(self.engine, item) + NEW_LINE for item in items))
            return
        call = Call(self.engine, "Out-String", {}, input=items, has_input=True)
        for text in formatter.function(call) or ():
            self.put(_windows_lines(str(text)))

    def write_line(self, text: str) -> None:
        """Show a line of text."""
        self.flush()
        self.put(text + NEW_LINE)

    def write_error(self, record: object) -> None:
        """Show an error."""
        self.flush()
        if isinstance(record, ErrorRecord) and not record.is_native:
            text = format_record(record, self.engine.version).replace("\n", NEW_LINE)
        else:
            text = str(record)
        self._to_standard_error(text, "Error")

    def write_message(self, record: object) -> None:
        """Show a warning, verbose or debug message."""
        stream = record.stream if isinstance(record, MessageRecord) else 3
        if self.clixml:
            self._to_standard_error(str(record), PREFIXES[stream].lower())
        else:
            self.write_line(f"{PREFIXES[stream]}: {record}")

    def write_information(self, record: object) -> None:
        """Show what Write-Host and Write-Information wrote."""
        self.flush()
        end = "" if isinstance(record, HostMessage) and record.no_new_line else NEW_LINE
        self.put(str(record) + end)

    def _to_standard_error(self, text: str, stream: str) -> None:
        if not self.clixml:
            self.engine.err(text + NEW_LINE)
            return
        if not self._header_written:
            self._header_written = True
            self.engine.err(
                f'#< CLIXML{NEW_LINE}<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
            )
        self.engine.err("".join(f'<S S="{stream}">{_escaped(line)}_x000D__x000A_</S>' for line in text.split(NEW_LINE)))

    def close(self) -> None:
        """Show what is left."""
        self.flush()
        if self._header_written:
            self.engine.err("</Objs>")


def _windows_lines(text: str) -> str:
    return text.replace(NEW_LINE, "\n").replace("\n", NEW_LINE)


def _escaped(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return "".join(character if character >= " " else f"_x{ord(character):04X}_" for character in escaped)
