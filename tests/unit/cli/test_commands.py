"""What every command prints, and the code it exits with."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

import iisrelay as package

COMMANDS = ("init", "validate", "schema", "settings", "render", "plan", "apply", "verify", "lab")


def test_version_is_that_of_the_package(iisrelay):
    assert iisrelay("--version").out == f"iisrelay {package.__version__}\n"


@pytest.mark.parametrize(
    "heavy", ["pydantic", "winrm", "requests", "ruamel", "jinja2", "rich.table", "iisrelay.lab.powershell"]
)
def test_version_imports_nothing_heavy(heavy):
    code = f"import sys; from iisrelay.cli.app import run; run(['--version']); sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(iisrelay, command):
    ran = iisrelay(command, "--help")
    assert ran.code == 0
    assert len(ran.out.splitlines()) > 8
    assert "Usage:" in ran.out


def test_a_wrong_option_is_a_usage_error(iisrelay):
    ran = iisrelay("plan", "--no-such-option")
    assert ran.code == 64
    assert "--no-such-option" in ran.err
    assert ran.out == ""


def test_init_writes_a_file_that_is_valid_and_never_overwrites(iisrelay):
    assert iisrelay("init", "new.yaml").code == 0
    assert iisrelay("validate", "new.yaml").code == 0
    again = iisrelay("init", "new.yaml")
    assert again.code == 64
    assert "exists already" in again.err


def test_validate_tells_every_problem_with_its_place(iisrelay):
    Path("bad.yaml").write_text(
        "version: 1\nhosts: {h1: {}}\nvirtual_servers:\n  - name: A\n    delivry: {}\n    state: on\n"
    )
    ran = iisrelay("validate", "bad.yaml")
    assert ran.code == 3
    assert "bad.yaml:5" in ran.err
    assert "did you mean" in ran.err
    assert "bad.yaml:6" in ran.err


def test_validate_as_json_names_problems(iisrelay):
    Path("bad.yaml").write_text("version: 1\nhosts: {h1: {}}\nvirtual_servers: 5\n")
    ran = iisrelay("validate", "bad.yaml", "-o", "json")
    document = json.loads(ran.out)
    assert (ran.code, document["format"], document["command"]) == (3, "1.0", "validate")
    assert document["error"]["problems"][0]["line"] == 3


def test_schema_accepts_the_starter(iisrelay):
    schema = json.loads(iisrelay("schema").out)
    starter = YAML(typ="safe").load(iisrelay("init").out)
    assert list(jsonschema.Draft7Validator(schema).iter_errors(starter)) == []


def test_settings_filters_and_gives_json(iisrelay):
    assert "delivery.hop_count" in iisrelay("settings", "HopCount").out
    rows = json.loads(iisrelay("settings", "-o", "json").out)
    assert len(rows) >= 70


def test_render_prints_one_host_or_writes_files(iisrelay):
    assert "Set-StrictMode" in iisrelay("render", "site.yaml").out
    assert iisrelay("render", "site.yaml", "--out", "scripts").code == 0
    assert Path("scripts/relay01.ps1").read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_unknown_host_is_told_with_a_suggestion(iisrelay):
    ran = iisrelay("plan", "--host", "relay1")
    assert ran.code == 64
    assert "relay01" in ran.err


def test_an_unknown_guard_is_refused(iisrelay):
    ran = iisrelay("plan", "--lab", "--allow", "everything")
    assert ran.code == 64
    assert "open-relay" in ran.err
