import subprocess

import pytest

from iisrelay.engine.ledger import SecretLedger
from iisrelay.errors import IisRelayError
from iisrelay.secret import Secret

SETTING = "virtual_servers[Relay].delivery.outbound_security.password"


@pytest.fixture
def target(site_target, monkeypatch):
    monkeypatch.setenv("RELAY_PASSWORD", "marker-one")
    return site_target("virtual_servers: [{name: Relay}]")


@pytest.fixture
def secret():
    return Secret("env:RELAY_PASSWORD")


def test_an_unknown_secret_is_set_by_a_plan_and_trusted_by_verify(tmp_path, target, secret):
    ledger = SecretLedger(tmp_path / "secrets.json")
    assert not ledger.check(target)(SETTING, secret)
    assert ledger.check(target, unknown_is_current=True)(SETTING, secret)


def test_what_was_applied_is_known_to_the_next_run(tmp_path, target, secret):
    path = tmp_path / "below" / "secrets.json"
    SecretLedger(path).remember(target, [(SETTING, secret)])
    assert SecretLedger(path).check(target)(SETTING, secret)
    assert path.stat().st_mode & 0o077 == 0
    assert "marker-one" not in path.read_text(encoding="utf-8")


def test_a_changed_secret_is_seen_by_plan_and_verify(tmp_path, target, secret, monkeypatch):
    path = tmp_path / "secrets.json"
    SecretLedger(path).remember(target, [(SETTING, secret)])
    monkeypatch.setenv("RELAY_PASSWORD", "marker-two")
    assert not SecretLedger(path).check(target)(SETTING, secret)
    assert not SecretLedger(path).check(target, unknown_is_current=True)(SETTING, secret)


def test_equal_secrets_at_two_places_look_different(tmp_path, target, secret):
    ledger = SecretLedger(tmp_path / "secrets.json")
    ledger.remember(target, [(SETTING, secret), ("elsewhere", secret)])
    assert len(set(ledger._entries.values())) == 2


@pytest.mark.parametrize("content", ["", "[]", '{"entries": {}, "key": "zz"}', '{"entries": 5, "key": ""}'])
def test_a_damaged_file_is_an_error_with_a_way_out(tmp_path, content):
    path = tmp_path / "secrets.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(IisRelayError) as error:
        SecretLedger(path)
    assert "delete it" in error.value.hint


def test_hashes_and_their_key_stay_out_of_repositories(tmp_path, target, secret):
    repository = tmp_path / "repository"
    subprocess.run(["git", "init", "--quiet", str(repository)], check=True)
    folder = repository / ".iisrelay"
    for number in (1, 2):
        SecretLedger(folder / "secrets.json").remember(target, [(f"{SETTING}{number}", secret)])
    status = subprocess.run(
        ["git", "-C", str(repository), "status", "--short", "--untracked-files=all"], capture_output=True, check=True
    )
    assert status.stdout == b""
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "secrets.json"]
