import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from iisrelay.errors import SiteFileError
from iisrelay.site.loader import Site, load_site
from iisrelay.site.tree import plain_data, read_tree

EXAMPLES = Path(__file__).parents[3] / "examples"
SITES = [plain_data(read_tree(EXAMPLES / f"{name}.yaml")[0]) for name in ("full", "fleet")]
WORDS = ["", "self", "none", "unlimited", "0", "*:25", "::1", "cmd:[]", "10.0.0.0/33", "exchange-online", "D:\\"]
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12)
    | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from places(item, (*path, key))


def replaced(value, path, odd):
    if not path:
        return odd
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], odd)
    return copy


@st.composite
def damaged_sites(draw):
    site = draw(st.sampled_from(SITES))
    for _ in range(draw(st.integers(1, 3))):
        site = replaced(site, draw(st.sampled_from(list(places(site)))), draw(ODD))
    return site


@settings(max_examples=300, deadline=None)
@given(damaged_sites())
def test_any_value_at_any_place_is_a_site_or_problems_with_lines(tmp_path_factory, site):
    file = tmp_path_factory.mktemp("hostile") / "site.yaml"
    file.write_text(json.dumps(site, indent=1), encoding="utf-8")
    try:
        loaded = load_site(file)
    except SiteFileError as error:
        assert all(item.line >= 1 and item.message and "\n" not in str(item) for item in error.problems)  # noqa: PT017
    else:
        assert isinstance(loaded, Site)
