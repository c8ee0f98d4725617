"""The properties of tests/fuzz, with inputs that hypothesis makes: bytes, damaged samples, and odd documents."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent / "fuzz"))

import header_parser
import host_answer
import kept_files
import relay_list
import site_file
import wsman_answer

SAMPLES = {
    header_parser: header_parser.SEEDS,
    host_answer: host_answer.seeds(),
    kept_files: kept_files.SEEDS,
    relay_list: relay_list.SEEDS,
    site_file: site_file.SEEDS,
    wsman_answer: wsman_answer.SEEDS,
}
ANY_SPEED = settings(deadline=None)  # a slow machine is no defect
MODULES = pytest.mark.parametrize("module", SAMPLES, ids=lambda module: module.__name__)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4))


@MODULES
@ANY_SPEED
@given(st.binary(max_size=300))
def test_any_bytes(module, data):
    module.check(data)


@MODULES
@ANY_SPEED
@given(st.data())
def test_damaged_samples(module, data):
    sample = bytearray(data.draw(st.sampled_from(SAMPLES[module])))
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(sample)))
        end = data.draw(st.integers(start, min(start + 8, len(sample))))
        sample[start:end] = data.draw(st.binary(max_size=8) | st.text(max_size=4).map(_encoded))
    module.check(bytes(sample))


def _encoded(text):
    return text.encode("utf-8", "surrogatepass")


@ANY_SPEED
@given(st.data(), TREES)
def test_an_answer_with_one_odd_value(data, odd):
    document = json.loads(host_answer.seeds()[0])
    parent, key = document, data.draw(st.sampled_from(sorted(document)))
    while isinstance(parent[key], (dict, list)) and parent[key] and data.draw(st.booleans()):
        parent = parent[key]
        key = data.draw(st.sampled_from(sorted(parent) if isinstance(parent, dict) else range(len(parent))))
    parent[key] = odd
    host_answer.check_text(json.dumps(document))


@ANY_SPEED
@given(st.data(), st.text(max_size=12) | st.integers(0, 2**32 - 1) | st.booleans() | st.lists(st.text(max_size=6)))
def test_an_answer_with_a_value_of_another_type(data, odd):
    document = json.loads(host_answer.seeds()[0])
    row = data.draw(st.sampled_from(document["values"]))
    row[3] = {str: "text", int: "number", bool: "flag", list: "texts"}[type(odd)]
    row[4] = odd
    host_answer.check_text(json.dumps(document))


@pytest.mark.parametrize("references", ["groups", "names"])
def test_a_relay_list_whose_parts_all_lead_to_the_same_data(references):
    """A decoder that followed them all would make some billions of entries out of 600 KB."""
    many = (600_000).to_bytes(4, "little")
    place = (0x80000018).to_bytes(4, "little")
    piece = (2).to_bytes(4, "little") + many + bytes(8) + place if references == "groups" else place
    relay_list.check(place * 4 + (1).to_bytes(4, "little") + many + many * 2 + piece * (600_000 // len(piece)))
