"""A bounded sweep: points of every sort, evenly spread; benchmarks/faults.py runs all of them."""

import pytest
from fault_points import spread
from fault_sweep import Sweep, prepared

POINTS = 28


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    yield from prepared(tmp_path_factory.mktemp("sweep"))


@pytest.mark.parametrize("number", range(POINTS))
def test_an_apply_that_is_hurt_leaves_no_damage(sweep: Sweep, number):
    points = spread(sweep.points, POINTS)
    outcome = sweep.run(points[number])
    assert outcome.violations == [], f"{outcome.point}: exit code {outcome.code}, {outcome.end}"
