import copy
import json
import os
import pickle
import sys

import pytest

from iisrelay import secret
from iisrelay.errors import SecretError
from iisrelay.secret import Secret, parse_reference

VALUE = "marker-7f3a ' $(x) \u2019"


def command(code, *arguments):
    return "cmd:" + json.dumps([sys.executable, "-c", code, *arguments])


def test_environment(monkeypatch):
    monkeypatch.setenv("RELAY_PASSWORD", VALUE)
    assert Secret("env:RELAY_PASSWORD").resolve() == VALUE


@pytest.mark.parametrize(
    ("content", "value"), [(VALUE + "\n", VALUE), ("a\r\n", "a"), ("a\n\n", "a\n"), ("\ufeffa", "a")]
)
def test_file_without_its_last_line_end(tmp_path, content, value):
    file = tmp_path / "password"
    file.write_bytes(content.encode())
    assert Secret(f"file:{file}").resolve() == value


def test_command_without_a_shell():
    echo = "import sys; sys.stdout.buffer.write((sys.argv[1] + '\\n').encode())"
    assert Secret(command(echo, "$HOME `id` ; \u00fc")).resolve() == "$HOME `id` ; \u00fc"


def test_command_runs_once(tmp_path):
    counter = tmp_path / "count"
    code = f"open({str(counter)!r}, 'a').write('x'); print('value')"
    assert [Secret(command(code)).resolve() for _ in range(3)] == ["value"] * 3
    assert counter.read_text() == "x"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("env:IISRELAY_NOT_SET", "IISRELAY_NOT_SET: the environment variable is not set"),
        ("file:/nowhere/password", "file:/nowhere/password: No such file or directory"),
        ('cmd:["/nowhere/program", "x"]', "/nowhere/program"),
        (command("import sys; print('hidden'); print('hidden', file=sys.stderr); sys.exit(3)"), "exit code 3"),
        (command("pass"), "is empty"),
        (command("import sys; sys.stdout.buffer.write(b'\\xff')"), "not UTF-8"),
        (command("print('a\\0b')"), "NUL"),
        ("cmd:op read", "JSON list"),
        ("cmd:" + "[" * 100_000, "JSON list"),
        ('cmd:["a\\u0000b"]', "no command line"),
        ("file:a\0b", "no path"),
        ("file:~nobody-of-this-name/x", "no path"),
        ("file:/dev/zero", "more than 64 KB"),
        (command("while True: print('hidden' * 1000)"), "more than 64 KB"),
        ("hunter2", "is not a reference"),
    ],
    ids=range(15),
)
def test_failures_name_the_reference_and_the_reason_alone(reference, reason):
    with pytest.raises(SecretError) as caught:
        Secret(reference).resolve()
    text = f"{caught.value.message} {caught.value.hint}"
    assert reason in text
    assert "hidden" not in text
    assert "hunter2" not in text


def test_programs_that_do_not_end(monkeypatch):
    monkeypatch.setattr(secret, "COMMAND_TIMEOUT_S", 1.0)
    left_behind = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(8)'])"
    for code in ("import time; time.sleep(9)", "import os, time; os.close(1); time.sleep(9)", left_behind):
        with pytest.raises(SecretError, match="no answer within 1 seconds"):
            Secret(command(code)).resolve()


def test_empty_file_and_unreadable_text(tmp_path):
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(SecretError, match="is empty"):
        Secret(f"file:{tmp_path / 'empty'}").resolve()
    with pytest.raises(SecretError, match="not UTF-8"):
        Secret(f"file:{tmp_path / 'binary'}").resolve()


def test_bytes_in_the_environment_that_are_no_text(monkeypatch):
    monkeypatch.setenv("RELAY_PASSWORD", "hidden\udcff")
    with pytest.raises(SecretError) as caught:
        Secret("env:RELAY_PASSWORD").resolve()
    assert caught.value.message == "Secret env:RELAY_PASSWORD is not UTF-8 text."


def test_keyring_without_a_backend(monkeypatch):
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    with pytest.raises(SecretError, match="keyring:relay/billing"):
        Secret("keyring:relay/billing").resolve()


def test_nothing_that_a_program_prints_shows_the_reference():
    secret = Secret("file:/run/secrets/billing")
    shown = (
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>30}",
        f"{secret!r}",
        repr([secret]),
        repr({"a": secret}),
    )
    assert all("billing" not in text for text in shown)
    assert repr(secret) == "Secret(file:***)"
    assert repr(Secret("hunter2")) == "Secret(unknown:***)"


def test_a_secret_is_neither_json_nor_pickled():
    for write in (json.dumps, pickle.dumps):
        with pytest.raises(TypeError):
            write(Secret("env:A"))
    assert copy.deepcopy([Secret("env:A")]) == [Secret("env:A")]


@pytest.mark.parametrize(
    ("written", "reference"),
    [
        ("env:A", "env:A"),
        ("file:C:\\secrets\\a b", "file:C:\\secrets\\a b"),
        ("keyring:relay/b@contoso.example", "keyring:relay/b@contoso.example"),
        ('cmd:["op", "read"]', 'cmd:["op", "read"]'),
        ({"cmd": ["op", "read"]}, 'cmd:["op", "read"]'),
        ({"env": "A"}, "env:A"),
    ],
)
def test_references(written, reference):
    assert parse_reference(written) == Secret(reference)


@pytest.mark.parametrize(
    "written",
    [
        "hunter2",
        "pass:hunter2",
        "env:",
        "ENV:hunter2",
        "cmd:hunter2",
        'cmd:["hunter2", 5]',
        "keyring:hunter2",
        5,
        ["hunter2"],
        {"password": "hunter2"},
    ],
)
def test_anything_else_is_refused_without_being_repeated(written):
    with pytest.raises(ValueError, match=r"cmd|keyring") as caught:
        parse_reference(written)
    assert "hunter2" not in str(caught.value)


def test_environment_is_read_when_it_is_needed(monkeypatch):
    secret = Secret("env:RELAY_LATER")
    assert "RELAY_LATER" not in os.environ
    monkeypatch.setenv("RELAY_LATER", "now")
    assert secret.resolve() == "now"
