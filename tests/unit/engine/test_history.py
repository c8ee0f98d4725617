"""The files of the history: sorted, pruned, private, and read back as they were written."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from unit.conftest import WINDOWS_2019

from iisrelay.engine.history import Entry, History
from iisrelay.errors import IisRelayError, UsageError
from iisrelay.plan.change import Change
from iisrelay.results import ChangeResult, HostReport
from iisrelay.secret import Secret
from iisrelay.settings.stored import AccessList, Address, Kind, Store
from iisrelay.state import Observed, ObservedValue, Request, Snapshot
from iisrelay.status import Action, Outcome

LIST = AccessList(grant_by_default=False, addresses=("10.0.0.0, 255.0.0.0",))
CHANGES = (
    Change("c1", "virtual_servers[A].access.relay", Store.METABASE, "SmtpSvc/1", "RelayIpList", Action.UPDATE,
           Kind.IPSECLIST, before={"allow": "only_listed"}, after=None, stored_before=LIST, stored_after=None),
    Change("c2", "virtual_servers[A].delivery.outbound_security.password", Store.METABASE, "SmtpSvc/1",
           "RoutePassword", Action.CREATE, Kind.STRING, sensitive=True, secret=Secret("env:MARKER")),
)  # fmt: skip


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "history", kept=3)


def entry(history: History, host: str = "crm01") -> Entry:
    now = datetime(2026, 11, 24, 15, 7, 12, tzinfo=UTC)
    values = {Address(Store.METABASE, "SmtpSvc/1", "RelayIpList"): ObservedValue(LIST)}
    observed = Observed(WINDOWS_2019, smtp_ready=True, values=values)
    return Entry(
        identity=history.new_identity(host), host=host, address="192.0.2.1", command="apply", started=now,
        request=Request(), snapshot=Snapshot(host, now, "apply", observed), changes=CHANGES,
    )  # fmt: skip


def test_an_entry_is_read_back_as_it_was_written(history):
    written = entry(history)
    history.write(written)
    (read,) = history.entries("crm01")
    assert (read.identity, read.status, read.left_something) == (written.identity, "running", True)
    assert read.changes[0] == CHANGES[0]
    assert read.changes[1].secret is not None
    assert read.snapshot.observed.find(Address(Store.METABASE, "SmtpSvc/1", "RelayIpList")).value == LIST
    (path,) = history.folder.rglob("*.json")
    assert path.stat().st_mode & 0o077 == 0
    assert "MARKER" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("host", ["../../evil", "..", "a/b:c", "\u202ehost"])
def test_hosts_with_odd_names_stay_in_their_folder(history, host):
    history.write(entry(history, host))
    (found,) = history.entries(host)
    (path,) = history.folder.parent.rglob("*.json")
    assert found.host == host
    assert path.parent.parent == history.folder


def test_what_came_of_it_is_noted(history):
    written = entry(history)
    results = (ChangeResult(CHANGES[0], Outcome.ROLLED_BACK), ChangeResult(CHANGES[1], Outcome.FAILED, "no"))
    history.finish(written, HostReport("crm01", "apply", changes=results, rolled_back=True, backup="b"))
    read = history.find(written.identity)
    assert (read.status, read.backup, read.outcomes, read.left_something) == (
        "failed", "b", ("rolled_back", "failed"), False,
    )  # fmt: skip


def test_identities_sort_by_age_and_the_oldest_go(history):
    names = []
    for _ in range(5):
        made = entry(history)
        names.append(made.identity)
        history.write(made)
    history.write(entry(history, "crm01-2"))
    assert [item.identity for item in history.entries("crm01")] == names[-3:]
    assert len(history.entries()) == 4


def test_hosts_with_strange_names_stay_in_the_folder(history):
    history.write(replace(entry(history, "../../etc"), host="../../etc"))
    (path,) = history.folder.rglob("*.json")
    assert path.parent.parent == history.folder
    assert [item.host for item in history.entries("../../etc")] == ["../../etc"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 9}', "\x00"])
def test_a_damaged_file_is_told_by_name(history, text):
    history.write(entry(history))
    (path,) = history.folder.rglob("*.json")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(IisRelayError, match=path.name):
        history.entries()


DAMAGES = [
    ("results", 0, "setting", []),
    ("results", 0, "outcome", None),
    ("request", "properties", [[None, "HopCount", "DWORD", False]]),
    ("request", "services", 5),
    ("request", "features", [None]),
    ("changes", 0, "kind", "WORDS"),
    ("snapshot", None),
]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: ".".join(map(str, damage[:-1])))
def test_a_file_with_something_else_in_a_place_is_told_by_name(history, damage):
    results = (ChangeResult(CHANGES[0], Outcome.APPLIED),)
    history.finish(entry(history), HostReport("crm01", "apply", changes=results))
    (path,) = history.folder.rglob("*.json")
    *way, last, value = damage
    document = place = json.loads(path.read_text(encoding="utf-8"))
    for step in way:
        place = place[step]
    place[last] = value
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(IisRelayError, match=path.name):
        history.entries()


def test_a_clock_that_was_put_back_does_not_make_an_entry_old(history):
    ahead = replace(entry(history), identity="20990101T000059Z-crm01")
    history.write(ahead)
    later = entry(history)
    history.write(later)
    assert later.identity == "20990101T000100Z-crm01"
    assert history.entries("crm01")[-1].identity == later.identity


def test_a_history_that_cannot_be_written_is_told_by_name(history, tmp_path):
    (tmp_path / "history").write_text("a file where a folder is wanted", encoding="utf-8")
    with pytest.raises(IisRelayError, match="the history cannot be written"):
        history.write(entry(history))


@pytest.mark.parametrize("identity", ["", "..", "20261124T150712Z-../../x", "20261124T150712Z-*"])
def test_only_identities_are_looked_for(history, identity):
    history.write(entry(history))
    with pytest.raises(UsageError):
        history.find(identity)
    assert json.loads(next(history.folder.rglob("*.json")).read_text(encoding="utf-8"))["format"] == 2
