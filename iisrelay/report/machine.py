"""JSON and JUnit: the published machine formats. Sensitive values appear in neither, in no form."""

import json
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from iisrelay.errors import IisRelayError, SiteFileError
from iisrelay.plan.saved import change_document
from iisrelay.report.harmless import harmless_xml
from iisrelay.results import ChangeResult, HostReport, Report
from iisrelay.status import HostStatus

FORMAT = "1.0"


def report_json(report: Report) -> str:
    """Give the JSON document of a run."""
    document: dict[str, object] = {
        "format": FORMAT,
        "command": report.command,
        "status": report.status.value,
        "hosts": [_host(host) for host in report.hosts],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def error_json(command: str, error: IisRelayError) -> str:
    """Give the JSON document of a run that failed before any host was reached (site file, secrets, arguments)."""
    document: dict[str, object] = {
        "format": FORMAT,
        "command": command,
        "status": HostStatus.REFUSED.value if error.exit_code == 7 else HostStatus.FAILED.value,
        "error": error_document(error),
        "hosts": [],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _host(host: HostReport) -> dict[str, object]:
    return {
        "host": host.host,
        "status": host.status.value,
        "error": error_document(host.error) if host.error else None,
        "warnings": list(host.warnings),
        "reboot_required": host.reboot_required,
        "saved_to_disk": host.saved_to_disk,
        "checksum": host.checksum,
        "history": host.history,
        "backup": host.backup,
        "rolled_back": host.rolled_back,
        "not_restored": list(host.not_restored),
        "changes": [_change(result) for result in host.changes],
    }


def _change(result: ChangeResult) -> dict[str, object]:
    document = change_document(result.change)
    del document["id"]  # only a plan's own scripts and answers speak of it
    return {**document, "outcome": result.outcome.value, "message": result.message}


def error_document(error: IisRelayError) -> dict[str, object]:
    """Give the JSON object of an error."""
    document: dict[str, object] = {
        "kind": type(error).__name__,
        "message": error.message if not isinstance(error, SiteFileError) else "The site file has problems.",
        "hint": error.hint,
        "exit_code": int(error.exit_code),
    }
    if isinstance(error, SiteFileError):
        document["problems"] = [
            {"file": problem.file, "line": problem.line, "key_path": problem.key_path, "message": problem.message}
            for problem in error.problems
        ]
    return document


def junit(report: Report) -> str:
    """Give a JUnit document: one test case a host and setting; a difference is a failure, a dead host an error."""
    return junit_document(report.command, map(_suite, report.hosts))


def junit_document(command: str, suites: Iterable[ET.Element]) -> str:
    """Give the JUnit document of a command's suites."""
    root = ET.Element("testsuites", name=f"iisrelay {command}")
    root.extend(suites)
    ET.indent(root)
    return ET.tostring(harmless_xml(root), encoding="unicode", xml_declaration=True) + "\n"


def _suite(host: HostReport) -> ET.Element:
    suite = ET.Element("testsuite", name=host.host)
    if host.error:
        case = ET.SubElement(suite, "testcase", classname=host.host, name="reachable and supported")
        ET.SubElement(case, "error", message=host.error.message).text = host.error.hint
    elif not host.changes:
        ET.SubElement(suite, "testcase", classname=host.host, name="in sync")
    for result in host.changes:
        case = ET.SubElement(suite, "testcase", classname=host.host, name=result.change.setting)
        ET.SubElement(case, "failure", message=_difference(result)).text = result.message
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(host.changes)))
    suite.set("errors", str(1 if host.error else 0))
    return suite


def _difference(result: ChangeResult) -> str:
    if result.change.sensitive:
        return "the stored secret differs"
    return f"is {json.dumps(result.change.before)}, should be {json.dumps(result.change.after)}"
