"""A lab server on an event loop in a thread of the test's own process."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from serving import serving


@pytest.fixture
def running(tmp_path):
    with serving(tmp_path) as running:
        yield running
