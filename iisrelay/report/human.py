"""Text for people: what would change, what was changed, what is wrong, and what to do next."""

import json
from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from iisrelay.errors import IisRelayError, SiteFileError
from iisrelay.plan.change import Change, counted
from iisrelay.report.harmless import harmless
from iisrelay.results import DONE, ChangeResult, HostReport, Report
from iisrelay.settings.stored import Store
from iisrelay.status import Action, HostStatus, Outcome, Restart

SYMBOLS = {Action.CREATE: "+", Action.UPDATE: "~", Action.DELETE: "-"}
COLOURS = {Action.CREATE: "green", Action.UPDATE: "yellow", Action.DELETE: "red"}
EXPLAINED = {Outcome.FAILED, Outcome.NOT_VERIFIED, Outcome.SKIPPED, Outcome.APPLIED, Outcome.UNKNOWN}
OUTCOME_WORDS = {
    Outcome.APPLIED: ("applied", "green"),
    Outcome.UNCHANGED: ("already so", "dim"),
    Outcome.FAILED: ("FAILED", "bold red"),
    Outcome.NOT_VERIFIED: ("NOT VERIFIED", "bold red"),
    Outcome.SKIPPED: ("skipped", "red"),
    Outcome.ROLLED_BACK: ("rolled back", "yellow"),
    Outcome.UNKNOWN: ("UNKNOWN", "bold red"),
}
VERIFIED = {HostStatus.APPLIED, HostStatus.REBOOT_REQUIRED}
STATUS_WORDS = {
    HostStatus.IN_SYNC: ("in sync", "green"),
    HostStatus.CHANGES: ("changes pending", "yellow"),
    HostStatus.APPLIED: ("applied and verified", "green"),
    HostStatus.DRIFT: ("differs from the site file", "yellow"),
    HostStatus.PARTIAL: ("partly applied", "bold red"),
    HostStatus.FAILED: ("failed", "bold red"),
    HostStatus.UNREACHABLE: ("unreachable", "bold red"),
    HostStatus.UNSUPPORTED: ("not supported", "bold red"),
    HostStatus.REFUSED: ("refused", "bold red"),
    HostStatus.REBOOT_REQUIRED: ("applied, reboot required", "yellow"),
}


def print_report(report: Report, console: Console) -> None:
    """Print a run: every host with its changes, then one line that sums up."""
    for host in report.hosts:
        _print_host(host, console)
    print_line(console, Text(_summary(report), style="bold"))


def print_error(error: IisRelayError, console: Console) -> None:
    """Print an error (each problem of a site file on its own line) and the next step."""
    lines = [str(problem) for problem in error.problems] if isinstance(error, SiteFileError) else [error.message]
    for text in lines:
        print_line(console, Text.assemble(("error: ", "bold red"), text))
    if error.hint:
        print_line(console, Text.assemble(("next:  ", "bold"), error.hint))


def _print_host(host: HostReport, console: Console) -> None:
    word, colour = _status_word(host)
    print_line(console, Text.assemble((host.host, "bold"), "  ", (word, colour), (_counts(host), "dim")))
    if host.error:
        print_error(host.error, console)
    for warning in host.warnings:
        print_line(console, Text.assemble("  ", ("! ", "yellow"), warning))
    for heading, results in _sections(host.changes):
        _print_section(heading, results, console)
    _print_footer(host, console)
    print_line(console, Text())


def _status_word(host: HostReport) -> tuple[str, str]:
    word, colour = STATUS_WORDS[host.status]
    if host.command == "rollback" and host.error is None:
        return word.replace("applied", "rolled back"), colour
    return (f"{word}, rolled back" if host.rolled_back else word), colour


def _counts(host: HostReport) -> str:
    outcomes = Counter(result.outcome for result in host.changes)
    if set(outcomes) <= {Outcome.PENDING}:
        counts = _by_action(host, {Action.CREATE: "to add", Action.UPDATE: "to change", Action.DELETE: "to remove"})
    elif set(outcomes) <= DONE:
        counts = _by_action(host, {Action.CREATE: "added", Action.UPDATE: "changed", Action.DELETE: "removed"})
    else:
        counts = [(outcomes[outcome], word.lower()) for outcome, (word, _) in OUTCOME_WORDS.items()]
    shown = [f"{count} {word}" for count, word in counts if count]
    return f"  ({', '.join(shown)})" if shown else ""


def _by_action(host: HostReport, words: dict[Action, str]) -> list[tuple[int, str]]:
    return [(sum(result.change.action is action for result in host.changes), word) for action, word in words.items()]


def _sections(results: Iterable[ChangeResult]) -> list[tuple[str, list[ChangeResult]]]:
    """Group by virtual server, in the order of the plan; everything host-wide comes under "host"."""
    sections: dict[str, list[ChangeResult]] = {}
    for result in results:
        scope, _ = split_setting(result.change.setting)
        sections.setdefault(scope, []).append(result)
    return list(sections.items())


def split_setting(setting: str) -> tuple[str, str]:
    """Split "virtual_servers[name].key.path" into the virtual server's name and the rest; "" for host-wide settings."""
    prefix = "virtual_servers["
    if not setting.startswith(prefix):
        return "", setting
    closing = setting.find("].")
    if closing < 0:
        return setting[len(prefix) : -1], ""
    return setting[len(prefix) : closing], setting[closing + 2 :]


def _print_section(heading: str, results: list[ChangeResult], console: Console) -> None:
    path = next((result.change.path for result in results if result.change.path.startswith("SmtpSvc/")), "")
    place = "/".join(path.split("/")[:2])
    title = f'virtual server "{heading}"' + (f" ({place})" if place else "") if heading else "host"
    print_line(console, Text.assemble("  ", (title, "bold cyan")))
    width = min(44, max(len(split_setting(result.change.setting)[1] or "virtual server") for result in results))
    for result in results:
        print_line(console, _change_line(result, width))
        if result.outcome in EXPLAINED and result.message:
            print_line(console, Text(f"        {result.message}", style="red"))


def _change_line(result: ChangeResult, width: int) -> Text:
    change = result.change
    name = split_setting(change.setting)[1] or "virtual server"
    line = Text.assemble("    ", (SYMBOLS[change.action], COLOURS[change.action]), f" {name:<{width}}  ")
    line.append(difference(result))
    if change.store is Store.REGISTRY:
        line.append(f"  {_registry_place(change)}", style="dim")
    if change.carries:
        line.append(f"  [{counted(change.carries)} move along]", style="bold")
    if change.restart is not Restart.NONE:
        line.append(f"  [restart: {change.restart.value.replace('_', ' ')}]", style="dim")
    if result.outcome in OUTCOME_WORDS:
        word, colour = OUTCOME_WORDS[result.outcome]
        line.append("  ")
        line.append(word, style=colour)
    return line


def _registry_place(change: Change) -> str:
    """Give the end of a registry path: one setting often stands for several values."""
    return "\\".join([*change.path.split("\\")[-2:], change.name])


def difference(result: ChangeResult) -> str:
    """Say what a change does to its place."""
    change = result.change
    if change.sensitive:
        source = f", from {change.secret.kind}" if change.secret else ""
        return "(sensitive) -> (not set)" if change.action is Action.DELETE else f"(sensitive{source})"
    if change.action is Action.CREATE and change.before is None:
        return _value(change.after)
    if change.action is Action.DELETE and change.after is None:
        return f"{_value(change.before)} -> (not set)"
    return f"{_value(change.before)} -> {_value(change.after)}"


def _value(value: object) -> str:
    return "(not set)" if value is None else json.dumps(value, ensure_ascii=False)


def _print_footer(host: HostReport, console: Console) -> None:
    for name in host.not_restored if host.command == "apply" else ():
        print_line(console, Text.assemble("  ", ("! ", "yellow"), f"not restored: {name}"))
    if host.rolled_back and not host.not_restored:
        print_line(console, Text("  rolled back and verified: the host holds what it held before", style="yellow"))
    if host.history:
        print_line(console, Text(f"  kept in the history as {host.history}", style="dim"))
    if host.status in VERIFIED:
        print_line(console, Text("  verified: a second plan is empty", style="dim"))
    if host.saved_to_disk:
        print_line(console, Text("  configuration saved to disk (MetaBase.xml)", style="dim"))
    if host.saved_to_disk is False:
        print_line(console, Text("  the configuration could not be saved to disk", style="bold red"))
    if host.reboot_required:
        print_line(
            console, Text.assemble("  ", ("! ", "yellow"), "the host has to be rebooted for everything to take effect")
        )


def _summary(report: Report) -> str:
    changes = sum(len(host.changes) for host in report.hosts)
    affected = sum(bool(host.changes) for host in report.hosts)
    hosts = f"{affected} of {len(report.hosts)} host{'s' if len(report.hosts) != 1 else ''}"
    noun = "change" if changes == 1 else "changes"
    if report.command == "apply":
        done = sum(result.outcome in DONE for host in report.hosts for result in host.changes)
        undone = sum(result.outcome is Outcome.ROLLED_BACK for host in report.hosts for result in host.changes)
        tail = f" {undone} rolled back." if undone else ""
        return f"Apply: {done} of {changes} {noun} applied and verified on {hosts}.{tail}"
    if report.command == "rollback":
        done = sum(result.outcome in DONE for host in report.hosts for result in host.changes)
        return f"Rollback: {done} of {changes} {noun} undone and verified on {hosts}."
    if report.command == "verify":
        return (
            f"Verify: {changes} {'difference' if changes == 1 else 'differences'} on {hosts}. Nothing has been changed."
        )
    return f"Plan: {changes} {noun} on {hosts}. Nothing has been changed."


def print_line(console: Console, text: Text) -> None:
    """Print one line as it is, but for what would play with the terminal."""
    text.plain = harmless(text.plain)
    console.print(text, soft_wrap=True, highlight=False, markup=False, emoji=False)
