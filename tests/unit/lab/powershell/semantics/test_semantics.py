"""The language and its types, case by case, written from knowledge of the real engine (none was there to record from).

A case is a line ``script ⇒ output`` (``⏎`` is a line break), or a block: ``=== title exit=N``, the script, ``---``, the
output, ``===``. Lines that begin with ``##`` are comments.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine

FOLDER = "C:\\Users\\Administrator\\Documents"
BLOCK = re.compile(r"^=== (?P<title>.*)\n(?P<script>(?:.*\n)*?)---\n(?P<output>(?:.*\n)*?)===$", re.MULTILINE)
LINE = re.compile(r"^(?!##)(?P<script>.+?) ⇒ ?(?P<output>.*)$", re.MULTILINE)
EXIT = re.compile(r"exit=(\d+)")


class Case(NamedTuple):
    script: str
    output: str
    exit_code: int | None


def read_cases(path):
    """Read the cases of an area."""
    text = path.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        code = EXIT.search(found["title"])
        yield Case(found["script"], found["output"].rstrip("\n"), int(code[1]) if code else 0)
    for found in LINE.finditer(BLOCK.sub("", text)):
        script, output = (found[part].replace("⏎", "\n") for part in ("script", "output"))
        yield Case(script, output.rstrip("\n"), None)


CASES = [
    pytest.param(case, id=f"{path.stem}-{number}")
    for path in sorted(Path(__file__).parent.glob("*.cases"))
    for number, case in enumerate(read_cases(path), 1)
]


@pytest.fixture(scope="module")
def machine():
    made = Machine.create("LAB01", "2019")
    made.files.make_directory(FOLDER)
    return made


@pytest.mark.parametrize("case", CASES)
def test_semantics(machine, case):
    path = f"{FOLDER}\\case.ps1"
    machine.files.write_text(path, case.script, "utf-8-sig")
    output, errors = [], []
    code = run_powershell(
        machine,
        ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", path],
        read_line=lambda: None,
        read_all=lambda: "",
        out=output.append,
        err=errors.append,
        environment=machine.environment,
        current_directory=FOLDER,
    )
    shown = "".join(output).replace("\r\n", "\n").rstrip("\n")
    assert shown == case.output, f"{case.script}\n{''.join(errors)}"
    if case.exit_code is not None:
        assert code == case.exit_code
