import pytest

from iisrelay.settings.relay_list import decode


def test_a_virtual_server_is_stored_by_its_set_info(run, machine):
    assert run("""
        $service = [ADSI]'IIS://localhost/SmtpSvc'
        $new = $service.Create('IIsSmtpServer', '2')
        [System.DirectoryServices.DirectoryEntry]::Exists('IIS://localhost/SmtpSvc/2')
        $new.Put('ServerComment', 'CRM billing')
        $new.Put('ServerBindings', @('127.0.0.1:2525:'))
        $new.SetInfo()
        $new.psbase.Path
        "$($new.ServerState) $($new.HopCount) $($new.KeyType)"
    """) == ["False", "IIS://localhost/SmtpSvc/2", "4 15 IIsSmtpServer"]
    assert set(machine.metabase.open("SmtpSvc/2").records) == {"servercomment", "serverbindings"}


def test_the_lowest_free_number(run):
    assert run("""
        $service = [ADSI]'IIS://localhost/SmtpSvc'
        foreach ($number in 2, 4) { $service.Create('IIsSmtpServer', "$number").SetInfo() }
        $servers = $service.psbase.Children | Where-Object { $_.SchemaClassName -eq 'IIsSmtpServer' }
        $taken = $servers | ForEach-Object { [int]$_.psbase.Name }
        $n = 1; while ($taken -contains $n) { $n++ }
        "$taken -> $n"
    """) == ["1 2 4 -> 3"]


def test_domains_through_children(run, machine):
    assert run("""
        $domains = ([ADSI]'IIS://localhost/SmtpSvc/1').psbase.Children.Find('Domain', 'IIsSmtpDomain')
        $new = $domains.psbase.Children.Add('partner.example', 'IIsSmtpDomain')
        $new.psbase.Properties['RouteAction'].Value = 2
        $new.psbase.Properties['RouteActionString'].Value = '[10.0.0.9]'
        $new.psbase.CommitChanges()
        foreach ($d in $domains.psbase.Children) { "$($d.Name) $($d.RouteAction)" }
        $domains.psbase.Children.Remove($new)
        @($domains.psbase.Children).Count
    """) == ["crm01.lab.example 96", "partner.example 2", "1"]
    assert machine.metabase.find("SmtpSvc/1/Domain/partner.example") is None


def test_deleting(run, machine):
    run("""
        $service = [ADSI]'IIS://localhost/SmtpSvc'
        foreach ($n in '2', '3') { $service.Create('IIsSmtpServer', $n).SetInfo() }
        $service.Delete('IIsSmtpServer', '2')
        ([ADSI]'IIS://localhost/SmtpSvc/3').psbase.DeleteTree()
    """)

    assert [key.name for key in machine.metabase.server_keys()] == ["1"]


def test_moving_renames_a_domain(run):
    assert run("""
        $domains = [ADSI]'IIS://localhost/SmtpSvc/1/Domain'
        $d = $domains.Create('IIsSmtpDomain', 'old.example'); $d.Put('RouteAction', 16); $d.SetInfo()
        [void]$domains.MoveHere('old.example', 'new.example')
        $domains.psbase.Children | ForEach-Object { "$($_.Name) $($_.RouteAction)" }
    """) == ["crm01.lab.example 96", "new.example 16"]


def test_a_copy_is_stored_by_its_set_info(run):
    assert run("""
        $service = [ADSI]'IIS://localhost/SmtpSvc'
        $copy = $service.CopyHere('1', '2')
        $copy.SetInfo()
        ([ADSI]'IIS://localhost/SmtpSvc/2').ServerBindings
        [System.DirectoryServices.DirectoryEntry]::Exists('IIS://localhost/SmtpSvc/2/Domain')
    """) == [":25:", "True"]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("$s.Create('IIsSmtpServer', '1')", "already exists"),
        ("$s.Create('IIsSmtpDomain', 'x')", "0x8000500f"),
        ("$s.Create('NoSuchClass', 'x')", "0x80005004"),
        ("$s.Create('IIsSmtpServer', '')", "0x80005008"),
        ("$s.Delete('IIsSmtpServer', '8')", "cannot find the path"),
        ("$s.Delete('IIsSmtpDomain', '1')", "cannot find the path"),
    ],
)
def test_what_containers_refuse(run, call, text):
    assert run(f"$s = [ADSI]'IIS://localhost/SmtpSvc'; try {{ [void]{call} }} catch {{ \"$_\" -match '{text}' }}") == [
        "True"
    ]


def test_a_filter_narrows_the_children(run):
    assert run("""
        $children = ([ADSI]'IIS://localhost/SmtpSvc').psbase.Children
        [void]$children.SchemaFilter.Add('IIsSmtpServer')
        foreach ($c in $children) { $c.psbase.Name }
    """) == ["1"]


def test_starting_and_stopping(run, machine):
    assert run("""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $e.Start(); $e.RefreshCache(); "$($e.ServerState) $($e.Status)"
        $e.Pause(); $e.RefreshCache(); "$($e.ServerState)"
        $e.Continue(); $e.RefreshCache(); "$($e.ServerState)"
        $e.Stop(); $e.RefreshCache(); "$($e.ServerState) $($e.ServerAutoStart)"
    """) == ["2 2", "6", "2", "4 False"]
    assert machine.services.find("SMTPSVC").status == "Running"


def test_a_start_that_fails_tells_why(run):
    assert run("""
        ([ADSI]'IIS://localhost/SmtpSvc/1').Start()
        $two = ([ADSI]'IIS://localhost/SmtpSvc').Create('IIsSmtpServer', '2')
        $two.Put('ServerBindings', ':25:'); $two.SetInfo()
        try { $two.Start() } catch { "$_" -match 'Only one usage of each socket address' }
        $two.RefreshCache(); "$($two.ServerState) $($two.Win32Error)"
    """) == ["True", "4 10048"]


def test_saving_and_backups_through_the_computer(run, machine):
    assert run("""
        $c = [ADSI]'IIS://localhost'
        $c.psbase.Invoke('Backup', 'before', -1, 3)
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'; $e.HopCount = 99; $e.SetInfo()
        $c.SaveData()
        $c.psbase.Invoke('Restore', 'before', -2, 0)
        ([ADSI]'IIS://localhost/SmtpSvc/1').HopCount
        try { $c.psbase.Invoke('Restore', 'before', 7, 0) } catch { "$_" -match '0x800cc802' }
    """) == ["15", "True"]
    assert 'HopCount="99"' in machine.files.read_text(r"C:\Windows\System32\inetsrv\MetaBase.xml")


def test_the_relay_list_of_a_copied_object_goes_to_another_server(run, machine):
    run("""
        $one = [ADSI]'IIS://localhost/SmtpSvc/1'
        $list = $one.psbase.Properties['RelayIpList'].Value
        $list.GrantByDefault = $false
        $list.IPGrant = [object[]]@('10.0.0.0, 255.0.0.0')
        $two = ([ADSI]'IIS://localhost/SmtpSvc').Create('IIsSmtpServer', '2')
        $two.Put('RelayIpList', $list); $two.SetInfo()
    """)

    first, second = (machine.metabase.open(f"SmtpSvc/{n}").records["relayiplist"].value for n in (1, 2))
    assert decode(second).access_list.addresses == ("10.0.0.0, 255.0.0.0",)
    assert decode(first).access_list.addresses == ()
