"""Changes that somebody else makes to a virtual server: values, names, lists, by ADSI, reflection and WMI."""

from collections.abc import Iterator
from random import Random

from fuzz.reading import literal, settings_of
from fuzz.samples import odd_text
from fuzz.sites import Server

from iisrelay.settings.metabase_schema import PROPERTIES
from iisrelay.settings.stored import Kind


def drift_lines(random: Random, server: Server, path: str) -> Iterator[str]:
    """Give the lines of a script; a new name is a new name in the site as well."""
    checks = [check for check in server.checks.values() if not check.below and check.name in PROPERTIES]
    yield f"$server = [ADSI]'IIS://localhost/{path}'"
    for check in random.sample(checks, min(len(checks), 4)):
        kind = PROPERTIES[check.name].type
        if random.random() < 0.25 and kind is not Kind.IPSECLIST:
            yield f"$server.PutEx(1, '{check.name}', $null)"
        elif kind is Kind.DWORD:
            schema = PROPERTIES[check.name]
            low, high = schema.lower or 0, min(schema.upper or 500, 500)
            high = {"LogFilePeriod": 4, "LogType": 1}.get(check.name, high)
            yield f"$server.Put('{check.name}', {random.randint(low, max(low, high))})"
        elif kind is Kind.BOOL:
            yield f"$server.Put('{check.name}', ${random.choice(('true', 'false'))})"
        elif kind is Kind.STRING:
            yield f"$server.Put('{check.name}', {literal(odd_text(random))})"
    yield "$server.SetInfo()"
    if random.random() < 0.3:
        server.name = f"renamed {odd_text(random).strip()} {server.name}".strip()
        yield f"$server.Put('ServerComment', {literal(server.name)})"
        yield "$server.SetInfo()"
    if random.random() < 0.4:
        yield "$list = $server.psbase.Properties['RelayIpList'].Value"
        yield "if ($list) {"
        yield "$set = [Reflection.BindingFlags]'Public,Instance,SetProperty'"
        yield "[void]$list.GetType().InvokeMember('GrantByDefault', $set, $null, $list, @($false))"
        yield "$entries = [object[]]@('1.2.3.4, 255.255.255.255')"
        yield "[void]$list.GetType().InvokeMember('IPGrant', $set, $null, $list, (, $entries))"
        yield "$server.psbase.Properties['RelayIpList'].Value = $list"
        yield "$server.psbase.CommitChanges() }"
    if random.random() < 0.3:
        yield f"$wmi = {settings_of(path)}"
        yield f"$wmi.HopCount = {random.randint(1, 99)}; [void]$wmi.Put()"
