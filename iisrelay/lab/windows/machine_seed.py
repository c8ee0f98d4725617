"""Fills a new machine with what a fresh Windows Server has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.windows.acl import CONTAINER_INHERIT, FULL_CONTROL, OBJECT_INHERIT, AccessControlList, AccessRule
from iisrelay.lab.windows.registry_seed import seed_registry
from iisrelay.lab.windows.service_seed import fresh_services

if TYPE_CHECKING:
    from iisrelay.lab.windows.machine import Machine

FOLDERS = (
    r"C:\inetpub",
    r"C:\PerfLogs",
    r"C:\Program Files\Common Files",
    r"C:\Program Files (x86)\Common Files",
    r"C:\ProgramData",
    r"C:\Users\Administrator\AppData\Local\Temp",
    r"C:\Users\Administrator\AppData\Roaming",
    r"C:\Users\Administrator\Desktop",
    r"C:\Users\Administrator\Documents",
    r"C:\Users\Public",
    r"C:\Windows\System32\drivers\etc",
    r"C:\Windows\System32\inetsrv",
    r"C:\Windows\System32\LogFiles",
    r"C:\Windows\System32\WindowsPowerShell\v1.0\Modules",
    r"C:\Windows\SysWOW64\WindowsPowerShell\v1.0",
    r"C:\Windows\Temp",
)
PROGRAMS = ("cmd", "powershell", "sc", "net", "reg", "icacls", "iisreset", "hostname", "ipconfig", "shutdown", "netsh",
            "whoami", "dism", "inetsrv\\inetinfo")  # fmt: skip


def seed(machine: Machine) -> None:
    """Install Windows: registry, services, drives, firewall rules."""
    seed_registry(machine.registry, machine.windows, machine.name, machine.domain)
    for declaration in fresh_services(machine.windows):
        machine.services.install(declaration)
    _seed_files(machine)
    machine.firewall.seed()
    machine.event_log.write("System", "EventLog", 6005, "The Event log service was started.")


def add_smtp(machine: Machine) -> None:
    """Install the SMTP Server feature and the WMI provider, as most scripted installations do."""
    if not machine.windows.has_smtp_feature:
        raise ValueError(f"{machine.windows.product_name} has no SMTP Server feature: Microsoft removed it")
    features = [machine.features.catalog[name] for name in ("smtp-server", "web-wmi")]
    machine.features.install(features)


def _seed_files(machine: Machine) -> None:
    for letter in ("C", "D"):
        machine.files.add_drive(letter)
    for folder in FOLDERS:
        machine.files.make_directory(folder)
    for program in PROGRAMS:
        folder = r"WindowsPowerShell\v1.0" + "\\" if program == "powershell" else ""
        # A program is only a name here: what it does is simulated, and a DOS header is all that a reader would expect.
        machine.files.write_bytes(rf"C:\Windows\System32\{folder}{program}.exe", b"MZ")
    hosts = (
        "# Copyright (c) 1993-2009 Microsoft Corp.\r\n#\t127.0.0.1       localhost\r\n#\t::1             localhost\r\n"
    )
    machine.files.write_text(r"C:\Windows\System32\drivers\etc\hosts", hosts, "ascii")
    _protect(machine)


def _protect(machine: Machine) -> None:
    everything_below = CONTAINER_INHERIT | OBJECT_INHERIT
    owner = machine.accounts.administrator.full_name
    private = AccessControlList(
        owner,
        [
            AccessRule("NT AUTHORITY\\SYSTEM", FULL_CONTROL, inheritance=everything_below),
            AccessRule("BUILTIN\\Administrators", FULL_CONTROL, inheritance=everything_below),
            AccessRule(owner, FULL_CONTROL, inheritance=everything_below),
        ],
        protected=True,
    )
    machine.files.set_acl(r"C:\Users\Administrator", private)
