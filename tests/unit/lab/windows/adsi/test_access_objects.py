import pytest

from iisrelay.lab.windows.machine import Machine
from iisrelay.settings.relay_list import decode

READ_LIST = """
    $e = [ADSI]'IIS://localhost/SmtpSvc/1'
    $o = $e.psbase.Properties['RelayIpList'].Value
    $set = [Reflection.BindingFlags]'Public,Instance,SetProperty'
    $get = [Reflection.BindingFlags]'Public,Instance,GetProperty'
"""


@pytest.fixture
def relay_list(machine):
    return lambda: decode(machine.metabase.open("SmtpSvc/1").records["relayiplist"].value).access_list


def test_a_list_is_written_by_reflection(run, relay_list):
    lines = run(
        READ_LIST
        + """
    [void]$o.GetType().InvokeMember('GrantByDefault', $set, $null, $o, @($false))
    $list = @()
    $list += ,([object[]]@('10.0.0.1, 255.255.255.255', '192.168.0.0, 255.255.0.0'))
    [void]$o.GetType().InvokeMember('IPGrant', $set, $null, $o, $list)
    $e.Properties['RelayIpList'].Value = $o
    $e.CommitChanges()
    $again = ([ADSI]'IIS://localhost/SmtpSvc/1').psbase.Properties['RelayIpList'].Value
    $again.GetType().InvokeMember('IPGrant', $get, $null, $again, $null)
    $again.GetType().InvokeMember('GrantByDefault', $get, $null, $again, $null)
    $again.GetType().FullName
    """
    )

    assert lines == ["10.0.0.1, 255.255.255.255", "192.168.0.0, 255.255.0.0", "False", "System.__ComObject"]
    assert set(relay_list().addresses) == {"10.0.0.1, 255.255.255.255", "192.168.0.0, 255.255.0.0"}


def test_a_list_through_the_moniker(run):
    assert run("""
        $bound = [Runtime.InteropServices.Marshal]::BindToMoniker('IIS://localhost/SmtpSvc/1')
        $list = $bound.Get('RelayIpList')
        $set = [Reflection.BindingFlags]::SetProperty
        [System.__ComObject].InvokeMember('GrantByDefault', $set, $null, $list, @($false))
        [System.__ComObject].InvokeMember('IPGrant', $set, $null, $list, (,@('10.0.0.1,255.255.255.255;')))
        $bound.Put('RelayIpList', $list)
        $bound.SetInfo()
        $list = [Runtime.InteropServices.Marshal]::BindToMoniker('IIS://localhost/SmtpSvc/1').Get('RelayIpList')
        [System.__ComObject].InvokeMember('IPGrant', [Reflection.BindingFlags]::GetProperty, $null, $list, $null)
    """) == ["10.0.0.1, 255.255.255.255"]


def test_nothing_is_written_without_assigning_the_object_back(run, relay_list):
    run(READ_LIST + "$o.IPGrant = @('10.0.0.1'); $e.CommitChanges()")

    assert relay_list().addresses == ()


def test_switching_the_default_empties_the_list(run, relay_list):
    lines = run(
        READ_LIST
        + """
    $o.IPGrant = @('10.0.0.1')
    $o.GrantByDefault = $true
    $o.IPDeny = @('10.0.0.2')
    $o.DomainDeny = @('*.bad.example')
    "$(@($o.IPGrant).Count) $($o.IPDeny)"
    $e.Put('RelayIpList', $o); $e.SetInfo()
    """
    )

    assert lines == ["0 10.0.0.2, 255.255.255.255"]
    access = relay_list()
    assert (access.grant_by_default, access.addresses) == (True, ("10.0.0.2, 255.255.255.255",))
    assert access.domains == ("*.bad.example",)


@pytest.mark.parametrize(
    "entries", ["'10.0.0.1','10.0.0.1'", "'10.0.0.1','10.0.0.1, 255.255.255.255'", "'fe80::1'", "'ten'", "7"]
)
def test_lists_that_are_refused(run, entries):
    assert run(READ_LIST + f"try {{ $o.IPGrant = @({entries}) }} catch {{ 'refused' }}") == ["refused"]


@pytest.mark.parametrize("value", ["'10.0.0.1'", "@('10.0.0.1')", "[byte[]]@(1,2)", "1"])
def test_a_relay_list_is_no_text(run, value):
    assert run(f"""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        try {{ $e.Put('RelayIpList', {value}) }} catch {{ "$_" -match '0x8000500c' }}
    """) == ["True"]


def test_server_2022_gives_null_until_a_list_is_written(powershell):
    machine = Machine.create("fresh", "2022", smtp=True)

    assert powershell(
        machine,
        """
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $e.psbase.Properties['RelayIpList'].Value -eq $null
        $list = $e.psbase.Properties['IPSecurity'].Value
        $list.GrantByDefault
        $list.GrantByDefault = $false
        $e.psbase.Properties['RelayIpList'].Value = $list
        $e.psbase.CommitChanges()
        $e.psbase.Properties['RelayIpList'].Value.GrantByDefault
        """,
    ) == ["True", "True", "False"]


def test_operators_are_added_and_removed(run):
    assert run(r"""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $sd = $e.Get('AdminACL')
        $dacl = $sd.DiscretionaryAcl
        $ace = New-Object -ComObject AccessControlEntry
        $ace.Trustee = 'CONTOSO\mail'
        $ace.AccessMask = 11
        $dacl.AddAce($ace)
        foreach ($old in @($dacl)) { if ($old.Trustee -like '*LOCAL SERVICE') { $dacl.RemoveAce($old) } }
        $sd.DiscretionaryAcl = $dacl
        $e.Put('AdminACL', $sd)
        $e.SetInfo()
        $now = ([ADSI]'IIS://localhost/SmtpSvc/1').Get('AdminACL')
        foreach ($ace in $now.DiscretionaryAcl) { "$($ace.Trustee) $($ace.AccessMask) $($ace.AceType)" }
        $now.DiscretionaryAcl.AceCount
    """) == [
        r"BUILTIN\Administrators 262315 0",
        r"NT AUTHORITY\NETWORK SERVICE 262315 0",
        r"CONTOSO\mail 11 0",
        "3",
    ]


def test_winnt_names_operators(run):
    assert run(r"""
        $group = [ADSI]'WinNT://./Administrators,group'
        $group.psbase.Name
        foreach ($m in $group.psbase.Invoke('Members')) {
            $m.GetType().InvokeMember('Name', 'GetProperty', $null, $m, $null)
        }
        ([ADSI]'WinNT://crm01/Administrator,user').psbase.SchemaClassName
        ([ADSI]'WinNT://./Administrator').objectSid.Value.Length
        [System.DirectoryServices.DirectoryEntry]::Exists('WinNT://./nobody')
    """) == ["Administrators", "Administrator", "User", "28", "False"]
