import pytest

from iisrelay.lab.windows.services import AUTOMATIC, RUNNING, STOPPED


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('Get-Service SMTP*, IISADMIN | % { "$($_.Name) $($_.Status)" }', "IISADMIN Running\nSMTPSVC Stopped"),
        ("(Get-Service SMTPSVC).DisplayName", "Simple Mail Transfer Protocol (SMTP)"),
        ("(Get-Service -DisplayName 'IIS Admin*').Name", "IISADMIN"),
        ("(Get-Service SMTPSVC).ServicesDependedOn | % Name", "IISADMIN\nEventLog"),
        ("Get-Service IISADMIN -DependentServices | % Name", "SMTPSVC"),
        ("Start-Service SMTPSVC; Start-Service SMTPSVC; (Get-Service SMTPSVC).Status -eq 'Running'", "True"),
        ("(Start-Service SMTPSVC -PassThru).Status", "Running"),
        (
            (
                "Stop-Service -InputObject (Get-Service W32Time, Schedule); "
                "(Get-Service W32Time, Schedule).Status -join ' '"
            ),
            ("Stopped Stopped"),
        ),
        ("Set-Service SMTPSVC -DisplayName Mail; (Get-Service SMTPSVC).DisplayName", "Mail"),
        ("Get-Service SMTPSVC | Start-Service; Stop-Service SMTPSVC; (Get-Service SMTPSVC).Status", "Stopped"),
        ("Start-Service SMTPSVC; Restart-Service IISADMIN -Force; (Get-Service SMTPSVC).Status", "Running"),
        (
            (
                "Set-Service SMTPSVC -StartupType Automatic -Status Running; "
                "(Get-Service SMTPSVC).StartType; (Get-Service SMTPSVC).Status"
            ),
            "Automatic\nRunning",
        ),
        (
            (
                "$s = New-Object System.ServiceProcess.ServiceController SMTPSVC; $s.Start(); "
                "$s.WaitForStatus('Running', '00:00:30'); $s.Refresh(); $s.Status"
            ),
            "Running",
        ),
        (
            "[System.ServiceProcess.ServiceController]::GetServices() | ? { $_.ServiceName -eq 'SMTPSVC' } | % Status",
            "Stopped",
        ),
        (
            (
                "Start-Service SMTPSVC; Suspend-Service SMTPSVC; (Get-Service SMTPSVC).Status; "
                "Resume-Service SMTPSVC; (Get-Service SMTPSVC).Status"
            ),
            "Paused\nRunning",
        ),
    ],
)
def test_services(shell, script, expected):
    ran = shell(script)
    assert (ran.output, ran.errors) == (expected, "")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Start-Service", "missing mandatory parameters: Name."),
        ("Get-Service nope", "Cannot find any service with service name 'nope'."),
        (
            "Start-Service SMTPSVC; Stop-Service IISADMIN",
            "because it has dependent services. It can only be stopped if the Force flag is set.",
        ),
        (
            "Set-Service SMTPSVC -StartupType Disabled; Start-Service SMTPSVC",
            "cannot be started due to the following error: Cannot start SMTPSVC service on computer '.'.",
        ),
        ("Set-Service SMTPSVC -StartupType Delayed", "does not belong to the set"),
        ("New-Service x y", "not simulated by the lab"),
        ("Get-Service -ComputerName other", "Cannot open Service Control Manager on computer 'other'"),
        (
            "(New-Object System.ServiceProcess.ServiceController SMTPSVC).Stop()",
            "Cannot stop SMTPSVC service on computer '.'.",
        ),
        (
            "(New-Object System.ServiceProcess.ServiceController nope).Status",
            "Service nope was not found on computer '.'.",
        ),
        ("(Get-Service SMTPSVC).WaitForStatus('Running', '00:00:01')", "Time out has expired"),
    ],
)
def test_service_errors(shell, script, words):
    assert words in shell(script).errors.replace("\n", " ")


def test_start_type_came_with_windows_powershell_5(shell_on):
    assert shell_on("2008r2")("(Get-Service SMTPSVC).StartType -eq $null").output == "True"


def test_an_ordinary_user_may_look_but_not_touch(shell):
    with shell.machine.signed_in(shell.machine.accounts.login("user", is_administrator=False)):
        assert "Cannot open SMTPSVC service on computer '.'." in shell("Start-Service SMTPSVC").errors
        assert shell("(Get-Service SMTPSVC).Status").output == "Stopped"
        assert "adequate user rights" in shell("Install-WindowsFeature Telnet-Client").errors


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            'Get-WindowsFeature SMTP-Server | % { "$($_.Name) $($_.Installed) $($_.InstallState)" }',
            "SMTP-Server False Available",
        ),
        ("(Get-WindowsFeature Web-Lgcy*).Name", "Web-Lgcy-Mgmt-Console\nWeb-Lgcy-Scripting"),
        ("@(Get-WindowsFeature nope).Count", "0"),
        (
            (
                "$r = Install-WindowsFeature SMTP-Server; "
                '"$($r.Success) $($r.RestartNeeded) $($r.ExitCode)"; (Get-Service SMTPSVC).Status'
            ),
            "True No Success\nStopped",
        ),
        (
            "(Install-WindowsFeature SMTP-Server).FeatureResult | % Name",
            "Web-Server\nWeb-Mgmt-Tools\nWeb-Mgmt-Compat\nWeb-Metabase\nSMTP-Server",
        ),
        (
            (
                "(Install-WindowsFeature SMTP-Server -IncludeManagementTools).FeatureResult | "
                "? { $_.Name -like 'RSAT*' } | % Name"
            ),
            "RSAT\nRSAT-Feature-Tools\nRSAT-SMTP",
        ),
        ("$null = Add-WindowsFeature SMTP-Server; (Add-WindowsFeature SMTP-Server).ExitCode", "NoChangeNeeded"),
        (
            (
                "Import-Module ServerManager; $null = Add-WindowsFeature SMTP-Server, Web-WMI; "
                "([ADSI]'IIS://localhost/SMTPSVC/1').Name"
            ),
            "1",
        ),
        ("Get-WindowsFeature Web-WMI | Add-WindowsFeature | % Success", "True"),
    ],
)
def test_features(shell_on, script, expected):
    ran = shell_on("2019", smtp=False)(script)
    assert (ran.output, ran.errors) == (expected, "")


def test_one_unknown_feature_stops_the_whole_batch(shell_on):
    shell = shell_on("2022", smtp=False)
    ran = shell("$r = Install-WindowsFeature SMTP-Server, Web-Nonsense; $r.Success; $r.ExitCode")
    assert "not valid: 'Web-Nonsense'. The name was not found." in ran.errors
    assert ran.output == "False\nInvalidArgs"
    assert not shell.machine.features.is_installed("SMTP-Server")


def test_windows_server_2025_knows_no_smtp_server(shell_on):
    shell = shell_on("2025", smtp=False)
    assert shell("@(Get-WindowsFeature SMTP-Server, RSAT-SMTP, Web-Lgcy-Mgmt-Console).Count").output == "0"
    assert "'SMTP-Server'" in shell("Install-WindowsFeature SMTP-Server").errors


def test_2008_r2_needs_the_module_and_the_old_names(shell_on):
    shell = shell_on("2008r2", smtp=False)
    assert "'Add-WindowsFeature' is not recognized" in shell("Add-WindowsFeature SMTP-Server").errors
    ran = shell(
        "Import-Module ServerManager; (Add-WindowsFeature SMTP-Server).Success; Get-Command Install-WindowsFeature"
    )
    assert ran.output == "True"
    assert "'Install-WindowsFeature' is not recognized" in ran.errors


def test_removing_the_feature_asks_for_a_restart(shell):
    ran = shell('$r = Uninstall-WindowsFeature SMTP-Server; "$($r.RestartNeeded) $($r.ExitCode)"')
    assert ran.lines[-1] == "Yes SuccessRestartRequired"
    assert shell.machine.pending_reboot
    shell("Restart-Computer -Force")
    assert shell.machine.reboot_requested
    shell.machine.restart()
    assert not shell.machine.pending_reboot


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            (
                "New-NetFirewallRule -DisplayName S -Direction Inbound -Protocol TCP -LocalPort 25, 587 "
                "-Action Allow | Out-Null; (Get-NetFirewallRule -DisplayName S | "
                "Get-NetFirewallPortFilter).LocalPort -join '+'"
            ),
            "25+587",
        ),
        (
            (
                "$null = New-NetFirewallRule -Name n -DisplayName S -Profile Domain, Private; "
                "(Get-NetFirewallRule -Name n).Profile"
            ),
            "Domain, Private",
        ),
        (
            (
                "$null = New-NetFirewallRule -DisplayName S; "
                "Set-NetFirewallRule -DisplayName S -Enabled False; "
                "(Get-NetFirewallRule -DisplayName S).Enabled"
            ),
            "False",
        ),
        (
            (
                "$null = New-NetFirewallRule -DisplayName S; Remove-NetFirewallRule -DisplayName S; "
                "@(Get-NetFirewallRule | ? { $_.DisplayName -eq 'S' }).Count"
            ),
            "0",
        ),
        (
            (
                "netsh advfirewall firewall add rule name=S dir=in action=allow protocol=TCP localport=25 "
                "| Out-Null; (Get-NetFirewallRule -DisplayName S).Action"
            ),
            "Allow",
        ),
        (
            (
                "netsh advfirewall firewall add rule name=S dir=in action=allow; "
                "netsh advfirewall firewall delete rule name=S; $LASTEXITCODE"
            ),
            "Ok.\n\n\nDeleted 1 rule(s).\nOk.\n\n0",
        ),
        (
            "netsh advfirewall firewall show rule name=S | ? { $_ -match 'No rules' } | % { $_.Trim() }; $LASTEXITCODE",
            "No rules match the specified criteria.\n1",
        ),
        (
            (
                "netsh advfirewall firewall add rule name=S dir=in action=allow protocol=TCP localport=25 "
                "| Out-Null; netsh advfirewall firewall set rule name=S new enable=no | Out-Null; "
                "(Get-NetFirewallRule -DisplayName S).Enabled"
            ),
            "False",
        ),
        (
            (
                "$p = New-Object -ComObject HNetCfg.FwPolicy2; $r = New-Object -ComObject HNetCfg.FWRule; "
                "$r.Name = 'S'; $r.Protocol = 6; $r.LocalPorts = '25'; $r.Enabled = $true; "
                "$p.Rules.Add($r); @($p.Rules | ? { $_.Name -eq 'S' }).Count; "
                "$p.Rules.Item('S').LocalPorts; $p.Rules.Remove('S'); @($p.Rules | "
                "? { $_.Name -eq 'S' }).Count"
            ),
            "1\n25\n0",
        ),
    ],
)
def test_firewall(shell, script, expected):
    ran = shell(script)
    assert (ran.output, ran.errors) == (expected, "")


def test_the_firewall_cmdlets_came_with_2012(shell_on):
    shell = shell_on("2008r2")
    assert "'New-NetFirewallRule' is not recognized" in shell("New-NetFirewallRule -DisplayName x").errors
    assert (
        shell("netsh advfirewall firewall add rule name=x dir=in action=allow | Out-Null; $LASTEXITCODE").output == "0"
    )


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (
            (
                "$p = "
                "[Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent(); "
                "$p.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)"
            ),
            "True",
        ),
        (
            (
                "$p = New-Object Security.Principal.WindowsPrincipal "
                "([Security.Principal.WindowsIdentity]::GetCurrent()); $p.IsInRole('Administrators')"
            ),
            "True",
        ),
        ("[Security.Principal.WindowsIdentity]::GetCurrent().Name", r"CRM01\Administrator"),
        (
            (
                "(New-Object Security.Principal.NTAccount 'NETWORK "
                "SERVICE').Translate([Security.Principal.SecurityIdentifier]).Value"
            ),
            "S-1-5-20",
        ),
        (
            "([Security.Principal.SecurityIdentifier]'S-1-5-32-544').Translate([Security.Principal.NTAccount]).Value",
            r"BUILTIN\Administrators",
        ),
        ("$env:COMPUTERNAME; $env:windir; $env:PROCESSOR_ARCHITECTURE", "CRM01\nC:\\Windows\nAMD64"),
    ],
)
def test_identities(shell, script, expected):
    ran = shell(script)
    assert (ran.output, ran.errors) == (expected, "")


def test_events(shell):
    ran = shell(
        "New-EventLog -LogName Application -Source relay; "
        "Write-EventLog -LogName Application -Source relay -EventId 7 -EntryType Warning -Message hello; "
        'Get-EventLog Application -Source relay -Newest 1 | % { "$($_.EventID) $($_.EntryType) $($_.Message)" }; '
        "Start-Service SMTPSVC; (Get-WinEvent -FilterHashtable @{ LogName = 'System'; Id = 7036 } -MaxEvents 1).Message"
    )
    assert ran.lines == [
        "7 Warning hello",
        "The Simple Mail Transfer Protocol (SMTP) service entered the running state.",
    ]
    assert "No matches found" in shell("Get-EventLog Application -Source nobody").errors
    assert (
        "does not exist on computer"
        in shell("Write-EventLog -LogName Application -Source x -EventId 1 -Message x").errors
    )


def test_scripts_are_logged(shell):
    shell("Write-Output marker-of-this-test")
    newest = shell.machine.event_log.newest("Microsoft-Windows-PowerShell/Operational")
    assert any("marker-of-this-test" in record.message and record.event_id == 4104 for record in newest)


def test_ports_follow_the_service(shell):
    script = "(Test-NetConnection localhost -Port 25 -InformationLevel Quiet)"
    assert shell(script).output == "False"
    shell("Start-Service SMTPSVC")
    assert shell(script).output == "True"
    assert "not simulated by the lab" in shell("Test-NetConnection smtp.office365.com").errors


def test_delayed_start_is_set_by_sc_and_the_registry_alone(shell):
    service = shell.machine.services.find("SMTPSVC")
    shell("sc.exe config SMTPSVC start= delayed-auto")
    assert (service.start_type, service.delayed, service.status) == (AUTOMATIC, True, STOPPED)
    shell(r"Set-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Services\SMTPSVC DelayedAutostart 0")
    assert not service.delayed
    shell.machine.restart()
    assert service.status == RUNNING
