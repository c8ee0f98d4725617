import pytest

from iisrelay.errors import IisRelayError, LoginError, RefusedError, SecretError, UnsupportedHostError
from iisrelay.plan.change import Change
from iisrelay.results import ChangeResult, HostReport, Report
from iisrelay.settings.stored import Kind, Store
from iisrelay.status import Action, ExitCode, HostStatus, Outcome

CHANGE = Change("c1", "x", Store.METABASE, "SmtpSvc/1", "X", Action.UPDATE, Kind.DWORD)


def host(command="apply", *outcomes, **fields):
    return HostReport("h", command, tuple(ChangeResult(CHANGE, outcome) for outcome in outcomes), **fields)


@pytest.mark.parametrize(
    ("report", "status", "code"),
    [
        (host("plan"), HostStatus.IN_SYNC, ExitCode.OK),
        (host("plan", Outcome.PENDING), HostStatus.CHANGES, ExitCode.OK),
        (host("verify", Outcome.PENDING), HostStatus.DRIFT, ExitCode.DRIFT),
        (host("apply"), HostStatus.IN_SYNC, ExitCode.OK),
        (host("apply", Outcome.APPLIED, Outcome.UNCHANGED), HostStatus.APPLIED, ExitCode.OK),
        (host("apply", Outcome.APPLIED, Outcome.FAILED), HostStatus.PARTIAL, ExitCode.PARTIAL),
        (host("apply", Outcome.APPLIED, Outcome.NOT_VERIFIED), HostStatus.PARTIAL, ExitCode.PARTIAL),
        (host("apply", Outcome.FAILED, Outcome.SKIPPED), HostStatus.FAILED, ExitCode.FAILED),
        (host("apply", Outcome.APPLIED, saved_to_disk=False), HostStatus.PARTIAL, ExitCode.PARTIAL),
        (host("apply", Outcome.APPLIED, reboot_required=True), HostStatus.REBOOT_REQUIRED, ExitCode.REBOOT_REQUIRED),
        (host(error=LoginError("no")), HostStatus.UNREACHABLE, ExitCode.UNREACHABLE),
        (host(error=UnsupportedHostError("no")), HostStatus.UNSUPPORTED, ExitCode.UNSUPPORTED),
        (host(error=RefusedError("no")), HostStatus.REFUSED, ExitCode.REFUSED),
        (host(error=SecretError("no")), HostStatus.FAILED, ExitCode.INVALID_SITE),
        (host(error=IisRelayError("no")), HostStatus.FAILED, ExitCode.FAILED),
    ],
)
def test_status_and_code_of_a_host_follow_from_its_report(report, status, code):
    assert (report.status, report.exit_code) == (status, code)


OK = host("apply", Outcome.APPLIED)
SAME = host("apply")
PARTIAL = host("apply", Outcome.APPLIED, Outcome.FAILED)
DEAD = host(error=LoginError("no"))
OLD = host(error=UnsupportedHostError("no"))
DRIFTED = host("verify", Outcome.PENDING)
REBOOT = host("apply", Outcome.APPLIED, reboot_required=True)


@pytest.mark.parametrize(
    ("hosts", "status", "code"),
    [
        ((), HostStatus.IN_SYNC, ExitCode.OK),
        ((SAME, OK), HostStatus.APPLIED, ExitCode.OK),
        ((SAME, SAME), HostStatus.IN_SYNC, ExitCode.OK),
        ((DEAD, DEAD), HostStatus.UNREACHABLE, ExitCode.UNREACHABLE),
        ((OK, DEAD), HostStatus.PARTIAL, ExitCode.PARTIAL),
        ((DEAD, OLD), HostStatus.FAILED, ExitCode.FAILED),
        ((DEAD, PARTIAL), HostStatus.FAILED, ExitCode.PARTIAL),
        ((PARTIAL,), HostStatus.PARTIAL, ExitCode.PARTIAL),
        ((DRIFTED, host("verify")), HostStatus.DRIFT, ExitCode.DRIFT),
        ((DRIFTED, DEAD), HostStatus.PARTIAL, ExitCode.PARTIAL),
        ((REBOOT, OK), HostStatus.REBOOT_REQUIRED, ExitCode.REBOOT_REQUIRED),
        ((REBOOT, DEAD), HostStatus.PARTIAL, ExitCode.PARTIAL),
    ],
)
def test_status_and_code_of_a_run_fold_those_of_its_hosts(hosts, status, code):
    report = Report("apply", hosts)
    assert (report.status, report.exit_code) == (status, code)
