import re
from pathlib import Path

import pytest

from iisrelay.errors import SiteFileError
from iisrelay.site.loader import load_site

CASES = sorted((Path(__file__).parents[2] / "cases" / "site").glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_problem_is_reported_at_its_line(case):
    """A case marks what is to be found in a line: `#! key path: reason` for errors, `#? ...` for warnings."""
    lines = case.read_text(encoding="utf-8").splitlines()
    errors, warnings = _found(case)
    _check(lines, "!", errors)
    if not errors:
        _check(lines, "?", warnings)


def _found(case):
    try:
        return (), load_site(case).warnings
    except SiteFileError as error:
        return error.problems, ()


def _check(lines, mark, problems):
    for number, line in enumerate(lines, start=1):
        match = re.search(rf" #\{mark} (.+)$", line)
        expected = sorted(match[1].split(" ;; ")) if match else []
        found = sorted(f"{item.key_path}: {item.message}" for item in problems if item.line == number)
        assert len(found) == len(expected), f"line {number}: expected {expected}, found {found}"
        assert all(any(text.startswith(start) for text in found) for start in expected), f"line {number}: {found}"
        assert all(any(text.startswith(start) for start in expected) for text in found), f"line {number}: {found}"


@pytest.mark.parametrize("text", ["- 1\n", "a: [\n", "hosts: {a: }\n"])
def test_every_refusal_names_the_next_step(text, tmp_path):
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteFileError) as caught:
        load_site(path)
    assert "iisrelay validate" in caught.value.hint
