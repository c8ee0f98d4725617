"""Faults as data, and what each does to a machine that runs a script."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.faults import EVENTS, Event, Fault, FaultBoard, Kind, as_endpoint, parse_faults, points_of
from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.fault_points import MachineDownError
from iisrelay.lab.windows.machine import Machine

POLICY = r"HKLM:\SOFTWARE\Policies\Microsoft\Windows\PowerShell\ModuleLogging"
SERVER = "[ADSI]'IIS://localhost/SmtpSvc/1'"


@pytest.fixture
def machine():
    made = Machine.create("web01", "2019", smtp=True)
    made.services.start(made.services.find("SMTPSVC"))
    made.metabase.save_to_disk()
    return made


def run(machine, script):
    out, err = [], []
    code = run_powershell(
        machine, ["-OutputFormat", "Text", "-Command", script], read_line=lambda: None, read_all=str,
        out=out.append, err=err.append, environment=machine.environment, current_directory="C:\\",
    )  # fmt: skip
    return "".join(out).replace("\r\n", "\n").strip(), "".join(err), code


def hurt(machine, *specifications):
    machine.faults.replace(points_of(parse_faults(specifications)))


def set_hop_count(number):
    return f"$e = {SERVER}; $e.Put('HopCount', {number}); $e.SetInfo()"


def hop_count(machine):
    return run(machine, f"({SERVER}).HopCount")[0]


@given(st.builds(Fault, st.sampled_from(Kind), st.none() | st.integers(1, 99), fired=st.integers(0, 3)))
def test_faults_survive_the_endpoints_file(fault):
    document = json.loads(json.dumps(as_endpoint([fault])))
    assert points_of(document) == (fault,)


def test_a_specification_says_everything():
    fault = Fault.parse("fail-write@3,path=SmtpSvc/2,name=HopCount,code=0x800CC801")
    assert fault == Fault(Kind.FAIL_WRITE, 3, "SmtpSvc/2", "HopCount", 0x800CC801)
    assert Fault.parse("clock-jump@1,seconds=-60").seconds == -60
    assert parse_faults(["refuse-login", "delay-s=2"]) == {"refuse_login": True, "delay_s": 2.0}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("explode", "the kinds are cut-before"),
        ("kill@0", "is no fault"),
        ("kill,when=now", "has no 'when'"),
        ("fail-write,code=denied", "is no code"),
        ("delay-s", "stands with a number"),
        ("refuse-login=1", "stands alone"),
    ],
)
def test_what_is_no_fault_is_told(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_faults([text])


def test_every_kind_waits_for_an_event():
    assert set(EVENTS) == set(Kind)


def test_a_fault_goes_off_at_its_occurrence_and_only_once():
    board = FaultBoard()
    fired = []
    board.on_fired = lambda: fired.append(board.faults[0].fired)
    board.replace([Fault(Kind.FAIL_WRITE, at=2, path="SmtpSvc/1")])
    found = [
        board.meet(Event.WRITE, path, "HopCount")
        for path in ("SmtpSvc/10", "SmtpSvc/1", "smtpsvc/1/Domain", "SmtpSvc/1")
    ]
    assert [len(item) for item in found] == [0, 0, 1, 0]
    assert fired == [1]


def test_a_fault_without_an_occurrence_goes_off_every_time():
    board = FaultBoard()
    board.replace([Fault(Kind.STUCK_STOP, name="SMTPSVC")])
    assert all(board.meet(Event.STOP, name="smtpsvc") for _ in range(3))
    assert not board.meet(Event.STOP, name="IISADMIN")


def test_a_write_that_fails_says_so_and_changes_nothing(machine):
    hurt(machine, "fail-write,path=SmtpSvc/1,name=HopCount,code=0x800CC81D")
    script = f"try {{ {set_hop_count(9)} }} catch {{ '0x{{0:X8}}' -f $_.Exception.InnerException.ErrorCode }}"
    assert run(machine, script)[0] == "0x800CC81D"
    assert hop_count(machine) == "15"


def test_a_write_that_is_ignored_looks_like_any_other(machine):
    hurt(machine, "ignore-write@1,name=HopCount")
    assert run(machine, set_hop_count(9))[1:] == ("", 0)
    assert hop_count(machine) == "15"
    run(machine, set_hop_count(9))
    assert hop_count(machine) == "9"


def test_keys_are_writes_too(machine):
    hurt(machine, "fail-write@1,name=KeyType", "ignore-write@2,name=KeyType")
    create = "$k = ([ADSI]'IIS://localhost/SmtpSvc').Create('IIsSmtpServer', '2'); $k.SetInfo()"
    assert "Access is denied" in run(machine, create)[1]
    delete = "([ADSI]'IIS://localhost/SmtpSvc').Delete('IIsSmtpServer', '1'); [DirectoryServices.DirectoryEntry]::Exists('IIS://localhost/SmtpSvc/1')"
    assert run(machine, delete)[0] == "True"


@pytest.mark.parametrize(("code", "text"), [("0x80070070", "not enough space"), ("0x000CC809", "")])
def test_a_save_fails_aloud_or_with_a_warning_that_nobody_sees(machine, code, text):
    run(machine, set_hop_count(9))
    hurt(machine, f"fail-save,name=SaveData,code={code}")
    said = run(machine, "([ADSI]'IIS://localhost').psbase.Invoke('SaveData')")[1]
    assert text in said if text else not said
    machine.lose_power()
    assert hop_count(machine) == "15"


def test_a_backup_can_fail(machine):
    hurt(machine, "fail-save,name=Backup,code=0x80070005")
    said = run(machine, "([ADSI]'IIS://localhost').psbase.Invoke('Backup', 'b', -1, 0)")[1]
    assert "Access is denied" in said


def test_a_full_disk_takes_no_folders_and_no_metabase(machine):
    hurt(machine, "full-disk,path=C:")
    save = "([ADSI]'IIS://localhost').psbase.Invoke('SaveData')"
    make = "[IO.Directory]::CreateDirectory('{}:\\new').Exists"
    said = [run(machine, script)[1] for script in (save, make.format("C"))]
    assert ["There is not enough space on the disk." in text for text in said] == [True, True]
    assert run(machine, make.format("D"))[0] == "True"


def test_a_key_of_the_registry_can_be_closed(machine):
    hurt(machine, r"deny-registry,path=HKLM\SOFTWARE\Locked")
    write = "New-Item -Path HKLM:\\SOFTWARE\\{0} -Force | Out-Null; Test-Path HKLM:\\SOFTWARE\\{0}"
    assert "is denied" in run(machine, write.format("Locked"))[1]
    assert run(machine, write.format("Open"))[0] == "True"


def test_a_service_can_hang_until_windows_gives_up(machine):
    hurt(machine, "stuck-stop,name=SMTPSVC")
    before = machine.clock.offset_s
    assert "Cannot stop SMTPSVC service" in run(machine, "Stop-Service SMTPSVC")[1]
    assert run(machine, "(Get-Service SMTPSVC).Status")[0] == "Running"
    assert machine.clock.offset_s == before + 30
    machine.restart()
    assert run(machine, "(Get-Service IISADMIN).Status")[0] == "Running"


def test_a_virtual_server_can_hang_too(machine):
    hurt(machine, "stuck-start,name=SmtpSvc/1")
    control = f"$e = {SERVER}; $e.psbase.Invoke('Stop'); $e.psbase.Invoke('Start')"
    assert "did not respond" in run(machine, control)[1]
    assert run(machine, f"({SERVER}).ServerState")[0] == "4"


def test_the_clock_can_jump(machine):
    hurt(machine, "clock-jump@1,seconds=-3600")
    run(machine, set_hop_count(9))
    assert machine.clock.offset_s == -3600


@pytest.mark.parametrize(("kind", "kept"), [("restart", "9"), ("power-loss", "15")])
def test_windows_ends_amid_a_script_whatever_that_would_catch(machine, kind, kept):
    hurt(machine, f"{kind}@2")
    script = f"try {{ {set_hop_count(9)}; {set_hop_count(10)} }} catch {{ 'caught' }} finally {{ {set_hop_count(11)} }}"
    with pytest.raises(MachineDownError) as ended:
        run(machine, script)
    machine.load_json(ended.value.state)
    (machine.restart if kind == "restart" else machine.lose_power)()
    assert hop_count(machine) == kept


def test_only_who_wants_to_know_is_told_of_changes(machine):
    seen = []
    machine.metabase.observers.append(lambda: seen.append(hop_count_of(machine)))
    run(machine, set_hop_count(9))
    assert seen == [9]


def hop_count_of(machine):
    return machine.metabase.read(machine.metabase.find("SmtpSvc/1"), "HopCount").value


def logged(machine, number):
    records = (record for records in machine.event_log.records.values() for record in records)
    return "\n".join(record.message for record in records if record.event_id == number)


def test_windows_logs_scripts_and_command_lines(machine):
    run(machine, "hostname.exe | Out-Null; & ([ScriptBlock]::Create('Write-Output Inner'))")
    assert "HostApplication=powershell.exe" in logged(machine, 400)
    assert "Write-Output Inner" in logged(machine, 4104)
    assert "hostname.exe" in logged(machine, 4688)


def test_windows_logs_arguments_under_its_policy(machine):
    script = "'piped' | Write-Output; Write-Output 'given'"
    run(machine, script)
    assert logged(machine, 4103) == ""
    run(machine, f"New-Item {POLICY} -Force | Set-ItemProperty -Name EnableModuleLogging -Value 1")
    run(machine, script)
    assert all(f'value="{word}"' in logged(machine, 4103) for word in ("piped", "given"))


def test_errors_of_faults_are_those_of_windows(machine):
    hurt(machine, "full-disk,path=D:")
    with pytest.raises(NetError) as raised:
        machine.files.make_directory("D:\\x")
    assert raised.value.hresult == 0x80070070
