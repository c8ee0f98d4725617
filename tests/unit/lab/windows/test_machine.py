import json
import stat
import subprocess
import sys

import pytest

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows import store
from iisrelay.lab.windows.machine import Machine
from iisrelay.lab.windows.registry_seed import CURRENT_VERSION
from iisrelay.lab.windows.services import AUTOMATIC, DISABLED, MANUAL, RUNNING, STOPPED
from iisrelay.lab.windows.versions import VERSIONS, find_version

SERVERS_WITH_SMTP = [key for key, version in VERSIONS.items() if version.has_smtp_feature]


@pytest.mark.parametrize("text", ["2008 R2", "2008R2", "2008r2", "2008-r2", "Windows Server 2008 R2"])
def test_a_version_has_many_spellings(text):
    assert find_version(text).key == "2008r2"


def test_an_unknown_version_is_named():
    with pytest.raises(ValueError, match="'2003' is not simulated; known versions: 2008r2, 2012"):
        find_version("2003")


@pytest.mark.parametrize(
    ("key", "powershell", "product"),
    [
        ("2008r2", "2.0", "Windows Server 2008 R2 Standard"),
        ("2012", "3.0", "Windows Server 2012 Standard"),
        ("2012r2", "4.0", "Windows Server 2012 R2 Standard"),
        ("2025", "5.1", "Windows Server 2025 Standard"),
    ],
)
def test_each_windows_has_its_powershell_and_its_registry(key, powershell, product):
    machine = Machine.create("host", key)
    assert machine.windows.powershell_version == powershell
    assert machine.registry.get(CURRENT_VERSION, "ProductName") == product
    assert machine.registry.get(CURRENT_VERSION, "CurrentBuild") == str(machine.windows.build)


def test_tls_defaults_follow_the_version():
    assert find_version("2008r2").tls_defaults["TLS 1.2"] == ("disabled_by_default", "disabled_by_default")
    assert find_version("2008r2").tls_defaults["SSL 2.0"] == ("disabled_by_default", "enabled")
    assert find_version("2019").tls_defaults["TLS 1.3"] == ("not_supported", "not_supported")
    assert find_version("2022").tls_defaults["TLS 1.3"] == ("enabled", "enabled")


def test_a_fresh_machine_has_no_smtp():
    machine = Machine.create("crm01", "2019")
    assert machine.services.find("SMTPSVC") is None
    assert not machine.metabase.smtp_installed()
    assert machine.fqdn == "crm01.lab.example"


@pytest.mark.parametrize("version", SERVERS_WITH_SMTP)
def test_the_feature_brings_service_metabase_and_folders(version):
    machine = Machine.create("crm01", version, smtp=True)
    service = machine.services.find("smtpsvc")
    assert (service.name, service.start_type, service.status) == ("SMTPSVC", MANUAL, STOPPED)
    assert [needed.name for needed in service.depends_on] == ["IISADMIN", "EventLog"]
    assert machine.metabase.smtp_installed()
    assert machine.files.list(r"C:\inetpub\mailroot") == ["Badmail", "Drop", "Pickup", "Queue"]


def test_windows_server_2025_has_no_smtp_feature():
    with pytest.raises(ValueError, match="has no SMTP Server feature"):
        Machine.create("crm01", "2025", smtp=True)
    features = Machine.create("crm01", "2025").features
    assert features.find("SMTP-Server") is None
    assert features.find("Web-Lgcy-Mgmt-Console") is None
    assert features.find("Web-Metabase") is not None


def test_start_type_and_registry_are_one_truth():
    machine = Machine.create("crm01", "2019", smtp=True)
    service = machine.services.find("SMTPSVC")
    key = r"HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC"
    service.start_type = AUTOMATIC
    assert machine.registry.get(key, "Start") == 2
    machine.registry.set(key, "Start", 4)
    machine.registry.set(key, "DelayedAutostart", 1)
    assert (service.start_type, service.delayed) == (DISABLED, True)


def test_stopping_needs_force_where_others_depend():
    machine = Machine.create("crm01", "2019", smtp=True)
    services = machine.services
    services.start(services.find("SMTPSVC"))
    with pytest.raises(NetError, match="dependent on"):
        services.stop(services.find("IISADMIN"))
    services.stop(services.find("IISADMIN"), force=True)
    assert services.find("SMTPSVC").status == STOPPED
    services.start(services.find("SMTPSVC"))
    assert services.find("IISADMIN").status == RUNNING


def test_a_disabled_service_does_not_start():
    machine = Machine.create("crm01", "2019", smtp=True)
    service = machine.services.find("SMTPSVC")
    service.start_type = DISABLED
    with pytest.raises(NetError) as caught:
        machine.services.start(service)
    assert caught.value.hresult == 0x80070000 | 1058


def test_a_reboot_starts_automatic_services_only():
    machine = Machine.create("crm01", "2019", smtp=True)
    machine.services.start(machine.services.find("SMTPSVC"))
    machine.pending_reboot = True
    machine.restart()
    assert machine.services.find("SMTPSVC").status == STOPPED
    assert not machine.pending_reboot
    machine.services.find("SMTPSVC").start_type = AUTOMATIC
    machine.restart()
    assert machine.services.find("SMTPSVC").status == RUNNING


def test_installing_one_feature_brings_parents_first():
    machine = Machine.create("crm01", "2019")
    change = machine.features.install([machine.features.find("Web-WMI")])
    assert [feature.name for feature in change.features] == [
        "Web-Server",
        "Web-Mgmt-Tools",
        "Web-Mgmt-Compat",
        "Web-WMI",
    ]
    assert machine.features.install([machine.features.find("Web-WMI")]).features == ()


def test_removing_the_metabase_removes_what_needs_it():
    machine = Machine.create("crm01", "2019", smtp=True)
    change = machine.features.remove([machine.features.find("Web-Metabase")])
    assert {feature.name for feature in change.features} == {"Web-Metabase", "SMTP-Server"}
    assert change.restart_needed
    assert machine.services.find("SMTPSVC") is None
    assert not machine.metabase.smtp_installed()


def test_logins_are_scoped():
    machine = Machine.create("crm01", "2019")
    user = machine.accounts.login("CRM01\\deploy", is_administrator=False)
    with machine.signed_in(user):
        assert not machine.is_administrator
        assert machine.environment["USERNAME"] == "deploy"
    assert machine.is_administrator
    assert machine.accounts.name_of(user.sid) == "CRM01\\deploy"
    assert machine.accounts.sid_of("Administrators") == "S-1-5-32-544"


def test_everything_survives_json():
    machine = Machine.create("crm01", "2016", smtp=True)
    machine.event_log.script_block("Write-Output 1")
    machine.firewall.by_display_name("Windows Remote Management (HTTP-In)")[0].enabled = False
    data = json.dumps(machine.to_json())
    assert json.dumps(Machine.from_json(json.loads(data)).to_json()) == data


def test_the_event_log_makes_room():
    machine = Machine.create("crm01", "2016")
    for number in range(30):
        machine.event_log.script_block(f"{number}" + "x" * 100_000)
    log = "Microsoft-Windows-PowerShell/Operational"
    assert sum(len(record.message) for record in machine.event_log.newest(log)) <= 1024 * 1024
    assert machine.event_log.newest(log)[-1].index > 1


def test_the_store_is_private_and_replaces_whole_files(tmp_path):
    path = tmp_path / "state.json"
    store.save(Machine.create("crm01", "2019", smtp=True), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert store.load(path).name == "crm01"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]
    path.write_text('{"format": 99}')
    with pytest.raises(ValueError, match="format 99; this version reads format 1"):
        store.load(path)


def test_the_store_survives_a_kill(tmp_path):
    path = tmp_path / "state.json"
    program = (
        "import sys; from pathlib import Path\n"
        "from iisrelay.lab.windows import store; from iisrelay.lab.windows.machine import Machine\n"
        "machine = Machine.create('crm01', '2019', smtp=True)\n"
        "while True:\n    store.save(machine, Path(sys.argv[1])); print('saved', flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as process:
        for _ in range(5):
            assert process.stdout.readline() == b"saved\n"
        process.kill()
    assert store.load(path).name == "crm01"


def test_variables_of_the_machine_reach_new_processes():
    machine = Machine.create("crm01", "2019")
    machine.set_environment_variable("RELAY_HOME", r"%SystemRoot%\relay")
    assert machine.environment["RELAY_HOME"] == r"C:\Windows\relay"
    machine.set_environment_variable("RELAY_HOME", None)
    assert "RELAY_HOME" not in machine.environment
