from collections.abc import Callable

import pytest

from iisrelay.lab.windows.machine import Machine


@pytest.fixture
def make_machine() -> Callable[..., Machine]:
    def make(version: str = "2019") -> Machine:
        return Machine.create("crm01", version, smtp=True)

    return make


@pytest.fixture
def machine(make_machine) -> Machine:
    return make_machine()


@pytest.fixture
def metabase(machine):
    return machine.metabase


@pytest.fixture
def value(metabase):
    """Give the function that reads an effective value."""

    def read(path: str, name: str) -> object:
        found = metabase.read(metabase.open(path), name)
        return None if found is None else found.value

    return read
