import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.errors import SiteFileError
from iisrelay.site.loader import load_site
from iisrelay.site.tree import Unreadable, plain_data, read_tree


def read(tmp_path, text):
    file = tmp_path / "site.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return plain_data(read_tree(file)[0])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"), ("off", "off"), ("true", True), ("False", False), ("~", None), ("", None), ("012", 12),
        ("0o17", 15), ("0xFF", 255), ("1_000", "1_000"), ("1.5", 1.5), ("12:30", "12:30"), ("2026-11-24", "2026-11-24"),
        ("'5'", "5"), ('"\\u2019$()`"', "\u2019$()`"), ("10.0.0.1", "10.0.0.1"), (".", "."),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(tmp_path, text, value):
    assert read(tmp_path, f"a: {text}\n") == {"a": value}


def test_utf16_of_windows_powershell_is_read(tmp_path):
    assert read(tmp_path, "a: \u00fc\n".encode("utf-16")) == {"a": "\u00fc"}


@pytest.mark.parametrize("first", list("!*&%@`|>'\"{[-?,:#"))
def test_a_password_that_yaml_takes_for_something_else_is_not_repeated(tmp_path, first):
    file = tmp_path / "site.yaml"
    file.write_text(f"version: 1\nhosts:\n  a:\n    winrm:\n      password: {first}hunter2\n      username: x\n")
    with pytest.raises(SiteFileError) as caught:
        load_site(file)
    assert "hunter2" not in str(caught.value)


def test_aliases_repeat_a_value(tmp_path):
    assert read(tmp_path, "a: &x {b: 1}\nc: *x\n") == {"a": {"b": 1}, "c": {"b": 1}}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: [1\nb: 2\n", 2, "is not YAML"),
        ("a: 1\n\tb: 2\n", 2, "is not YAML"),
        ("a: 'x\n", 2, "is not YAML"),
        ("a: *nowhere\n", 1, ""),
        (b"a: \xff\n", 1, "is not UTF-8"),
        ("a: 1\n---\nb: 1\n", 2, "second document"),
        ("a: \x07\n", 1, "is not YAML"),
        ("[" * 100 + "]" * 100, 1, "nested deeper"),
        ("- 1\n" * 200_001, 200_000, "more than 200000 values"),
        (b"#" * (4 * 2**20 + 1), 0, "larger than 4 MB"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_cannot_be_read_is_one_problem(tmp_path, text, line, reason):
    file = tmp_path / "site.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SiteFileError) as caught:
        load_site(file)
    assert reason in caught.value.problems[0].message
    assert caught.value.problems[0].line == line


def test_aliases_cannot_grow_without_end(tmp_path):
    levels = "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 12))
    with pytest.raises(Unreadable, match="once its aliases are followed"):
        read(tmp_path, f"a0: &a0 [x, x]\n{levels}")


def test_a_value_cannot_hold_itself(tmp_path):
    file = tmp_path / "site.yaml"
    file.write_text("a: &x [*x]\n")
    _, problems = read_tree(file)
    assert [problem.line for problem in problems] == [1]


def test_a_missing_file_is_one_problem(tmp_path):
    with pytest.raises(SiteFileError, match="cannot be read: No such file"):
        load_site(tmp_path / "nowhere.yaml")


def test_a_list_is_no_site_file(tmp_path):
    (tmp_path / "site.yaml").write_text("- 1\n")
    with pytest.raises(SiteFileError, match="expected keys such as version"):
        load_site(tmp_path / "site.yaml")


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\u2028\u2029\ufffe\uffff"), max_size=40
)


@given(TEXTS)
def test_texts_arrive_character_for_character(tmp_path_factory, text):
    file = tmp_path_factory.mktemp("tree") / "site.yaml"
    file.write_text(f"a: {json.dumps(text, ensure_ascii=False)}\n", encoding="utf-8")  # JSON is YAML 1.2 too
    assert plain_data(read_tree(file)[0]) == {"a": text}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_site_or_problems(tmp_path_factory, content):
    file: Path = tmp_path_factory.mktemp("tree") / "site.yaml"
    file.write_bytes(content)
    with pytest.raises(SiteFileError) as caught:
        load_site(file)
    assert caught.value.problems
