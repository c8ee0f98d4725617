"""Scripts as administrators write them: nothing here knows that it runs on a simulated host."""

from iisrelay.lab.windows.machine import Machine
from iisrelay.settings.relay_list import decode


def relay_addresses(machine, number=1):
    return decode(machine.metabase.open(f"SmtpSvc/{number}").records["relayiplist"].value).access_list.addresses


def test_an_audit_of_all_virtual_servers(run):
    assert run("""
        $service = [ADSI]"IIS://$env:COMPUTERNAME/SMTPSVC"
        foreach ($vs in $service.psbase.Children) {
            if ($vs.KeyType -ne 'IIsSmtpServer') { continue }
            $name = "$($vs.ServerComment)"
            if (-not $name) { $name = "[SMTP Virtual Server #$($vs.psbase.Name)]" }
            $relay = $vs.psbase.Properties['RelayIpList'].Value
            $granted = @($relay.GetType().InvokeMember('IPGrant', 'GetProperty', $null, $relay, $null))
            $row = New-Object PSObject -Property @{ Name = $name; Hop = $vs.HopCount.Value; Relay = $granted.Count }
            "$($row.Name);$($row.Hop);$($row.Relay)"
        }
    """) == ["[SMTP Virtual Server #1];15;0"]


def test_addresses_imported_from_a_file(run, machine):
    machine.files.make_directory(r"C:\scripts")
    machine.files.write_text(
        r"C:\scripts\relay.csv", "Address,Mask\r\n10.0.0.1,255.255.255.255\r\n10.2.0.0,255.255.0.0\r\n"
    )

    run(r"""
        $server = [ADSI]'IIS://localhost/smtpsvc/1'
        $list = $server.psbase.Properties['RelayIpList'].Value
        $bind = [Reflection.BindingFlags]'Public, Instance, SetProperty'
        $entries = @()
        Import-Csv C:\scripts\relay.csv | ForEach-Object { $entries += "$($_.Address.Trim()), $($_.Mask.Trim())" }
        [void]$list.GetType().InvokeMember('GrantByDefault', $bind, $null, $list, @($false))
        $parameter = @(); $parameter += ,([object[]]$entries)
        [void]$list.GetType().InvokeMember('IPGrant', $bind, $null, $list, $parameter)
        $server.Put('RelayIpList', $list)
        $server.SetInfo()
    """)

    assert set(relay_addresses(machine)) == {"10.0.0.1, 255.255.255.255", "10.2.0.0, 255.255.0.0"}


def test_a_list_extended_by_one_address(run, machine):
    for address in ("10.0.0.1", "10.0.0.2"):
        run(f"""
            $server = [ADSI]'IIS://localhost/smtpsvc/1'
            $list = $server.psbase.Properties['RelayIpList'].Value
            $get = [Reflection.BindingFlags]'GetProperty'; $set = [Reflection.BindingFlags]'SetProperty'
            $now = @($list.GetType().InvokeMember('IPGrant', $get, $null, $list, $null))
            $now += '{address}, 255.255.255.255'
            [void]$list.GetType().InvokeMember('IPGrant', $set, $null, $list, (,[object[]]$now))
            $server.psbase.Properties['RelayIpList'].Value = $list
            $server.psbase.CommitChanges()
        """)

    assert relay_addresses(machine) == ("10.0.0.1, 255.255.255.255", "10.0.0.2, 255.255.255.255")


def test_a_blob_counted_together_and_put_through_wmi(run, machine):
    run(r"""
        $ips = @('127.0.0.1', '10.1.2.3', '10.1.2.4')
        [byte[]]$blob = 24,0,0,128,32,0,0,128,60,0,0,128,68,0,0,128,1,0,0,0,76,0,0,0,0,0,0,0,0,0,0,0,
            1,0,0,0,0,0,0,0,2,0,0,0,1,0,0,0,4,0,0,0,0,0,0,0,76,0,0,128,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,255,255,255,255
        $blob[36] = $ips.Count
        $blob[44] = $ips.Count + 1
        foreach ($ip in $ips) { $blob += [byte[]]($ip.Split('.')) }
        $all = Get-WmiObject -Namespace root\MicrosoftIISv2 -Class IIsSmtpServerSetting
        $setting = $all | Where-Object { $_.Name -eq 'SmtpSvc/1' }
        $setting.RelayIpList = [byte[]]$blob
        $setting.Put() | Out-Null
    """)

    assert relay_addresses(machine) == tuple(f"{ip}, 255.255.255.255" for ip in ("127.0.0.1", "10.1.2.3", "10.1.2.4"))


def test_a_smart_host_with_authentication(run, machine):
    run("""
        $virtualServer = New-Object System.DirectoryServices.DirectoryEntry('IIS://localhost/SmtpSvc/1')
        $settings = @{
            SmartHost = 'smtp.office365.com'; SmartHostType = 2; RemoteSmtpPort = 587; RouteAction = 268
            RouteUserName = 'billing@contoso.example'; RoutePassword = 'pa55'; LogType = 1; LogExtFileFlags = 4194303
            MaxMessageSize = 0; AuthFlags = 7; SaslLogonDomain = 'CONTOSO'
        }
        foreach ($name in $settings.Keys) { $virtualServer.Properties[$name].Value = $settings[$name] }
        $virtualServer.CommitChanges()
    """)

    records = machine.metabase.open("SmtpSvc/1").records
    assert {
        name: records[name].value for name in ("smarthost", "remotesmtpport", "routeaction", "logextfileflags")
    } == {
        "smarthost": "smtp.office365.com",
        "remotesmtpport": 587,
        "routeaction": 268,
        "logextfileflags": 4194303,
    }


def test_a_stopped_virtual_server_started_by_its_state(run):
    assert run("""
        Start-Service SMTPSVC
        $smtp = [ADSI]'IIS://localhost/SMTPSVC/1'
        $smtp.Stop()
        $smtp.RefreshCache()
        if ($smtp.ServerState -ne 2) { 'not running'; $smtp.ServerState = 2; $smtp.SetInfo() }
        ([ADSI]'IIS://localhost/SMTPSVC/1').ServerState
    """) == ["not running", "2"]


def test_the_cure_of_server_2022_by_editing_the_file(powershell):
    machine = Machine.create("fresh", "2022", smtp=True)

    assert powershell(
        machine,
        r"""
        Stop-Service SMTPSVC -Force
        Stop-Service IISADMIN -Force
        $file = "$env:windir\System32\inetsrv\MetaBase.xml"
        $lines = Get-Content $file
        $lines = $lines | ForEach-Object { $_; if ($_ -match 'Location="/LM/SmtpSvc/1"$') { '		RelayIpList=""' } }
        Set-Content $file $lines -Encoding UTF8
        Start-Service IISADMIN
        Start-Service SMTPSVC
        $null -eq ([ADSI]'IIS://localhost/SmtpSvc/1').psbase.Properties['RelayIpList'].Value
        """,
    ) == ["False"]


def test_the_feature_installed_and_used_at_once(powershell):
    machine = Machine.create("azure", "2012r2")

    assert powershell(
        machine,
        """
        Import-Module ServerManager
        Add-WindowsFeature SMTP-Server | Out-Null
        $vs = [ADSI]'IIS://localhost/smtpsvc/1'
        "$($vs.ServerBindings)"
        """,
    ) == [":25:"]


def test_a_walk_over_the_whole_tree(run):
    lines = run("""
        function Show-Key($entry, $depth) {
            ('  ' * $depth) + $entry.psbase.Name + ' ' + $entry.psbase.SchemaClassName
            foreach ($child in $entry.psbase.Children) { Show-Key $child ($depth + 1) }
        }
        Show-Key ([ADSI]'IIS://localhost/SmtpSvc') 0
    """)

    assert lines[:3] == ["SmtpSvc IIsSmtpService", "  Info IIsSmtpInfo", "  1 IIsSmtpServer"]
    assert "      crm01.lab.example IIsSmtpDomain" in lines


def test_an_alias_domain_as_in_the_old_visual_basic_sample(run, machine):
    run("""
        $domains = [ADSI]'IIS://LocalHost/SMTPSVC/1/Domain'
        $new = $domains.Create('IIsSmtpDomain', 'alias.example')
        $new.Put('KeyType', 'IIsSmtpDomain')
        $new.Put('RouteAction', 16)
        $new.Put('RouteActionString', 'contoso.example')
        $new.SetInfo()
    """)

    records = machine.metabase.open("SmtpSvc/1/Domain/alias.example").records
    assert (records["routeaction"].value, records["routeactionstring"].value) == (16, "contoso.example")


def test_mail_commands_widened_through_wmi_in_one_line(run, machine):
    run(r"""
        Get-WmiObject -Namespace root\MicrosoftIISv2 -Class IIsSmtpServerSetting | ForEach-Object {
            $_.SmtpOutboundCommandSupportOptions = 7697601
            [void]$_.Put()
        }
    """)

    assert machine.metabase.open("SmtpSvc/1").records["smtpoutboundcommandsupportoptions"].value == 7697601


def test_the_file_read_as_xml(run):
    assert run(r"""
        $e = [ADSI]'IIS://localhost/SmtpSvc/1'
        $list = $e.psbase.Properties['RelayIpList'].Value
        $list.IPGrant = [object[]]@('10.1.2.3', '192.168.7.8')
        $e.Put('RelayIpList', $list); $e.SetInfo()
        ([ADSI]'IIS://localhost').psbase.Invoke('SaveData')
        [xml]$file = Get-Content C:\Windows\System32\inetsrv\MetaBase.xml
        foreach ($server in $file.configuration.MBProperty.IIsSmtpServer) {
            $addresses = $server.RelayIpList.Substring(160)
            for ($i = 0; $i -lt $addresses.Length; $i += 8) {
                $octets = 0, 2, 4, 6 | ForEach-Object { [Convert]::ToInt32($addresses.Substring($i + $_, 2), 16) }
                $octets -join '.'
            }
            "$($server.Location) $($server.ServerComment)"
        }
    """) == ["10.1.2.3", "192.168.7.8", "/LM/SmtpSvc/1 "]
