"""A lab server on an event loop in a thread of the test's own process."""

import pytest
from serving import serving


@pytest.fixture
def running(tmp_path):
    with serving(tmp_path) as running:
        yield running
