import pytest

from iisrelay.plan.change import Change
from iisrelay.plan.order import ordered, server_number
from iisrelay.secret import Secret
from iisrelay.settings.stored import AccessList, Kind, Store
from iisrelay.status import Action


def change(path, name, *, store=Store.METABASE, action=Action.UPDATE, kind=Kind.STRING, after=None, secret=None):
    return Change("", f"{path} {name}", store, path, name, action, kind, stored_after=after, secret=secret)


EXPECTED = [
    change("SMTP-Server", "state", store=Store.FEATURE),
    change(r"D:\mail", "folder", store=Store.FOLDER),
    change("SmtpSvc/2", "KeyType", action=Action.CREATE),
    change("SmtpSvc/1", "ServerState", after=4),
    change("SmtpSvc", "MaxMessageSize"),
    change("SmtpSvc/2/RoutingSources", "KeyType", action=Action.CREATE),
    change("SmtpSvc/1", "RelayIpList", kind=Kind.IPSECLIST),
    change("SmtpSvc/1", "HopCount"),
    change("SmtpSvc/2", "RelayIpList", kind=Kind.IPSECLIST),
    change("SmtpSvc/1/Domain/a.example", "KeyType", action=Action.CREATE),
    change("SmtpSvc/1/Domain/a.example", "RouteAction"),
    change(r"HKLM\SOFTWARE\X", "Enabled", store=Store.REGISTRY),
    change("SmtpSvc/1", "RoutePassword", secret=Secret("env:PASSWORD")),
    change("SmtpSvc/1", "ServerAutoStart", kind=Kind.BOOL),
    change("SMTPSVC", "startup", store=Store.SERVICE),
    change("SMTPSVC", "state", store=Store.SERVICE),
    change("SmtpSvc/2", "ServerState", after=2),
    change("SmtpSvc/9", "KeyType", action=Action.DELETE),
    change("iisrelay SMTP *:25", "rule", store=Store.FIREWALL),
]


def test_changes_come_in_the_order_in_which_they_can_be_made():
    made = ordered(reversed(EXPECTED))
    assert [(item.path, item.name) for item in made] == [(item.path, item.name) for item in EXPECTED]


@pytest.mark.parametrize("names", [("IPSecurity", "RelayIpList"), ("RelayIpList", "IPSecurity")])
def test_the_list_that_lets_the_world_in_comes_after_the_one_that_does_not(names):
    closing, opening = (
        change("SmtpSvc/1", name, kind=Kind.IPSECLIST, after=AccessList(grant_by_default=opens, addresses=()))
        for name, opens in zip(names, (False, True), strict=True)
    )
    for changes in ((opening, closing), (closing, opening)):
        assert [item.name for item in ordered(changes)] == list(names)


def test_identities_are_unique_and_follow_the_order():
    assert [item.identity for item in ordered(EXPECTED)] == [f"c{n}" for n in range(1, len(EXPECTED) + 1)]


def test_the_number_of_a_virtual_server_is_the_second_name_of_a_path():
    assert [server_number(path) for path in ("SmtpSvc", "SmtpSvc/12", "SmtpSvc/3/Domain/x")] == [0, 12, 3]
