import json

import pytest

from iisrelay.errors import RefusedError, UsageError
from iisrelay.plan.diff import make_plan
from iisrelay.plan.saved import read_plans, write_plans
from iisrelay.state import ObservedServer

SITE = """
    virtual_servers:
      - name: Relay
        delivery:
          hop_count: 30
          outbound_security: {method: basic, username: a@example.com, password: env:MARKER_REFERENCE, tls: true}
    """


def plan(target, builder):
    return make_plan(target, builder.observed(), lambda _setting, _secret: False)


def relay(host, hop_count=15, queued=0):
    return host(
        servers=(ObservedServer(1, "Relay", 2, queued),),
        metabase={"SmtpSvc/1": {"ServerAutoStart": True, "HopCount": hop_count}},
    )


def test_a_plan_made_again_from_the_same_is_the_same(site_target, host):
    first, second = plan(site_target(SITE), relay(host)), plan(site_target(SITE), relay(host))
    assert first.checksum == second.checksum
    second.refuse_if_stale(first.basis, first.checksum)


def test_a_changed_host_makes_a_saved_plan_stale(site_target, host):
    target = site_target(SITE)
    saved = plan(target, relay(host))
    with pytest.raises(RefusedError, match="stale"):
        plan(target, relay(host, hop_count=16)).refuse_if_stale(saved.basis, saved.checksum)


def test_a_changed_site_makes_a_saved_plan_stale(site_target, host):
    saved = plan(site_target(SITE), relay(host))
    changed = plan(site_target(SITE.replace("30", "31")), relay(host))
    with pytest.raises(RefusedError, match="stale"):
        changed.refuse_if_stale(saved.basis, saved.checksum)


def test_mail_in_the_queue_does_not_make_a_plan_stale(site_target, host):
    target = site_target(SITE)
    assert plan(target, relay(host)).basis == plan(target, relay(host, queued=5)).basis


def test_saved_plans_come_back_and_hold_no_reference(site_target, host, tmp_path):
    made = plan(site_target(SITE), relay(host))
    path = tmp_path / "plan.json"
    write_plans(path, [made], site="site.yaml")
    saved = read_plans(path)
    assert saved.site == "site.yaml"
    assert (saved.plans["h1"].basis, saved.plans["h1"].checksum) == (made.basis, made.checksum)
    assert "MARKER_REFERENCE" not in path.read_text(encoding="utf-8")
    (document,) = json.loads(path.read_text(encoding="utf-8"))["plans"]
    sensitive = next(change for change in document["changes"] if change["sensitive"])
    assert (sensitive["before"], sensitive["after"]) == (None, None)


@pytest.mark.parametrize("content", [None, "", "[]", '{"plans": [], "site": "x", "format": "9"}', '{"plans": [1]}'])
def test_a_file_that_is_no_plan_is_refused(tmp_path, content):
    path = tmp_path / "plan.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as refusal:
        read_plans(path)
    assert refusal.value.hint
