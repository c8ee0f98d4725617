"""Site files: any bytes are a site, or problems that each have a line and fit on one."""

import tempfile
from functools import cache
from pathlib import Path

import harness

EXAMPLES = Path(__file__).parents[2] / "examples"
SEEDS = tuple(path.read_bytes() for path in sorted(EXAMPLES.glob("*.yaml")))


@cache
def _folder():
    return tempfile.TemporaryDirectory(prefix="iisrelay-fuzz-")


def check(data):
    from iisrelay.errors import SiteFileError
    from iisrelay.site.loader import Site, load_site
    from iisrelay.site.targets import targets

    path = Path(_folder().name) / "site.yaml"
    path.write_bytes(data)
    try:
        site = load_site(path)
    except SiteFileError as error:
        assert error.problems  # noqa: PT017 - no test of pytest's
        for problem in error.problems:
            assert problem.line >= 0
            assert "\n" not in str(problem)
            str(problem).encode()
    else:
        assert isinstance(site, Site)
        targets(site)


if __name__ == "__main__":
    harness.fuzz(check, seeds=SEEDS)
