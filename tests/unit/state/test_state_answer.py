import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.errors import BrokenAnswerError, IisRelayError
from iisrelay.settings.stored import AccessList, Address, Kind, Store
from iisrelay.state import HostFacts, Observed, ObservedServer, ObservedValue, Request, Snapshot
from iisrelay.state.answer import BEGIN, END, extract, parse_observed
from iisrelay.state.request import PropertyQuestion

HOST = {
    "version": "10.0.17763.0", "build": 17763, "product": "Windows Server 2019", "powershell": "5.1",
    "is_64_bit": True, "is_administrator": True, "pending_reboot": False, "addresses": ["10.1.2.3"], "booted": "",
}  # fmt: skip


def document(**changes):
    base = {"format": 1, "host": HOST, "smtp_ready": True, "smtp_problem": "", "servers": [], "features": [],
            "values": []}  # fmt: skip
    return {**base, **changes}


def row(form, value, *, name="X", inherited=False):
    return ["metabase", "SmtpSvc/1", name, form, value, inherited]


@pytest.mark.parametrize(
    ("form", "sent", "stored"),
    [
        ("number", -1, 2**32 - 1),
        ("number", 15, 15),
        ("flag", True, True),
        ("text", "a'b\n\u201c", "a'b\n\u201c"),
        ("texts", [":25:", "b"], (":25:", "b")),
        ("bytes", "AAEC", b"\x00\x01\x02"),
        (
            "access",
            {"grant_by_default": False, "addresses": ["10.0.0.1, 255.255.255.255"], "domains": []},
            AccessList(grant_by_default=False, addresses=("10.0.0.1, 255.255.255.255",)),
        ),
    ],
)
def test_values_arrive_with_their_types(form, sent, stored):
    observed = parse_observed(document(values=[row(form, sent)]))
    assert observed.find(Address(Store.METABASE, "smtpsvc/1", "x")).value == stored


def test_hidden_and_unreadable_values_have_no_value():
    observed = parse_observed(document(values=[row("hidden", None), row("problem", "no\x1b[31m way", name="Y")]))
    assert observed.find(Address(Store.METABASE, "SmtpSvc/1", "X")).hidden
    assert observed.find(Address(Store.METABASE, "SmtpSvc/1", "Y")).problem == "no [31m way"


@pytest.mark.parametrize(
    "changes",
    [
        {"host": None},
        {"host": {**HOST, "build": "17763"}},
        {"host": {**HOST, "is_administrator": 1}},
        {"host": {**HOST, "addresses": "10.1.2.3"}},
        {"smtp_ready": "yes"},
        {"servers": [{"number": True, "comment": None, "state": 2, "queued": 0, "win32_error": 0}]},
        {"servers": ["x"]},
        {"features": {}},
        {"values": [["metabase", "SmtpSvc/1", "X", "number", 1]]},
        {"values": [["elsewhere", "SmtpSvc/1", "X", "number", 1, False]]},
        {"values": [row("number", 2**32)]},
        {"values": [row("number", True)]},
        {"values": [row("flag", 1)]},
        {"values": [row("text", 5)]},
        {"values": [row("texts", "one")]},
        {"values": [row("bytes", "not base64!")]},
        {"values": [row("access", [])]},
        {"values": [row("unheard-of", 1)]},
        {"values": [row("text", "x", inherited="no")]},
        {"values": [row("text", "x" * (1024 * 1024 + 1))]},
    ],
)
def test_answers_of_wrong_shape_are_refused(changes):
    with pytest.raises(BrokenAnswerError):
        parse_observed(document(**changes))


@pytest.mark.parametrize(
    "output",
    ["", "no markers", BEGIN + '{"format":1', END + BEGIN, BEGIN + "[]" + END, BEGIN + '{"format":2}' + END,
     BEGIN + "[" * 100_000 + END],
)  # fmt: skip
def test_what_is_no_answer_is_refused(output):
    with pytest.raises(BrokenAnswerError):
        extract(output)


@pytest.mark.parametrize("opening", ["[", '{"a":', '["[]",'])
def test_depth_is_measured_before_a_parser_runs_out_of_stack(opening):
    with pytest.raises(BrokenAnswerError, match="nested too deeply"):
        extract(BEGIN + opening * 100_000 + END)


def test_brackets_in_strings_do_not_nest():
    text = '"\\' + "[{" * 1000
    assert extract(BEGIN + json.dumps({"format": 1, "text": text}) + END)["text"] == text


def test_noise_around_the_answer_does_no_harm():
    assert extract(f"WARNING: x\r\n{BEGIN}{json.dumps(document())}{END}\r\nbye")["smtp_ready"] is True


scalars = st.none() | st.booleans() | st.integers() | st.text()
trees = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(trees, st.sampled_from(["host", "servers", "features", "values"]))
def test_a_hostile_answer_is_read_or_refused_and_nothing_else(value, name):
    with contextlib.suppress(BrokenAnswerError):
        assert isinstance(parse_observed(document(**{name: value})), Observed)


def test_halves_of_characters_are_replaced():
    assert parse_observed(document(values=[row("text", "a\ud800b")])).find(
        Address(Store.METABASE, "SmtpSvc/1", "X")
    ).value == "a\ufffdb"  # fmt: skip


values = st.one_of(
    st.integers(0, 2**32 - 1),
    st.booleans(),
    st.text(),
    st.binary(),
    st.lists(st.text()).map(tuple),
    st.builds(AccessList, st.booleans(), st.lists(st.text()).map(tuple), st.lists(st.text()).map(tuple)),
)


@given(values, st.sampled_from([True, False, None]))
def test_a_snapshot_survives_its_file(value, inherited):
    observed = Observed(
        HostFacts("10.0", 17763, "Windows", "5.1", True, True, addresses=("10.1.2.3",)),
        smtp_ready=True,
        servers=(ObservedServer(1, "Relay", 2, queued=3),),
        features={"SMTP-Server": "installed"},
        values={
            Address(Store.METABASE, "SmtpSvc/1", "X"): ObservedValue(value, inherited),
            Address(Store.METABASE, "SmtpSvc/1", "Secret"): ObservedValue(None, hidden=True),
            Address(Store.METABASE, "SmtpSvc/1", "Bad"): ObservedValue(None, None, problem="why"),
        },
    )
    taken = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    snapshot = Snapshot("h1", taken, "apply", observed)
    assert Snapshot.from_json(snapshot.to_json()) == snapshot


def test_a_request_asks_for_what_the_site_manages(site_target):
    target = site_target(
        """
        virtual_servers:
          - name: Relay
            delivery:
              hop_count: 30
              outbound_security: {method: basic, username: a@b.example, password: env:X, tls: true}
            folders: {root: 'D:\\mail'}
            domains: [{name: partner.example, type: remote, relay: true}]
        tls: {policy: tls12}
        features: {install: true}
        """
    )
    request = Request.of(target)
    assert PropertyQuestion("server", "HopCount", Kind.DWORD) in request.properties
    assert PropertyQuestion("server", "RoutePassword", Kind.STRING, sensitive=True) in request.properties
    assert PropertyQuestion("domain", "RouteAction", Kind.DWORD) in request.properties
    inputs = request.inputs()
    assert "server\tRoutePassword\tSTRING\t1" in inputs["properties"].split("\n")
    assert any(line.endswith("TLS 1.2\\Client\tEnabled") for line in inputs["registry"].split("\n"))
    assert "D:\\mail\\Queue" in inputs["folders"].split("\n")


def test_a_question_cannot_break_out_of_its_line():
    with pytest.raises(IisRelayError, match="control character"):
        Request(folders=("D:\\a\tb",)).inputs()


RECORD = {
    "id": "a", "owner": "u@c, process 1", "since": "noon", "until": "one", "state": "running", "total": "9",
    "seconds_left": 5, "alive": False, "moving": "", "restart": "", "steps": {"c1": "applied\t", "c2": "begun"},
}  # fmt: skip


def test_the_record_of_an_apply_tells_how_far_it_came():
    record = parse_observed(document(record=RECORD)).record
    assert (record.holds, record.was_interrupted, record.finished, record.total) == (True, True, 1, 9)
    assert parse_observed(document(record={**RECORD, "alive": True})).record.was_interrupted is False
    assert parse_observed(document(record=None)).record is None


@pytest.mark.parametrize(
    "change", [{"steps": []}, {"steps": {"c1": 5}}, {"seconds_left": "5"}, {"alive": 1}, {"owner": None}]
)
def test_a_record_that_is_none_breaks_the_answer(change):
    with pytest.raises(BrokenAnswerError):
        parse_observed(document(record={**RECORD, **change}))


@pytest.mark.parametrize("total", ["", "-1", "9" * 5000, "\u0663", "nine"])
def test_a_hostile_total_counts_for_nothing(total):
    assert parse_observed(document(record={**RECORD, "total": total})).record.total == 0


def test_a_request_survives_its_document_and_takes_others_in():
    whole = Request.of_whole(["A", "B"])
    other = Request(registry=(Address(Store.REGISTRY, "HKLM\\X", "Y"),), folders=("D:\\a",), firewall=True)
    both = whole.also(other)
    assert Request.of_document(json.loads(json.dumps(both.document()))) == both
    assert (both.whole, both.folders, both.firewall) == (("A", "B"), ("D:\\a",), True)
    assert any(question.name == "RoutePassword" and question.sensitive for question in both.properties)


@pytest.mark.parametrize("sent", [10**30, -(10**30), 2**63, 1e999, float("nan")])
def test_numbers_that_no_windows_has_are_refused(sent):
    with pytest.raises(BrokenAnswerError):
        parse_observed(document(host={**HOST, "build": sent}))


@pytest.mark.parametrize(
    "text",
    [
        '{"format":1,"x":[' + "[]," * 3_000_000 + "[]]}",
        '{"format":' + "9" * 1_000_000 + "}",
        '{"format":"\x1b[31m' + "x" * 1_000_000 + '"}',
    ],
    ids=["many values", "long number", "long format"],
)
def test_answers_that_would_fill_the_memory_or_the_screen_are_refused(text):
    with pytest.raises(BrokenAnswerError) as caught:
        extract(BEGIN + text + END)
    assert len(caught.value.message) < 100


@pytest.mark.parametrize("position", [0, 3])
def test_long_words_are_not_repeated_whole(position):
    odd = row("number", 1)
    odd[position] = "x\u202e" * 100_000
    with pytest.raises(BrokenAnswerError) as caught:
        parse_observed(document(values=[odd]))
    assert len(caught.value.message) < 500
    assert caught.value.message.isprintable()


def test_names_turn_no_text_around():
    assert parse_observed(document(smtp_problem="a\u202eb\u2028c\x9bd")).smtp_problem == "a b c d"
