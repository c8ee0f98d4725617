"""check-tls from the command line: hosts, smart hosts, messages; output, exit codes."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from iisrelay.cli.check_tls import split_smart_host
from iisrelay.errors import UsageError

LEFT_WITH_TLS12 = """\
Received: from mail.contoso.example (1.2.3.4) by AM4PEPF00027A6C.mail.protection.outlook.com (10.167.16.90) with
 Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.1;
 Mon, 12 Jan 2026 10:00:01 +0000
Received: from app01 ([10.0.0.5]) by mail.contoso.example with Microsoft SMTPSVC(10.0.17763.1697);
 Mon, 12 Jan 2026 10:00:00 +0000
Subject: test

"""


def test_a_host_of_the_lab(iisrelay):
    assert iisrelay("apply", "--lab", "--yes").code == 0
    ran = iisrelay("check-tls", "--lab", "--no-probe", "--junit", "tls.xml", "-o", "json")
    document = json.loads(ran.out)
    (host,) = document["hosts"]
    assert (ran.code, document["command"], document["status"]) == (2, "check-tls", "not ready")
    assert (host["host"], host["status"], host["error"]) == ("relay01", "not ready", None)
    levels = {finding["check"]: finding["level"] for finding in host["findings"]}
    assert (levels["tls12_client"], levels["outbound_esmtp"], levels["no_probe"]) == ("ok", "problem", "info")
    states = {(item["protocol"], item["side"]): item["state"] for item in host["protocols"]}
    assert states["TLS 1.2", "client"] == "enabled"
    assert states["TLS 1.3", "server"] == "not_supported"
    suite = ET.parse("tls.xml").find("testsuite")  # noqa: S314 - our own document
    assert (suite.get("name"), suite.get("failures")) == ("relay01", "1")
    assert "Marker-9f2c41aa" not in ran.out + ran.err


def test_what_people_read(iisrelay):
    text = Path("site.yaml").read_text(encoding="utf-8") + "tls: {policy: tls12}\n"
    text = text.replace("smtp.example.com", "exchange-online").replace(
        "hop_count: 20", "hop_count: 20\n    esmtp: {outbound: full}"
    )
    Path("site.yaml").write_text(text.replace("scanner,", "scanner@contoso.example,"), encoding="utf-8")
    assert iisrelay("apply", "--lab", "--yes").code == 0
    ran = iisrelay("check-tls", "--lab", "--no-probe", "-q")
    assert ran.code == 0, ran.out
    assert "relay01  ready  (Windows Server 2019 Standard)" in ran.out
    assert "TLS 1.2   enabled              enabled" in ran.out
    assert "TLS 1.2: 1 ready. Nothing has been changed." in ran.out
    assert "off by default" in ran.out
    assert ran.err == ""


def test_a_virtual_server_that_is_not_there_yet(iisrelay):
    ran = iisrelay("check-tls", "--lab")
    assert ran.code == 2
    assert "fix: iisrelay apply" in ran.out


def test_an_unreachable_host(iisrelay):
    text = Path("site.yaml").read_text(encoding="utf-8")
    winrm = "{address: 127.0.0.1, winrm: {port: 9, https: false, username: u, password: env:SCANNER_PASSWORD}}"
    Path("site.yaml").write_text(text.replace("relay01: {}", f"relay01: {winrm}"), encoding="utf-8")
    ran = iisrelay("check-tls", "-o", "json")
    document = json.loads(ran.out)
    assert (ran.code, document["status"], document["hosts"][0]["error"]["exit_code"]) == (4, "unreachable", 4)


def test_a_site_file_with_problems(iisrelay):
    Path("site.yaml").write_text("version: 1\nhosts: 5\n", encoding="utf-8")
    assert iisrelay("check-tls").code == 3


def test_without_a_site_elsewhere_than_on_windows(iisrelay):
    Path("site.yaml").unlink()
    ran = iisrelay("check-tls")
    assert ran.code == 64
    assert "--smart-host" in ran.err


@pytest.mark.parametrize(
    ("old", "new", "code", "verdict"),
    [
        ("", "", 0, "tls12_or_better"),
        ("TLS1_2", "TLS1_0", 2, "old_tls"),
        (" (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)", "", 2, "plain"),
        (LEFT_WITH_TLS12, "Subject: nothing\n\n", 1, "unknown"),
    ],
)
def test_a_message(iisrelay, old, new, code, verdict):
    Path("mail.eml").write_text(LEFT_WITH_TLS12.replace(old, new) if old else LEFT_WITH_TLS12, encoding="utf-8")
    ran = iisrelay("check-tls", "--message", "mail.eml", "-o", "json", "--junit", "mail.xml")
    document = json.loads(ran.out)
    assert (ran.code, document["message"]["verdict"], document["hosts"]) == (code, verdict, [])
    assert iisrelay("check-tls", "--message", "mail.eml").out.count("Message: ") == 1
    assert "testcase" in Path("mail.xml").read_text(encoding="utf-8")


def test_a_message_that_is_not_there(iisrelay):
    assert iisrelay("check-tls", "--message", "none.eml").code == 64


def test_a_smart_host_that_is_not_there(iisrelay):
    ran = iisrelay("check-tls", "--smart-host", "127.0.0.1:9", "-o", "json")
    document = json.loads(ran.out)
    assert (ran.code, document["status"], document["smart_host"]["port"]) == (4, "unreachable", 9)
    assert "127.0.0.1:9" in iisrelay("check-tls", "--smart-host", "127.0.0.1:9").out


@pytest.mark.parametrize(
    "arguments",
    [("site.yaml", "--message", "-"), ("--smart-host", "x", "--message", "-"), ("--smart-host", "x", "--lab")],
)
def test_what_cannot_be_meant_together(iisrelay, arguments):
    assert iisrelay("check-tls", *arguments).code == 64


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("exchange-online", ("smtp.office365.com", 587)),
        ("exchange-online:25", ("smtp.office365.com", 25)),
        ("mail.smtp2go.com", ("mail.smtp2go.com", 2525)),
        ("relay.example.net", ("relay.example.net", 587)),
        ("relay.example.net:465", ("relay.example.net", 465)),
        ("[10.1.2.3]:25", ("10.1.2.3", 25)),
        ("2001:db8::5", ("2001:db8::5", 587)),
        ("[2001:db8::5]:2525", ("2001:db8::5", 2525)),
    ],
)
def test_how_a_smart_host_is_written(written, expected):
    assert split_smart_host(written) == expected


@pytest.mark.parametrize("written", ["", ":25", "host:0", "host:65536", "host:smtp", "two words"])
def test_what_names_no_smart_host(written):
    with pytest.raises(UsageError):
        split_smart_host(written)
