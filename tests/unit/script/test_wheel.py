"""The templates stand at the top of the checkout; an installed iisrelay has to find them all the same."""

import subprocess
import sys
import zipfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
RENDER = """
import sys
from pathlib import Path
from iisrelay.script import observe_script, render_standalone
from iisrelay.script.templates import template_folder
from iisrelay.site.loader import load_site
from iisrelay.site.targets import targets
from iisrelay.transport.bootstrap import arguments

assert template_folder() == Path(sys.argv[1]) / "iisrelay" / "templates", template_folder()
assert "Write-Answer" in observe_script()
assert arguments()
print(render_standalone(targets(load_site(sys.argv[2]))[0]).count("Set-MetabaseValue -Change"))
"""


def test_a_built_wheel_renders(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, CHECKOUT],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    site = tmp_path / "site.yaml"
    site.write_text("version: 1\nhosts: {h1: {}}\nvirtual_servers: [{name: R, delivery: {hop_count: 3}}]\n")
    rendered = subprocess.run(
        [sys.executable, "-c", RENDER, tmp_path / "installed", site],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path / "installed")},
    )  # fmt: skip
    assert (rendered.returncode, rendered.stdout.strip()) == (0, "1"), rendered.stderr
