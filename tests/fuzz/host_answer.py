"""Answers of a host: any text is an observed state that can be planned with and shown, or one clear error."""

import io
import json
from functools import cache
from pathlib import Path

import harness

EXAMPLE = Path(__file__).parents[2] / "examples" / "full.yaml"
HOST = {
    "version": "10.0.17763.0", "build": 17763, "product": "Windows Server 2019", "powershell": "5.1",
    "is_64_bit": True, "is_administrator": True, "pending_reboot": False, "addresses": ["10.1.2.3"], "booted": "",
}  # fmt: skip
FORMS = {"DWORD": ("number", 1), "BOOL": ("flag", True), "MULTISZ": ("texts", [":25:"]), "BINARY": ("bytes", "AA==")}


@cache
def _target():
    from iisrelay.site.loader import load_site
    from iisrelay.site.targets import targets

    return targets(load_site(EXAMPLE))[0]


@cache
def _document():
    """Make the answer of a host on which everything that the example manages is there, and other than wanted."""
    from iisrelay.state.request import Request

    request = Request.of(_target())
    access = {"grant_by_default": True, "addresses": ["10.0.0.1, 255.0.0.0"], "domains": []}
    rows = [["metabase", "SmtpSvc/1", "KeyType", "text", "IIsSmtpServer", False]]
    for question in request.properties:
        form, value = ("access", access) if question.kind.value == "IPSECLIST" else FORMS.get(
            question.kind.value, ("text", "x")
        )  # fmt: skip
        rows += [["metabase", path, question.name, form, value, False] for path in ("SmtpSvc", "SmtpSvc/1")]
    rows += [["registry", address.path, address.name, "number", 0, False] for address in request.registry]
    servers = [{"number": 1, "comment": _target().virtual_servers[0].name, "state": 2, "queued": 0, "win32_error": 0}]
    features = [{"name": name, "state": "installed"} for name in request.features]
    return {
        "format": 1, "host": HOST, "smtp_ready": True, "smtp_problem": "", "servers": servers, "features": features,
        "values": rows,
    }  # fmt: skip


def seeds():
    return (json.dumps(_document()).encode(), json.dumps({**_document(), "values": _document()["values"][:9]}).encode())


def check(data):
    check_text(data.decode("utf-8", "replace"))


def check_text(text):
    from iisrelay.errors import BrokenAnswerError
    from iisrelay.state.answer import BEGIN, END, extract, parse_observed

    try:
        observed = parse_observed(extract(BEGIN + text + END))
    except BrokenAnswerError as error:
        assert len(error.message) < 500  # noqa: PT017 - no test of pytest's
        return
    check_observed(observed)


def check_observed(observed):
    """Plan with a state, keep it, and show what came of it."""
    from datetime import UTC, datetime

    from rich.console import Console

    from iisrelay.errors import IisRelayError
    from iisrelay.plan.diff import make_plan
    from iisrelay.report.human import print_report
    from iisrelay.report.machine import junit, report_json
    from iisrelay.results import ChangeResult, HostReport, Report
    from iisrelay.script import Terms, apply_script
    from iisrelay.state.snapshot import Snapshot

    kept = Snapshot("h", datetime.now(UTC), "plan", observed)
    assert Snapshot.from_json(kept.to_json()).observed.values == observed.values
    try:
        plan = make_plan(_target(), observed, lambda _setting, _secret: True)
    except IisRelayError as error:
        report = HostReport("h", "plan", error=error)
    else:
        report = HostReport("h", "plan", tuple(map(ChangeResult, plan.changes)), plan.warnings, plan=plan)
        apply_script(plan, Terms("a", "b", 60))
    console = Console(file=io.StringIO())
    print_report(Report("plan", (report,)), console)
    assert not set(console.file.getvalue()) & set("\x1b\x9b\u202e")
    report_json(Report("plan", (report,))).encode()
    junit(Report("plan", (report,))).encode()


if __name__ == "__main__":
    harness.fuzz(check, seeds=seeds())
