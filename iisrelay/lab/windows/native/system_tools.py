"""Small programs about the system: hostname, whoami, ipconfig, shutdown, iisreset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iisrelay.lab.powershell.native import native
from iisrelay.lab.windows.accounts import ADMINISTRATORS_SID
from iisrelay.lab.windows.native.console import not_simulated, write
from iisrelay.lab.windows.running import machine_of

if TYPE_CHECKING:
    from iisrelay.lab.powershell.native import NativeCall


@native("hostname")
def hostname(call: NativeCall) -> int:
    """hostname.exe: the machine's name."""
    call.out(machine_of(call.engine).name)
    return 0


@native("whoami")
def whoami(call: NativeCall) -> int:
    """whoami.exe: the login, with /groups its groups, with /user its SID."""
    login = machine_of(call.engine).login
    option = call.arguments[0].lower() if call.arguments else ""
    if option == "/groups":
        write(call, "", "GROUP INFORMATION", "-----------------", "")
        for sid in login.group_sids:
            name = machine_of(call.engine).accounts.name_of(sid) or sid
            owner = ", Group owner" if sid == ADMINISTRATORS_SID else ""
            call.out(f"{name:40} {sid:16} Mandatory group, Enabled by default, Enabled group{owner}")
        level, sid = ("High", "S-1-16-12288") if login.is_administrator else ("Medium", "S-1-16-8192")
        label = rf"Mandatory Label\{level} Mandatory Level"
        call.out(f"{label:40} {sid:16}")
    elif option == "/user":
        write(call, "", "USER INFORMATION", "----------------", "", f"{login.full_name.lower()} {login.sid}")
    elif option:
        return not_simulated(call)
    else:
        call.out(login.full_name.lower())
    return 0


@native("ipconfig")
def ipconfig(call: NativeCall) -> int:
    """ipconfig.exe: the adapter and its addresses; /flushdns empties nothing but answers."""
    machine = machine_of(call.engine)
    option = call.arguments[0].lower() if call.arguments else ""
    if option == "/flushdns":
        write(call, "", "Windows IP Configuration", "", "Successfully flushed the DNS Resolver Cache.")
        return 0
    if option not in ("", "/all"):
        return not_simulated(call)
    write(call, "", "Windows IP Configuration", "")
    if option:
        write(call, f"   Host Name . . . . . . . . . . . . : {machine.name}")
        write(call, f"   Primary Dns Suffix  . . . . . . . : {machine.domain}", "")
    write(call, "", f"Ethernet adapter {machine.network.adapter}:", "")
    write(call, "   Connection-specific DNS Suffix  . : ")
    if option:
        write(call, f"   Physical Address. . . . . . . . . : {machine.network.mac_address}")
    for address in machine.addresses:
        write(call, f"   IPv4 Address. . . . . . . . . . . : {address}")
        write(call, f"   Subnet Mask . . . . . . . . . . . : {machine.network.mask}")
    write(call, f"   Default Gateway . . . . . . . . . : {machine.network.gateway}")
    return 0


@native("shutdown")
def shutdown(call: NativeCall) -> int:
    """shutdown.exe: /r asks for a reboot once the command has ended, /a takes that back."""
    options = [word.lower().replace("-", "/") for word in call.arguments]
    machine = machine_of(call.engine)
    if not machine.is_administrator:
        call.err("Access is denied.(5)")
        return 5
    if "/a" in options:
        if not machine.reboot_requested:
            call.err("Unable to abort the system shutdown because no shutdown was in progress.(1116)")
            return 1116
        machine.reboot_requested = False
        return 0
    if "/r" not in options and "/g" not in options:
        return not_simulated(call)
    machine.reboot_requested = True
    return 0


@native("iisreset")
def iisreset(call: NativeCall) -> int:
    """iisreset.exe: restart, stop, start or show IISADMIN and what needs it."""
    machine = machine_of(call.engine)
    options = [word.lower().replace("-", "/") for word in call.arguments]
    service = machine.services.find("IISADMIN")
    if service is None:
        call.err("'iisreset' needs the IIS Admin Service, which is not installed on this server")
        return 1060
    if not machine.is_administrator:
        call.err("Access denied, you must be an administrator of the remote computer to use this command.")
        return 5
    if "/status" in options:
        write(
            call,
            *(f"Status for {one.display_name} ( {one.name} ) : {one.status}" for one in (service, *service.dependents)),
        )
        return 0
    if "/start" not in options:
        call.out("\r\nAttempting stop...")
        machine.services.stop(service, force=True)
        call.out("Internet services successfully stopped")
    if "/stop" not in options:
        call.out("Attempting start...")
        # Only the admin service comes back by itself: SMTPSVC stays stopped (inferred).
        machine.services.start(service)
        call.out("Internet services successfully restarted")
    return 0
