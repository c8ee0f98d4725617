from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.formatting.columns import HIDDEN, SEPARATOR, distribute
from iisrelay.lab.powershell.formatting.texts import fitted, wrapped


@given(st.lists(st.integers(0, 60), min_size=1, max_size=12), st.integers(5, 200))
def test_columns_always_fit_the_line(widths, total):
    shown = [width for width in distribute(widths, total) if width != HIDDEN]
    assert shown
    assert sum(shown) + SEPARATOR * (len(shown) - 1) <= total


@given(st.text(), st.integers(1, 40), st.booleans())
def test_fitted_text_has_the_width(text, width, right):
    assert len(fitted(text, width, right=right)) == width


@given(st.text(st.sampled_from("ab c\n")), st.integers(1, 20))
def test_wrapping_loses_no_letter(text, width):
    lines = wrapped(text, width)
    assert all(len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")
