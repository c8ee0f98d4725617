"""Lab hosts of a module, named in its HOSTS, and what an apply keeps on the controller."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from iisrelay.engine import History, SecretLedger
from iisrelay.lab import control
from iisrelay.site.loader import load_site
from iisrelay.site.target import Target
from iisrelay.site.targets import targets


@pytest.fixture(scope="module")
def lab(request, tmp_path_factory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("lab")
    control.start_many(folder, dict.fromkeys(request.module.HOSTS, "2019"), smtp=True)
    yield folder
    control.stop(folder)


@pytest.fixture
def target_of(lab, tmp_path):
    """Give the function that reads the site of one host, and leads to the lab host of that name."""

    def build(name: str, site: str) -> Target:
        path = tmp_path / "site.yaml"
        path.write_text(site, encoding="utf-8")
        (target,) = targets(load_site(path))
        return replace(target, connection=control.connection(lab, name))

    return build


@pytest.fixture
def history(tmp_path):
    return History(tmp_path / "history")


@pytest.fixture
def ledger(tmp_path):
    return SecretLedger(tmp_path / "secrets.json")
