"""Messages as people send them in: every case of tests/cases/headers is an .eml file and what must be read from it.

Only the keys that a case states are compared; ``explanation`` has to contain the stated text.
"""

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from iisrelay.tls.headers import Verdict, parse_message

FOLDER = Path(__file__).parents[2] / "cases" / "headers"
CASES = sorted(FOLDER.glob("*.eml"))
TLS12 = b"with Microsoft SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.20.1.1"
RELAY_HOPS = (
    b"Received: from r.example (203.0.113.9) by X.mail.protection.outlook.com (10.0.0.1) " + TLS12 + b";\r\n"
    b" Thu, 8 Jan 2026 16:57:38 +0000\r\n"
    b"Received: from app ([192.0.2.25]) by r.example with Microsoft SMTPSVC(10.0.17763.1697);\r\n"
    b"\t Thu, 8 Jan 2026 17:57:37 +0100\r\n"
)


def assert_contains(actual, expected, where):
    for key, value in expected.items():
        if isinstance(value, dict) and isinstance(actual[key], dict):
            assert_contains(actual[key], value, f"{where}.{key}")
        else:
            assert actual[key] == value, f"{where}.{key}"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_message_is_read(path):
    expected = YAML(typ="safe").load(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    actual = json.loads(json.dumps(parse_message(path.read_bytes()).to_json()))
    hops = expected.pop("hops")
    assert expected.pop("explanation", "") in actual["explanation"]
    assert_contains(actual, expected, path.stem)
    assert len(actual["hops"]) == len(hops)
    for hop, stated in zip(actual["hops"], hops, strict=True):
        assert_contains(hop, stated, f"hop {hop['number']}")


def test_cases_exist():
    assert len(CASES) > 10


@pytest.mark.parametrize(
    "text",
    [
        RELAY_HOPS,
        RELAY_HOPS.replace(b"\r\n", b"\n"),
        RELAY_HOPS.replace(b"\r\n", b"\r"),
        b"\xef\xbb\xbf" + RELAY_HOPS,
        RELAY_HOPS.decode().encode("utf-16"),
        RELAY_HOPS.decode().encode("utf-16-le"),
        RELAY_HOPS.decode(),
        "\ufeff" + RELAY_HOPS.decode(),
        b"\r\n\r\n" + RELAY_HOPS,
        b"From app@r.example Thu Jan  8 16:57:38 2026\r\n" + RELAY_HOPS,
        RELAY_HOPS.replace(b"\r\n ", b"\r\n").replace(b"\r\n\t", b"\r\n"),
    ],
    ids=["crlf", "lf", "cr", "bom", "utf16", "utf16-no-bom", "str", "str-bom", "blank-first", "mbox", "folds-lost"],
)
def test_every_way_of_saving_headers_is_read(text):
    route = parse_message(text)
    assert [hop.by for hop in route.hops] == ["r.example", "X.mail.protection.outlook.com"]
    assert route.leaving == 2
    assert route.verdict is Verdict.TLS12_OR_BETTER
    assert [hop.delay_s for hop in route.hops] == [None, 1.0]
    assert route.notes == ()


def test_headers_below_other_text_are_found_and_noted():
    route = parse_message(b"Here are the headers you asked for:\r\n\r\n    " + RELAY_HOPS.replace(b"\nR", b"\n    R"))
    assert route.verdict is Verdict.TLS12_OR_BETTER
    assert "below other text" in route.notes[0]


def test_the_raw_header_is_kept_as_folded_and_without_control_characters():
    hop = parse_message(
        b"Received: from a\x1b[31m ([192.0.2.1])\r\n\tby b with ESMTPS; 8 Jan 2026 17:57:37 +0100"
    ).hops[0]
    assert hop.raw == "Received: from a\ufffd[31m ([192.0.2.1])\n\tby b with ESMTPS; 8 Jan 2026 17:57:37 +0100"
    assert hop.from_ip == "192.0.2.1"


def test_a_message_that_has_not_left_the_relay():
    route = parse_message(RELAY_HOPS[RELAY_HOPS.index(b"Received: from app") :])
    assert (route.verdict, route.leaving, route.leaving_hop) == (Verdict.UNKNOWN, None, None)
    assert "no later server has stamped it" in route.explanation


@pytest.mark.parametrize("text", ["", b"", "Subject: x\n\nbody", b"\xff\xfe", "\ud800"])
def test_no_received_header(text):
    route = parse_message(text)
    assert route.hops == ()
    assert route.explanation == "There is no Received header, so nothing shows the way of this message."


def test_a_server_between_relay_and_next_hop_is_suspected():
    text = RELAY_HOPS.replace(b"from r.example (", b"from filter.example (")
    assert "the relay stamps itself r.example" in parse_message(text).explanation


@pytest.mark.parametrize(
    ("build", "windows"),
    [
        ("6.0.3790.4675", "2003"),
        ("7.0.6002.18264", "2008"),
        ("7.5.7601.17514", "2008 R2"),
        ("8.0.9200.16384", "2012"),
        ("8.5.9600.16384", "2012 R2"),
        ("10.0.14393.4169", "2016"),
        ("10.0.17763.1", "2019"),
        ("10.0.20348.1", "2022"),
        ("11.0.1.1", None),
    ],
)
def test_smtpsvc_tells_its_windows(build, windows):
    software = parse_message(f"Received: from a ([192.0.2.1]) by b with Microsoft SMTPSVC({build});").hops[0].software
    assert (software.version, software.windows) == (build, windows)


@pytest.mark.parametrize(
    ("build", "name"),
    [
        ("8.1.393.1", "Exchange Server 2007"),
        ("14.3.123.3", "Exchange Server 2010"),
        ("15.00.1497.012", "Exchange Server 2013"),
        ("15.1.2375.7", "Exchange Server 2016"),
        ("15.2.1544.4", "Exchange Server 2019"),
        ("15.20.8632.13", "Exchange Online"),
        ("16.0.1.1", "Exchange Server"),
    ],
)
def test_exchange_tells_its_version(build, name):
    hop = parse_message(f"Received: from a (192.0.2.1) by b.example with Microsoft SMTP Server id {build}; x").hops[0]
    assert (hop.software.name, hop.security.secured) == (name, False)


@pytest.mark.parametrize(
    ("stated", "version"),
    [
        ("TLS1_2", "TLS 1.2"),
        ("TLSv1.2", "TLS 1.2"),
        ("TLS1.2", "TLS 1.2"),
        ("TLSv1_2", "TLS 1.2"),
        ("TLSv1.3", "TLS 1.3"),
        ("TLSv1", "TLS 1.0"),
        ("TLS1", "TLS 1.0"),
        ("TLS1.0", "TLS 1.0"),
        ("TLS1_0", "TLS 1.0"),
        ("TLS1_1", "TLS 1.1"),
        ("SSLv3", "SSL 3.0"),
        ("SSL3", "SSL 3.0"),
        ("SSLv2", "SSL 2.0"),
        ("TLSv1/SSLv3", "unknown"),
        ("TLS", "unknown"),
        ("TLS2", "unknown"),
        ("DTLSv9", "unknown"),
    ],
)
def test_versions_are_normalised(stated, version):
    hop = parse_message(
        f"Received: from a ([192.0.2.1]) by b with ESMTPS id 1 (version={stated} cipher=AES256-SHA);"
    ).hops[0]
    assert (hop.tls, hop.cipher) == (version, "AES256-SHA")


def test_a_cipher_of_tls_13_alone_tells_the_version():
    hop = parse_message(
        "Received: from a ([192.0.2.1]) by b with ESMTPS tls TLS_AES_128_GCM_SHA256 (Haraka/2.8);"
    ).hops[0]
    assert (hop.tls, hop.security.at_least) == ("TLS 1.3", None)


RECEIVERS = {
    "by mx.example (8.17.1/8.17.1) with ESMTPS id 5 (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256)": "13",
    "by mx.example (8.14.7/8.14.7) with ESMTP id 5 (version=TLSv1/SSLv3 cipher=DHE-RSA-AES256-SHA bits=256)": "unknown",
    "by mx.example (8.14.7/8.14.7) with ESMTP id 5": "plain",
    "(TLS: TLSv1.3,256bits,TLS_AES_256_GCM_SHA384) by mx.example with ESMTPS id 1": "13",
    "by mx.example (OpenSMTPD) with ESMTPS id 1 (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO)": "13",
    "by mx.example with esmtps (TLSv1:AES256-SHA:256) (Exim 4.80) id 1nmMEE": "old",
    "by mx.example with (AES256-SHA encrypted) ESMTPS": "unknown",
    "by mx.example with (ECDHE-RSA-AES256-GCM-SHA384 encrypted) ESMTPS": "12",
    "by relay.mimecast.com with ESMTP with STARTTLS (version=TLSv1.0, cipher=AES256-SHA) id uk-mta-1": "old",
    "by mx0a-1.pphosted.com (PPS) with ESMTP id 34t9ybt7rh-1": "plain",
    "by esa1.example with ESMTP/TLS/DHE-RSA-AES256-SHA": "unknown",
    "by esa1.example with ESMTP": "unknown",
    "by mx.example (MDaemon PRO v22.0) with ESMTPS id md5": "unknown",
    "by email-smtp.us-east-1.amazonaws.com with SMTP (SimpleEmailService-d-A) id 1": "unknown",
    "by ex.example with Microsoft SMTP Server (cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.2.1": "12",
    "by ex.example (192.0.2.2) with Microsoft SMTP Server id 14.3.123.3": "plain",
    "by hub.example over TLS secured channel with Microsoft SMTPSVC(8.5.9600.16384)": "unknown",
}  # fmt: skip
WORDS = {"12": "tls12_or_better", "13": "tls12_or_better", "old": "old_tls"}


@pytest.mark.parametrize("form", RECEIVERS)
def test_receiving_servers_of_many_kinds(form):
    text = f"Received: from r.example (r.example [203.0.113.9]) {form}; Thu, 8 Jan 2026 16:57:40 +0000\n\n"
    assert parse_message(text).verdict == WORDS.get(RECEIVERS[form], RECEIVERS[form])
