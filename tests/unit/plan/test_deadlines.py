import datetime as dt

import pytest

from iisrelay.errors import UsageError
from iisrelay.plan.clock import today
from iisrelay.plan.deadlines import deadline_for, warning
from iisrelay.plan.diff import make_plan

SITE = """
    virtual_servers:
      - name: Billing
        general: {bindings: ['10.1.2.3:2525']}
        delivery:
          smart_host: exchange-online
          outbound_security: {username: billing@contoso.example, password: env:MARKER_NAME}
      - name: Connector
        general: {bindings: ['10.1.2.3:2526']}
        delivery: {smart_host: {preset: exchange-online-connector, domain: contoso.example}}
      - {name: Old, state: absent}
"""


def said(day, host="smtp.office365.com", *, basic=True):
    deadline = deadline_for(host, basic=basic)
    return deadline.message(dt.date.fromisoformat(day)) if deadline else ""


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-24", "37 days left"),
        ("2026-12-30", "1 day left"),
        ("2026-12-31", "0 days left"),
        ("2027-01-01", "1 day ago"),
        ("2027-06-01", "152 days ago"),
    ],
)
def test_the_wording_goes_by_the_day(day, words):
    assert words in said(day)
    assert ("has had" in said(day)) is (day >= "2027")


def test_what_is_far_away_is_not_said():
    assert said("2025-01-01") == ""
    assert warning(deadline_for("smtp.office365.com", basic=True), ["x"], dt.date(2025, 1, 1)) == ""
    assert said("2026-11-24", "smtp.hve.mx.microsoft") == ""
    assert "September 2028" in said("2028-05-01", "smtp.hve.mx.microsoft")


@pytest.mark.parametrize("host", ["SMTP.office365.com.", "smtp.office365.us", "smtp.partner.outlook.cn"])
def test_all_clouds_and_spellings(host):
    assert "37 days" in said("2026-11-24", host)


def test_only_basic_authentication_towards_submission_is_meant():
    assert said("2026-11-24", basic=False) == ""
    assert said("2026-11-24", "contoso-com.mail.protection.outlook.com") == ""
    assert said("2026-11-24", "smtp.sendgrid.net") == ""


def test_the_clock_can_be_set(monkeypatch):
    monkeypatch.setenv("IISRELAY_TODAY", "2027-02-03")
    assert today() == dt.date(2027, 2, 3)
    monkeypatch.setenv("IISRELAY_TODAY", "soon")
    with pytest.raises(UsageError, match="IISRELAY_TODAY"):
        today()
    monkeypatch.delenv("IISRELAY_TODAY")
    assert abs(today() - dt.datetime.now(dt.UTC).date()) <= dt.timedelta(days=1)


def test_a_plan_warns_once_and_names_alternatives(site_target, host, monkeypatch):
    monkeypatch.setenv("IISRELAY_TODAY", "2026-11-24")
    plan = make_plan(site_target(SITE), host().observed(), lambda _setting, _secret: True)
    texts = [text for text in plan.warnings if "basic authentication" in text]
    assert len(texts) == 1
    assert texts[0].startswith('"Billing": Exchange Online switches basic authentication')
    assert "exchange-online-connector" in texts[0]


def test_the_day_changes_no_checksum(site_target, host, monkeypatch):
    sums = []
    for day in ("2026-11-24", "2027-11-24"):
        monkeypatch.setenv("IISRELAY_TODAY", day)
        sums.append(make_plan(site_target(SITE), host().observed(), lambda _setting, _secret: True).checksum)
    assert sums[0] == sums[1]
