"""The results of check-tls for programs: JSON and JUnit."""

import json
from collections.abc import Iterable
from xml.etree import ElementTree as ET

from iisrelay.errors import IisRelayError
from iisrelay.report.machine import FORMAT, error_document, junit_document
from iisrelay.tls.finding import Finding, Severity
from iisrelay.tls.headers import Route
from iisrelay.tls.plain import plain
from iisrelay.tls.probe import ProbeResult
from iisrelay.tls.schannel import ProtocolState
from iisrelay.tls.verdict import HostCheck, TlsReport, Verdict

COMMAND = "check-tls"


def tls_report_json(report: TlsReport) -> str:
    """Give the JSON document of a check of hosts."""
    return _document(report.verdict, [_host(host) for host in report.hosts])


def smart_host_json(result: ProbeResult, verdict: Verdict) -> str:
    """Give the JSON document of a probe from this machine."""
    details = result.to_json()
    details["findings"] = [_finding(finding) for finding in result.findings]
    return _document(verdict, [], smart_host=details)


def route_json(route: Route, verdict: Verdict) -> str:
    """Give the JSON document of a message's headers."""
    return _document(verdict, [], message=route.to_json())


def tls_junit(name: str, findings: Iterable[Finding], error: IisRelayError | None = None) -> ET.Element:
    """Give a JUnit suite: one case a finding; a problem is a failure, what could not be told an error."""
    suite = ET.Element("testsuite", name=name)
    if error is not None:
        case = ET.SubElement(suite, "testcase", classname=name, name="reachable and supported")
        ET.SubElement(case, "error", message=error.message).text = error.hint
    for finding in findings:
        suite.append(_case(name, finding))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    return suite


def tls_junit_document(suites: Iterable[ET.Element]) -> str:
    """Give the JUnit document of several checks."""
    return junit_document(COMMAND, suites)


def _case(name: str, finding: Finding) -> ET.Element:
    case = ET.Element("testcase", classname=name, name=f"{finding.code} {finding.subject}".rstrip())
    words = "\n".join(part for part in (finding.message, finding.evidence, finding.fix) if part)
    kind = {Severity.PROBLEM: "failure", Severity.UNKNOWN: "error"}.get(finding.severity)
    if kind is not None:
        ET.SubElement(case, kind, message=finding.message).text = words
    else:
        ET.SubElement(case, "system-out").text = f"{finding.severity.value}: {words}"
    return case


def _document(verdict: Verdict, hosts: list[dict[str, object]], **more: object) -> str:
    document = {"format": FORMAT, "command": COMMAND, "status": verdict.value, "hosts": hosts, **more}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _host(host: HostCheck) -> dict[str, object]:
    return {
        "host": host.host,
        "status": host.verdict.value,
        "error": error_document(host.error) if host.error else None,
        "warnings": list(host.warnings),
        "product": host.product,
        "protocols": [_protocol(state) for state in host.states],
        "findings": [_finding(finding) for finding in host.findings],
        "probes": plain(host.probes),
    }


def _protocol(state: ProtocolState) -> dict[str, object]:
    return {
        "protocol": state.protocol,
        "side": state.side.lower(),
        "state": state.state.value,
        "default": state.default.value,
        "path": state.path,
        "values": {name: _value(value) for name, value in state.values.items()},
    }


def _value(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else plain(value)


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "check": finding.code,
        "subject": finding.subject,
        "level": finding.severity.value,
        "message": finding.message,
        "evidence": finding.evidence,
        "fix": finding.fix,
    }
