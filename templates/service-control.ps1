function Wait-Service([string]$Name, [string]$Status) {
    (Find-Service $Name).WaitForStatus($Status, [TimeSpan]::FromSeconds(60))
}

function Start-Smtp {
    # The order matters: both live in inetinfo.exe, and SMTPSVC needs IISADMIN.
    foreach ($name in @('IISADMIN', 'SMTPSVC')) {
        if ((Get-ServiceState $name) -ne 'running') {
            Start-Service -Name $name
            Wait-Service $name 'Running'
        }
    }
}

function Stop-Smtp {
    if ((Get-ServiceState 'SMTPSVC') -ne 'stopped') {
        Stop-Service -Name 'SMTPSVC' -Force
        Wait-Service 'SMTPSVC' 'Stopped'
    }
}

function Restart-Smtp {
    # New Schannel settings are read by a new process only, so IISADMIN has to go as well; it also runs without SMTPSVC,
    # for instance after the installation, and SMTPSVC would start within its process.
    $wasRunning = (Get-ServiceState 'SMTPSVC') -eq 'running'
    try {
        Stop-Smtp
        if ((Get-ServiceState 'IISADMIN') -eq 'running') {
            Stop-Service -Name 'IISADMIN' -Force
            Wait-Service 'IISADMIN' 'Stopped'
            Start-Service -Name 'IISADMIN'
            Wait-Service 'IISADMIN' 'Running'
        }
    } finally { if ($wasRunning) { Start-Smtp } }
}

function Set-ServiceStartup([string]$Change, [string]$Name, [string]$Value) {
    Invoke-Change $Change $Name '' '' {
        if ((Get-ServiceStartup $Name) -eq $Value) { return 'unchanged' }
        # Set-Service knows no delayed start before PowerShell 6.
        $words = @{ 'automatic' = 'auto'; 'delayed-automatic' = 'delayed-auto'; 'manual' = 'demand'; 'disabled' = 'disabled' }
        $said = & sc.exe config $Name start= $words[$Value]
        if ($LASTEXITCODE -ne 0) { throw "sc.exe config gave $LASTEXITCODE`: $([string]::Join(' ', [string[]]@($said)))" }
        Get-Word ((Get-ServiceStartup $Name) -eq $Value)
    }
}

function Set-ServiceState([string]$Change, [string]$Name, [string]$Value) {
    Invoke-Change $Change $Name '' '' {
        if ((Get-ServiceState $Name) -eq $Value) { return 'unchanged' }
        if ($Name -eq 'SMTPSVC') { if ($Value -eq 'running') { Start-Smtp } else { Stop-Smtp } }
        elseif ($Value -eq 'running') { Start-Service -Name $Name; Wait-Service $Name 'Running' }
        else { Stop-Service -Name $Name -Force; Wait-Service $Name 'Stopped' }
        Get-Word ((Get-ServiceState $Name) -eq $Value)
    }
}
