"""``iisrelay check-tls``: does mail leave with TLS 1.2?"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iisrelay.cli.options import (
    HostOption,
    JobsOption,
    JunitOption,
    LabOption,
    Output,
    OutputOption,
    QuietOption,
)
from iisrelay.errors import UsageError
from iisrelay.status import ExitCode

if TYPE_CHECKING:
    from iisrelay.tls.host import Subject

DEFAULT_SITE = Path("site.yaml")
SUBMISSION_PORT = 587
LARGEST_MESSAGE = 4 * 1024 * 1024  # headers stand at the top, and nobody has as many as that


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check-tls")(check_tls)


def check_tls(
    site: Annotated[
        Path | None,
        typer.Argument(
            help="The site file (YAML); site.yaml if it is there, else the local machine on Windows.",
            metavar="[SITE]",
            envvar="IISRELAY_SITE",
            show_default=False,
        ),
    ] = None,
    *,
    host: HostOption = None,
    lab: LabOption = False,
    smart_host: Annotated[
        str | None,
        typer.Option(
            "--smart-host",
            help="Ask this mail server from here, without any site: a preset, a name or an address (port 587).",
            metavar="HOST[:PORT]",
        ),
    ] = None,
    message: Annotated[
        str | None,
        typer.Option(
            "--message", help="Read the Received headers of this message (- for standard input).", metavar="FILE"
        ),
    ] = None,
    probe: Annotated[
        bool, typer.Option("--probe/--no-probe", help="Try handshakes from the hosts, or only read their settings.")
    ] = True,
    output: OutputOption = Output.HUMAN,
    junit: JunitOption = None,
    jobs: JobsOption = 10,
    quiet: QuietOption = False,
) -> None:
    """Tell whether mail leaves the hosts with TLS 1.2, and why.

    Each host is ready, not ready or unknown, with evidence and fix. Registry and metabase of each host are read, then
    its smart hosts are asked from the host itself, with one handshake for each version of TLS. Nothing is changed.
    "ready" is said only when nothing speaks against it.

    Exit code 0 ready, 2 not ready, 1 unknown, 4 a host is unreachable, 5 only some are.
    """
    from iisrelay.cli.session import failures_as

    with failures_as(output, "check-tls"):
        _refuse_mixed(smart_host, message, others=bool(site or host or lab))
        if message is not None:
            code = _message(message, output, junit)
        elif smart_host is not None:
            code = _smart_host(smart_host, output, junit)
        else:
            code = _hosts(
                _subjects(site, host, lab=lab, quiet=quiet), output, junit, jobs=jobs, quiet=quiet, probe=probe
            )
    raise typer.Exit(code)


def _refuse_mixed(smart_host: str | None, message: str | None, *, others: bool) -> None:
    wanted = [name for name, value in (("--smart-host", smart_host), ("--message", message)) if value is not None]
    if len(wanted) > 1 or (wanted and others):
        raise UsageError(
            f"{wanted[0]} stands alone.", "Leave out the site file, --host, --lab and the other of the two."
        )


def _subjects(site: Path | None, host: list[str] | None, *, lab: bool, quiet: bool) -> "list[Subject]":
    from iisrelay.cli.session import load_targets
    from iisrelay.tls.host import Subject, local_subject

    if site is None and not DEFAULT_SITE.exists():
        if sys.platform != "win32":
            raise UsageError(
                "There is no site.yaml here, and this machine is no Windows host to check instead.",
                "Name a site file, or a mail server with --smart-host HOST:PORT, or a message with --message FILE.",
            )
        return [local_subject()]
    targets = load_targets(site or DEFAULT_SITE, host or (), lab=lab, quiet=quiet)
    return [Subject(target.name, target.connection, target) for target in targets]


def _hosts(
    subjects: "list[Subject]", output: Output, junit: Path | None, *, jobs: int, quiet: bool, probe: bool
) -> ExitCode:
    from iisrelay.cli.session import error_console, output_console
    from iisrelay.report.progress import ProgressLine
    from iisrelay.report.tls_human import print_tls_report
    from iisrelay.report.tls_machine import tls_junit, tls_junit_document, tls_report_json
    from iisrelay.tls.host import check_hosts
    from iisrelay.tls.verdict import TlsReport
    from iisrelay.transport.connect import connect

    with ProgressLine(error_console(), quiet=quiet) as progress:
        report = TlsReport(check_hosts(subjects, connect, probe=probe, jobs=jobs, progress=progress))
    if junit is not None:
        suites = (tls_junit(host.host, host.findings, host.error) for host in report.hosts)
        junit.write_text(tls_junit_document(suites), encoding="utf-8")
    if output is Output.JSON:
        typer.echo(tls_report_json(report))
    else:
        print_tls_report(report, output_console())
    return report.exit_code


def _smart_host(written: str, output: Output, junit: Path | None) -> ExitCode:
    from iisrelay.cli.session import output_console
    from iisrelay.report.tls_human import print_smart_host
    from iisrelay.report.tls_machine import smart_host_json, tls_junit, tls_junit_document
    from iisrelay.tls.probe import probe_smart_host
    from iisrelay.tls.verdict import EXIT_CODES, verdict_on_smart_host

    name, port = split_smart_host(written)
    result = probe_smart_host(name, port)
    verdict = verdict_on_smart_host(result)
    if junit is not None:
        junit.write_text(tls_junit_document([tls_junit(f"{name}:{port}", result.findings)]), encoding="utf-8")
    if output is Output.JSON:
        typer.echo(smart_host_json(result, verdict))
    else:
        print_smart_host(result, verdict, output_console())
    return EXIT_CODES[verdict]


def _message(written: str, output: Output, junit: Path | None) -> ExitCode:
    from iisrelay.cli.session import output_console
    from iisrelay.report.tls_human import print_route
    from iisrelay.report.tls_machine import route_json, tls_junit, tls_junit_document
    from iisrelay.tls.headers import parse_message
    from iisrelay.tls.verdict import EXIT_CODES, finding_on_route, verdict_on_route

    route = parse_message(_read(written))
    verdict = verdict_on_route(route)
    if junit is not None:
        junit.write_text(tls_junit_document([tls_junit(written, [finding_on_route(route)])]), encoding="utf-8")
    if output is Output.JSON:
        typer.echo(route_json(route, verdict))
    else:
        print_route(route, output_console())
    return EXIT_CODES[verdict]


def _read(written: str) -> bytes:
    if written == "-":
        return sys.stdin.buffer.read(LARGEST_MESSAGE)
    try:
        with Path(written).open("rb") as file:
            return file.read(LARGEST_MESSAGE)
    except OSError as error:
        raise UsageError(
            f"{written} cannot be read: {error.strerror}.", "Name a message file, or - for standard input."
        ) from None


def split_smart_host(written: str) -> tuple[str, int]:
    """Read "HOST", "HOST:PORT", "[ADDRESS]:PORT", a bare IPv6 address, or the name of a preset.

    Raises:
        UsageError: when there is no host, or the port is none.
    """
    from iisrelay.site.presets import PRESETS, find_preset

    name, port = _split(written.strip())
    preset = find_preset(name)
    if preset is not None and not preset.parameters:
        return preset.host, port or preset.port
    known = next((item for item in PRESETS.values() if item.host == name.casefold()), None)
    if not name or any(letter.isspace() for letter in name):
        raise UsageError(f"{written!r} names no mail server.", "Write it as --smart-host smtp.example.net:587.")
    return name, port or (known.port if known else SUBMISSION_PORT)


def _split(written: str) -> tuple[str, int]:
    if written.startswith("["):
        name, _, rest = written[1:].partition("]")
        port = rest.removeprefix(":")
    elif written.count(":") == 1:
        name, _, port = written.partition(":")
    else:
        name, port = written, ""
    if port and not (port.isdecimal() and 0 < int(port) < 65536):
        raise UsageError(f"{port!r} is no port.", "Ports are numbers from 1 to 65535.")
    return name, int(port) if port else 0
