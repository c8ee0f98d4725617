import json
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.settings.relay_list import decode, encode, format_entry, parse_entry
from iisrelay.settings.stored import AccessList

SAMPLES = json.loads(Path(__file__).with_name("relay_list_samples.json").read_text(encoding="utf-8"))["samples"]
WHOLE = [sample for sample in SAMPLES if not sample.get("partial") and sample["bytes"]]
PARTIAL = [sample for sample in SAMPLES if sample.get("partial")]


@pytest.mark.parametrize("sample", WHOLE, ids=lambda sample: sample["id"])
def test_sample_is_read_as_its_collector_read_it(sample):
    decoded = decode(bytes(sample["decimal"]))
    assert decoded.access_list == AccessList(False, tuple(sample["expect"]["grant"]))
    assert bool(decoded.problems) is sample["status"].startswith("MALFORMED")


@pytest.mark.parametrize("sample", PARTIAL, ids=lambda sample: sample["id"])
def test_partial_sample_agrees_with_the_encoder(sample):
    entries = tuple(f"{address}, 255.255.255.255" for address in sample["build"]["nets"])
    blob = encode(AccessList(sample["build"].get("deny", False), entries)).hex()
    assert blob.startswith(sample["prefix"])
    assert blob.endswith(sample.get("suffix", ""))


def test_count_beyond_the_data_is_described():
    problems = decode(bytes.fromhex(_hex("snippet-count-2-data-1"))).problems
    assert problems == (
        "granted addresses, group 1: 3 entries are claimed (the mask is one), the data holds 2",
        "granted addresses: the list claims 2 addresses, the data holds 1",
    )


def test_data_beyond_the_count_is_described():
    problems = decode(bytes.fromhex(_hex("snippet-count-2-data-3"))).problems
    assert problems == ("4 bytes at the end that no count covers are ignored",)


def test_zero_length_is_an_open_list_with_a_warning():
    decoded = decode(b"")
    assert decoded.access_list == AccessList(True)
    assert "excludes nobody" in decoded.problems[0]


def test_list_from_the_dialog_is_written_byte_for_byte():
    assert encode(AccessList(False, ("127.0.0.1, 255.255.255.255",))).hex() == _hex("gui-127.0.0.1-salt")


def test_three_mask_groups_stand_where_the_layout_says():
    blob = encode(AccessList(False, ("10.0.0.1", "10.1.0.0, 255.255.0.0", "10.2.0.0, 255.255.240.0")))
    references = [int.from_bytes(blob[at : at + 4], "little") & 0x7FFFFFFF for at in (0, 4, 8, 12, 20)]
    assert references == [24, 32, 100, 108, 116]


@pytest.mark.parametrize(
    ("access_list", "reason"),
    [
        (AccessList(False, ("fe80::1",)), "IPv6"),
        (AccessList(False, ("10.0.0.1, 255.0.255.0",)), "holes"),
        (AccessList(False, ("10.0.0.1, 0.0.0.255",)), "holes"),
        (AccessList(False, ("relay.example",)), "not an IPv4 address"),
        (AccessList(False, ("10.0.0.1", "10.0.0.1, 255.255.255.255")), "listed twice"),
        (AccessList(False, (), ("münchen.example",)), "ASCII"),
        (AccessList(False, (), (), own_addresses=True), "own addresses"),
    ],
)
def test_what_the_format_cannot_hold_is_refused(access_list, reason):
    with pytest.raises(ValueError, match=reason):
        encode(access_list)


LENGTHS = st.integers(0, 32)
ADDRESSES = st.builds(format_entry, st.integers(1, 2**32 - 1).map(IPv4Address), LENGTHS)
LABELS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-*", min_size=1, max_size=8)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
LISTS = st.builds(
    AccessList,
    st.booleans(),
    st.lists(ADDRESSES, max_size=300, unique=True).map(tuple),
    st.lists(NAMES, max_size=20, unique=True).map(tuple),
)


@given(LISTS)
def test_what_is_encoded_is_decoded(access_list):
    decoded = decode(encode(access_list))
    assert decoded.problems == ()
    assert decoded.access_list.grant_by_default is access_list.grant_by_default
    assert sorted(decoded.access_list.addresses) == sorted(access_list.addresses)
    assert sorted(decoded.access_list.domains) == sorted(access_list.domains)


@given(LISTS)
def test_decoding_and_encoding_again_gives_the_same_bytes(access_list):
    blob = encode(access_list)
    assert encode(decode(blob).access_list) == blob


@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_without_an_exception(blob):
    assert isinstance(decode(blob).access_list, AccessList)


@given(LISTS, st.integers(0, 10_000), st.binary(min_size=1, max_size=4))
def test_damaged_blobs_are_decoded_without_an_exception(access_list, position, damage):
    blob = bytearray(encode(access_list))
    at = position % len(blob)
    blob[at : at + len(damage)] = damage
    assert isinstance(decode(bytes(blob)).access_list, AccessList)


@given(ADDRESSES)
def test_entry_text_is_read_back(entry):
    assert format_entry(*parse_entry(entry)) == entry


def _hex(identifier):
    return next(sample["hex_text"] for sample in SAMPLES if sample["id"] == identifier)
