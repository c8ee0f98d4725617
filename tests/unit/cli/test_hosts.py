"""plan, apply and verify against lab hosts: output, exit codes, saved plans, secrets."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[2] / "golden"
MOMENT = re.compile(r"\d{8}T\d{6}Z-")


def test_the_whole_way(iisrelay):
    planned = iisrelay("plan", "--lab", "--detailed-exitcode")
    assert planned.code == 2
    assert planned.out == (GOLDEN / "plan.txt").read_text(encoding="utf-8")
    applied = iisrelay("apply", "--lab", "--yes")
    assert applied.code == 0
    assert MOMENT.sub("MOMENT-", applied.out) == (GOLDEN / "apply.txt").read_text(encoding="utf-8")
    assert iisrelay("plan", "--lab", "--detailed-exitcode").code == 0
    assert iisrelay("verify", "--lab").code == 0
    iisrelay("lab", "exec", "relay01", "$s = [ADSI]'IIS://localhost/SmtpSvc/2'; $s.HopCount = 7; $s.SetInfo()")
    drifted = iisrelay("verify", "--lab", "-o", "json", "--junit", "drift.xml")
    change = json.loads(drifted.out)["hosts"][0]["changes"][0]
    assert drifted.code == 2
    assert (change["setting"], change["before"], change["after"]) == (
        "virtual_servers[Scanners].delivery.hop_count",
        7,
        20,
    )
    assert 'failures="1"' in Path("drift.xml").read_text(encoding="utf-8")


def test_apply_needs_a_confirmation(iisrelay):
    ran = iisrelay("apply", "--lab")
    assert ran.code == 7
    assert "--yes" in ran.err
    as_json = iisrelay("apply", "--lab", "-o", "json")
    assert (as_json.code, json.loads(as_json.out)["status"]) == (7, "refused")


def test_a_saved_plan_is_applied_or_refused_when_stale(iisrelay):
    assert iisrelay("plan", "--lab", "--out", "plan.json").code == 0
    assert "Marker-9f2c41aa" not in Path("plan.json").read_text(encoding="utf-8")
    assert iisrelay("apply", "plan.json", "--lab").code == 0
    stale = iisrelay("apply", "plan.json", "--lab")
    assert stale.code == 7
    assert "stale" in stale.out + stale.err


def test_a_missing_secret_is_told_before_anything_changes(iisrelay, monkeypatch):
    monkeypatch.delenv("SCANNER_PASSWORD")
    ran = iisrelay("apply", "--lab", "--yes", "-o", "json")
    document = json.loads(ran.out)
    assert ran.code == 3
    assert "SCANNER_PASSWORD" in document["hosts"][0]["error"]["message"]
    assert iisrelay("lab", "exec", "relay01", "(Get-WindowsFeature SMTP-Server).Installed").out.strip() == "False"


def test_a_host_that_is_not_there_is_unreachable(iisrelay):
    text = Path("site.yaml").read_text(encoding="utf-8")
    winrm = "{address: 127.0.0.1, winrm: {port: 9, https: false, username: u, password: env:SCANNER_PASSWORD}}"
    Path("site.yaml").write_text(text.replace("relay01: {}", f"relay01: {winrm}"), encoding="utf-8")
    ran = iisrelay("plan", "-o", "json")
    document = json.loads(ran.out)
    assert (ran.code, document["status"]) == (4, "unreachable")


def test_windows_without_the_feature_is_not_supported(iisrelay):
    iisrelay("lab", "start", "relay01", "--os", "2025")
    ran = iisrelay("apply", "--lab", "--yes")
    assert ran.code == 6
    assert "2025" in ran.out


def test_the_password_is_nowhere(iisrelay):
    outputs = [
        iisrelay("plan", "--lab", "-o", "json"),
        iisrelay("apply", "--lab", "--yes", "-o", "json"),
        iisrelay("verify", "--lab"),
        iisrelay("render"),
        iisrelay("lab", "show", "relay01"),
    ]
    assert all("Marker-9f2c41aa" not in ran.out + ran.err for ran in outputs)
    files = [path for path in Path().rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"Marker-9f2c41aa" in path.read_bytes()]


def test_lab_commands(iisrelay):
    assert "relay01: Windows Server 2016" in iisrelay("lab", "start", "relay01", "--os", "2016", "--smtp").out
    assert "running" in iisrelay("lab", "status").out
    ran = iisrelay("lab", "exec", "relay01", "Write-Output 'seen'; exit 5")
    assert (ran.code, ran.out.strip()) == (5, "seen")
    assert "relay01: stopped" in iisrelay("lab", "stop", "relay01").out
    assert "stopped" in iisrelay("lab", "status").out
    unknown = iisrelay("lab", "show", "nobody")
    assert (unknown.code, "lab start nobody" in unknown.err) == (64, True)


def test_a_file_that_cannot_be_written_is_told_after_the_report(iisrelay):
    ran = iisrelay("plan", "--lab", "--junit", "nowhere/plan.xml", "-o", "json")
    assert (ran.code, json.loads(ran.out)["status"]) == (1, "changes")
    assert "error: nowhere/plan.xml: No such file or directory" in ran.err


def test_a_lab_without_a_folder_is_told(iisrelay):
    Path(".iisrelay").write_text("a file", encoding="utf-8")
    ran = iisrelay("plan", "--lab", "-o", "json")
    document = json.loads(ran.out)
    assert (ran.code, document["status"], ".iisrelay" in document["error"]["message"]) == (1, "failed", True)


@pytest.mark.usefixtures("iisrelay")
def test_an_output_without_room_does_not_stop_an_apply():
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        command = [sys.executable, "-m", "iisrelay", "apply", "--lab", "--yes"]
        deaf = subprocess.run([*command, "-o", "json"], stdout=subprocess.PIPE, stderr=full, text=True, check=False)
        dumb = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (deaf.returncode, json.loads(deaf.stdout)["status"]) == (0, "applied")
    assert (dumb.returncode, "error: the output: No space left on device" in dumb.stderr) == (1, True)
