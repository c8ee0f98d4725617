"""The history of applies as text and as JSON."""

import json
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from iisrelay.engine.history import Entry
from iisrelay.plan.change import Change
from iisrelay.plan.saved import change_document
from iisrelay.report.human import difference, print_line
from iisrelay.report.machine import FORMAT
from iisrelay.results import ChangeResult
from iisrelay.status import Outcome


def history_json(entries: Iterable[Entry]) -> str:
    """Give the JSON document of entries."""
    document = {"format": FORMAT, "command": "history", "entries": [_document(entry) for entry in entries]}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _document(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.identity,
        "host": entry.host,
        "command": entry.command,
        "undoes": entry.undoes or None,
        "status": entry.status,
        "started": entry.started.isoformat(timespec="seconds"),
        "finished": entry.finished or None,
        "owner": entry.owner,
        "tool_version": entry.version,
        "backup": entry.backup or None,
        "not_restored": list(entry.not_restored),
        "changes": [
            {**change_document(change), "outcome": outcome, "message": message}
            for change, outcome, message in _judged(entry)
        ],
    }


def _judged(entry: Entry) -> Iterator[tuple[Change, str, str]]:
    """Give the changes with what became of them; an apply that was cut off has no results."""
    results = {result["setting"]: result for result in entry.results}
    for change in entry.changes:
        result = results.get(change.setting, {})
        yield change, result.get("outcome", Outcome.UNKNOWN.value), result.get("message", "")


def print_entries(entries: Iterable[Entry], console: Console) -> None:
    """Print one line an entry."""
    shown = list(entries)
    for entry in shown:
        print_line(console, _heading(entry))
    noun = "entry" if len(shown) == 1 else "entries"
    hint = " `iisrelay rollback ID` undoes one and what came after it." if shown else ""
    print_line(console, Text(f"History: {len(shown)} {noun}.{hint}", style="bold"))


def print_entry(entry: Entry, console: Console) -> None:
    """Print an entry with its changes."""
    print_line(console, _heading(entry))
    print_line(console, Text(f"  by {entry.owner}, iisrelay {entry.version}", style="dim"))
    if entry.backup:
        print_line(console, Text(f"  metabase backup on the host: {entry.backup}", style="dim"))
    for change, outcome, message in _judged(entry):
        text = f"    {change.setting}  {difference(ChangeResult(change))}  {outcome.replace('_', ' ')}"
        print_line(console, Text(f"{text}: {message}" if message else text))


def _heading(entry: Entry) -> Text:
    undoes = f" of {entry.undoes}" if entry.undoes else ""
    count = len(entry.changes)
    what = f"{entry.command}{undoes}, {count} change{'' if count == 1 else 's'}: {entry.status.replace('_', ' ')}"
    return Text.assemble((entry.identity, "bold"), f"  {what}")
