"""What others do with the same scripts: a plain pywinrm loop, and ansible's raw module."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import winrm
from workload import Fleet

PIECE_CHARACTERS = 2800  # of base64; with the words around them they fit into the 3061 characters of a run_ps
APPEND = "Add-Content -Path $env:TEMP\\job.txt -Value '{piece}'"
RUN = (
    "$t=[Text.Encoding]::UTF8.GetString([Convert]::FromBase64String(((Get-Content $env:TEMP\\job.txt) -join '')));"
    "Remove-Item $env:TEMP\\job.txt; & ([ScriptBlock]::Create($t))"
)


def pieces(script: str) -> list[str]:
    """Cut a script into commands that fit: all but the last append to a file, the last runs it."""
    packed = base64.b64encode(script.encode()).decode()
    parts = [packed[start : start + PIECE_CHARACTERS] for start in range(0, len(packed), PIECE_CHARACTERS)]
    return [*(APPEND.format(piece=part) for part in parts), RUN]


def pywinrm_loop(fleet: Fleet, scripts: Sequence[str], jobs: int) -> None:
    """Send everything by Session.run_ps, as examples on the web do; with as many threads as iisrelay gets."""
    commands = [command for script in scripts for command in pieces(script)]

    def run(name: str) -> None:
        endpoint = json.loads((fleet.folder / name / "endpoint.json").read_text())
        url = f"http://{endpoint['address']}:{endpoint['http_port']}/wsman"
        session = winrm.Session(url, (endpoint["username"], endpoint["password"]), transport="ntlm")
        for command in commands:
            result = session.run_ps(command)
            if result.status_code:
                raise SystemExit(f"pywinrm on {name}: {result.std_err.decode(errors='replace')}")

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(run, fleet.names))


def find_ansible() -> str | None:
    """Find ansible: in the benchmark's own environment, or on the path."""
    own = Path(__file__).parent / ".venv" / "bin" / "ansible"
    return str(own) if own.exists() else shutil.which("ansible")


def ansible_raw(fleet: Fleet, scripts: Sequence[str], jobs: int, program: str) -> None:
    """Send the same pieces by `ansible -m raw`, a run for each of them."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder) / "inventory.json"
        inventory.write_text(json.dumps(_inventory(fleet)), encoding="utf-8")
        for piece in [piece for script in scripts for piece in pieces(script)]:
            command = [program, "all", "-i", str(inventory), "-m", "raw", "-f", str(jobs), "-a", piece]
            environment = os.environ | {"ANSIBLE_LOCALHOST_WARNING": "0", "ANSIBLE_HOME": folder, "LC_ALL": "C.UTF-8"}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"ansible: {done.stdout[-500:]}{done.stderr[-500:]}")


def _inventory(fleet: Fleet) -> dict[str, object]:
    hosts = {}
    for name in fleet.names:
        endpoint = json.loads((fleet.folder / name / "endpoint.json").read_text())
        hosts[name] = {
            "ansible_host": endpoint["address"],
            "ansible_port": endpoint["http_port"],
            "ansible_user": endpoint["username"],
            "ansible_password": endpoint["password"],
            "ansible_connection": "winrm",
            "ansible_winrm_scheme": "http",
            "ansible_winrm_transport": "ntlm",
            "ansible_shell_type": "powershell",
        }
    return {"all": {"hosts": hosts}}
