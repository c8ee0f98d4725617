"""Cmdlets that write objects down (Out-*) or choose the shape they are written in (Format-*)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.collections import enumerate_value
from iisrelay.lab.powershell.commands import Call, Param, Processor, cmdlet, processor
from iisrelay.lab.powershell.conversions import to_string
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.formatting.documents import Document
from iisrelay.lab.powershell.formatting.rendering import CONSOLE_COLUMNS, NEW_LINE, Page, render_lines
from iisrelay.lab.powershell.formatting.shaping import group_column
from iisrelay.lab.powershell.text_files import file_exists, write_text

if TYPE_CHECKING:
    from collections.abc import Iterator

INPUT_OBJECT = Param("InputObject", pipeline=True)
PROPERTY = Param("Property", "object[]", 0)
GROUP_BY = Param("GroupBy")
COMMON_FORMAT = (GROUP_BY, Param("View", "string"), Param("Force", "switch"), Param("DisplayError", "switch"),
                 Param("ShowError", "switch"), Param("Expand", "string"), INPUT_OBJECT)  # fmt: skip


def piped(call: Call) -> list[object]:
    """Give the objects a cmdlet works on: the pipeline's, or those of -InputObject."""
    if call.has_input:
        return call.input
    given = call.get("InputObject")
    return [] if given is None else [given]


def _whole(value: object) -> int:
    return int(to_string(None, value))


@processor("Out-Null", INPUT_OBJECT)
class OutNull(Processor):
    """Out-Null: objects to nowhere."""


@processor("Out-Default", Param("Transcript", "switch"), INPUT_OBJECT)
@processor("Out-Host", Param("Paging", "switch"), INPUT_OBJECT, aliases=("oh",))
class OutHost(Processor):
    """Out-Host: objects to the console, whatever the output is redirected to."""

    def process(self, item: object) -> None:
        """Show an object."""
        self.engine.host_output.write(item)

    def end(self) -> None:
        """Show what was held back."""
        self.engine.host_output.flush()


@cmdlet("Out-String", Param("Stream", "switch"), Param("Width", "int"), INPUT_OBJECT)
def out_string(call: Call) -> Iterator[object]:
    """Out-String: objects as the text that the console would show."""
    width = _whole(call.get("Width", CONSOLE_COLUMNS))
    lines = render_lines(call.engine, piped(call), width)
    if call.has("Stream"):
        yield from lines
    else:
        yield "".join(line + NEW_LINE for line in lines)


def _document(call: Call, shape: str) -> Document:
    requested = call.get("Property")
    items = enumerate_value(requested) if requested is not None else None
    document = Document(shape, group=group_column(call.engine, call.get("GroupBy")))
    document.requested = ([] if requested is None else [requested]) if items is None else list(items)
    document.auto_size = call.has("AutoSize")
    document.forced = call.has("Force")
    document.entries = list(piped(call))
    return document


@cmdlet("Format-Table", PROPERTY, Param("AutoSize", "switch"), Param("HideTableHeaders", "switch"),
        Param("Wrap", "switch"), *COMMON_FORMAT, aliases=("ft",))  # fmt: skip
def format_table(call: Call) -> Iterator[object]:
    """Format-Table: objects as a table."""
    document = _document(call, "table")
    document.hide_headers = call.has("HideTableHeaders")
    document.wrap = call.has("Wrap")
    yield document


@cmdlet("Format-List", PROPERTY, *COMMON_FORMAT, aliases=("fl",))
def format_list(call: Call) -> Iterator[object]:
    """Format-List: objects as lists of their properties."""
    yield _document(call, "list")


@cmdlet("Format-Wide", Param("Property", position=0), Param("AutoSize", "switch"), Param("Column", "int"),
        *COMMON_FORMAT, aliases=("fw",))  # fmt: skip
def format_wide(call: Call) -> Iterator[object]:
    """Format-Wide: one property of each object, in columns."""
    document = _document(call, "wide")
    document.wide_columns = _whole(call.get("Column", 0))
    yield document


@cmdlet("Out-File", Param("FilePath", "string", 0, mandatory=True, aliases=("PSPath", "LiteralPath", "Path")),
        Param("Encoding", "string", 1), Param("Append", "switch"), Param("Force", "switch"),
        Param("NoClobber", "switch", aliases=("NoOverwrite",)), Param("Width", "int"),
        Param("NoNewline", "switch", since="5.0"), INPUT_OBJECT)  # fmt: skip
def out_file(call: Call) -> None:
    """Out-File: objects as text to a file, UTF-16 unless told otherwise."""
    page = Page(call.engine, _whole(call.get("Width", CONSOLE_COLUMNS)))
    for item in piped(call):
        page.show(item)
    page.close()
    end = "" if call.has("NoNewline") else NEW_LINE
    _write(call, "".join(line + end for line in page.lines))


def _write(call: Call, text: str) -> None:
    path = to_string(None, call.get("FilePath"))
    if call.has("NoClobber") and file_exists(call.engine, path):
        raise NetError(
            "System.IO.IOException",
            f"The file '{call.engine.resolve_path(path)}' already exists.",
            identifier="NoClobber",
            category="ResourceExists",
        )
    encoding = to_string(None, call.get("Encoding", "unicode"))
    write_text(call.engine, path, text, encoding=encoding, append=call.has("Append"))
