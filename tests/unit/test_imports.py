"""The import rule: a row imports only from rows above it, and every third-party library has its homes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "iisrelay"
MODULES = sorted(PACKAGE.rglob("*.py"))
# Top to bottom.
ROWS = (
    ("status",),
    ("errors",),
    ("secret",),
    ("settings",),
    ("site",),
    ("state",),
    ("plan",),
    ("results",),
    ("script",),
    ("transport",),
    ("engine",),
    ("tls",),
    ("report",),
    ("lab",),
    ("cli",),
    ("__main__",),
)
RANK = {name: number for number, row in enumerate(ROWS) for name in row}
# What the contracts share although it stands in a lower row: plain data, no behaviour.
SHARED = {
    "iisrelay.status",
    "iisrelay.site.target",  # the edge of site/: what settings and the lab's connection are told with
}
LAB_ROWS = {"powershell": 0, "windows": 1, "smtp": 2, "wsman": 2}
HOMES = {
    "pydantic": ("settings", "site"),
    "pydantic_core": ("settings", "site"),
    "ruamel": ("site",),
    "jinja2": ("script",),
    "winrm": ("transport",),
    "requests": ("transport",),
    "requests_ntlm": ("transport",),
    "rich": ("report", "cli"),
    "typer": ("cli",),
    "keyring": ("secret",),
    "spnego": ("lab",),
    "cryptography": ("lab", "tls"),  # the lab makes certificates, a probe reads them
}
STANDARD_HOMES = {"subprocess": ("transport/local.py", "secret.py", "lab/control.py", "lab/daemon.py", "cli/")}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_a_row_imports_only_from_rows_above_it(path):
    name = name_of(path)
    if name == "__init__":
        return
    for module in imports(path):
        parts = module.split(".")
        if parts[0] != "iisrelay" or len(parts) == 1 or module in SHARED or parts[1] == name:
            continue
        assert RANK[parts[1]] < RANK[name], f"{place(path)} imports {module} from a row below it"


@pytest.mark.parametrize("path", [path for path in MODULES if name_of(path) == "lab"], ids=place)
def test_the_lab_is_layered_like_the_real_thing(path):
    parts = path.relative_to(PACKAGE / "lab").parts
    own = LAB_ROWS.get(parts[0])
    if own is None:
        return
    for module in imports(path):
        below = module.split(".")[2:3] if module.startswith("iisrelay.lab.") else []
        for name in below:
            assert LAB_ROWS.get(name, own) <= own, f"{place(path)} imports {module} from an outer layer"
        assert not module.startswith(("iisrelay.script", "iisrelay.plan", "iisrelay.engine")), (
            f"{place(path)}: the lab knows nothing of our scripts"
        )


@pytest.mark.parametrize("path", MODULES, ids=place)
def test_every_library_has_its_home(path):
    for module in imports(path):
        library = module.split(".")[0]
        assert library not in HOMES or name_of(path) in HOMES[library], f"{place(path)} imports {library}"
        homes = STANDARD_HOMES.get(library)
        assert homes is None or place(path).startswith(homes), f"{place(path)} imports {library}"
