"""Random site files, applied over and over to lab hosts that somebody else changes too; a seed says it all.

``IISRELAY_FUZZ_SITES=500 pytest tests/test_fuzz_sites.py`` looks for longer.
"""

import os

import pytest
from fuzz.rounds import Fuzz

SITES = int(os.environ.get("IISRELAY_FUZZ_SITES", "2"))


@pytest.mark.parametrize("seed", range(SITES))
def test_a_host_comes_to_hold_exactly_what_its_site_file_says(seed, tmp_path, monkeypatch):
    assert Fuzz(seed, tmp_path, monkeypatch.setenv, share=0.1).run(servers=2, rounds=2) == 2


def test_twenty_virtual_servers(tmp_path, monkeypatch):
    assert Fuzz(2020, tmp_path, monkeypatch.setenv, share=0.02).run(servers=20, rounds=1) == 1
