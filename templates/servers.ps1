# Virtual servers: their keys, and their state. What ServerState says is believed, not what a call returns.

function New-VirtualServer([string]$Change, [string]$Path, [string]$Name) {
    Invoke-Change $Change $Path '' $Path {
        # Somebody may have taken the number since the plan was made: then this fails, and nothing of theirs is touched.
        if (Test-Metabase $Path) { throw "$Path exists already; make a new plan" }
        if ($null -ne $Journal.Record) { $Journal.Record.SetValue('Making', "$Path`t$Name") }
        try { Add-VirtualServer $Path $Name }
        catch {
            # Made completely, or not at all.
            if (Test-Metabase $Path) { Remove-Server $Path }
            Clear-Making
            throw
        }
        Clear-Making
        Get-Word ((Get-ServerComment (Open-Metabase $Path)) -ceq $Name)
    }
}

function Clear-Making {
    if ($null -ne $Journal.Record) { $Journal.Record.DeleteValue('Making', $false) }
}

function Complete-Server {
    # Finishes a virtual server at which an earlier script was cut off; one that had no name yet goes.
    $making = [string]$Journal.Record.GetValue('Making', '')
    if (-not $making) { return }
    $path, $name = $making.Split("`t")
    try {
        if (Test-Metabase $path) {
            $comment = Get-ServerComment (Open-Metabase $path)
            if ($comment -ceq $name) { Add-ServerParts $path } elseif (-not $comment) { Remove-Server $path }
        }
        Clear-Making
    } catch { Add-Blocker $path "an earlier apply was cut off when it made this, which cannot be finished: $(Get-FailureText $_)" }
}

function Restore-VirtualServer([string]$Change, [string]$Path) {
    # The bare key: everything that stood there follows, and nothing else. Without a list nobody may relay meanwhile.
    Invoke-Change $Change $Path '' $Path {
        if (Test-Metabase $Path) { throw "$Path exists already" }
        $cut = $Path.LastIndexOf('/')
        (Open-Metabase $Path.Substring(0, $cut)).Create('IIsSmtpServer', $Path.Substring($cut + 1)).SetInfo()
        Get-Word (Test-Metabase $Path)
    }
}

function Add-VirtualServer([string]$Path, [string]$Name) {
    $cut = $Path.LastIndexOf('/')
    $server = (Open-Metabase $Path.Substring(0, $cut)).Create('IIsSmtpServer', $Path.Substring($cut + 1))
    $server.Put('ServerComment', $Name)
    # It must not start before all its settings are there.
    $server.Put('ServerAutoStart', $false)
    $server.SetInfo()
    Add-ServerParts $Path
}

function Add-ServerParts([string]$Path) {
    foreach ($below in @(@('IIsSmtpDomain', 'Domain'), @('IIsSmtpRoutingSource', 'RoutingSources'))) {
        if (-not (Test-Metabase ($Path + '/' + $below[1]))) {
            $key = (Open-Metabase $Path).Create($below[0], $below[1])
            $key.SetInfo()
        }
    }
    if ($null -eq (Read-Property (Open-Metabase $Path) 'RelayIpList')) {
        # Without any list the console of Windows Server 2022 crashes; "only the list below", empty, lets nobody relay.
        Write-Property $Path 'RelayIpList' 'IPSECLIST' @{ grant_by_default = $false; addresses = @(); domains = @() }
    }
}

function Remove-Server([string]$Path) {
    $cut = $Path.LastIndexOf('/')
    (Open-Metabase $Path.Substring(0, $cut)).Delete('IIsSmtpServer', $Path.Substring($cut + 1))
}

function Get-QueuedFiles([string]$Path) {
    $folder = [Environment]::ExpandEnvironmentVariables([string](Read-Property (Open-Metabase $Path) 'QueueDirectory'))
    if (-not $folder -or -not [IO.Directory]::Exists($folder)) { return 0 }
    @([IO.Directory]::GetFiles($folder)).Length
}

function Stop-EmptyServer([string]$Path, [bool]$MailMayStay) {
    # Counted only once it is stopped: mail may have come since the plan was made.
    if ((Get-ServerState $Path) -eq 2) {
        $Journal.Suspended[$Path] = @{ AutoStart = (Get-OwnAutoStart $Path) }
        Stop-VirtualServer $Path
    }
    $queued = Get-QueuedFiles $Path
    if ($queued -and -not $MailMayStay) { throw "$queued messages wait in its queue; nobody would deliver them any more" }
}

function Resume-VirtualServer([string]$Path) {
    # Starts again what was to be removed and still stands; gives '' or what to add to the reason for that.
    if (-not $Journal.Suspended.ContainsKey($Path)) { return '' }
    try {
        if (Test-Metabase $Path) {
            Start-VirtualServer $Path
            Reset-AutoStart $Path $Journal.Suspended[$Path].AutoStart
        }
    } catch { return "; it stays stopped: $(Get-FailureText $_)" }
    ''
}

function Suspend-VirtualServer([string]$Change, [string]$Path, [bool]$MailMayStay) {
    # The first half of a removal. Only a failure is a result: without the second half nothing is made yet.
    if ((Get-Blocker $Path) -or -not (Test-Metabase $Path)) { return }
    Write-Step $Change 'begun'
    try { Stop-EmptyServer $Path $MailMayStay }
    catch {
        $message = (Get-FailureText $_) + (Resume-VirtualServer $Path)
        Add-Blocker $Path $message
        Add-Result $Change 'failed' $message
    }
}

function Remove-VirtualServer([string]$Change, [string]$Path, [bool]$MailMayStay) {
    if (@($Journal.Results | Where-Object { $_.id -eq $Change }).Length) { return }
    if (Test-Taken) { Add-Blocker '*' 'was not tried, because another apply has taken the host' }
    $reason = Get-Blocker $Path
    if ($reason) {
        if (-not (Test-Taken)) { $reason += Resume-VirtualServer $Path }
        Add-Result $Change 'skipped' $reason
        return
    }
    Invoke-Change $Change $Path '' '' {
        if (-not (Test-Metabase $Path)) { return 'unchanged' }
        try {
            Stop-EmptyServer $Path $MailMayStay
            Remove-Server $Path
        } catch { throw ((Get-FailureText $_) + (Resume-VirtualServer $Path)) }
        if (-not (Test-Metabase $Path)) { return 'applied' }
        [void](Resume-VirtualServer $Path)
        'not_verified'
    }
}

function Get-ServerState([string]$Path) {
    $state = Read-Property (Open-Metabase $Path) 'ServerState'
    if ($null -eq $state) { 4 } else { [int]$state }
}

function Wait-ServerState([string]$Path, [int]$Wanted) {
    for ($turn = 0; $turn -lt 60; $turn++) {
        $state = Get-ServerState $Path
        if ($state -eq $Wanted) { return $true }
        # 1, 3, 5 and 7 are on their way somewhere; anything else is final.
        if ($state % 2 -eq 0 -and $turn -ge 4) { return $false }
        Start-Sleep -Milliseconds 250
    }
    $false
}

function Switch-VirtualServer([string]$Path, [int]$Wanted, [string]$Method, [int]$Command) {
    # Start and Stop are documented for web and FTP servers only, ServerCommand has two tables of numbers that agree on
    # these two. The last word is the service: it starts and stops everything.
    $problem = ''
    try { [void](Open-Metabase $Path).psbase.Invoke($Method) } catch { $problem = Get-FailureText $_ }
    if (Wait-ServerState $Path $Wanted) { return }
    try {
        $entry = Open-Metabase $Path
        $entry.Put('ServerCommand', $Command)
        $entry.SetInfo()
    } catch { if (-not $problem) { $problem = Get-FailureText $_ } }
    if (Wait-ServerState $Path $Wanted) { return }
    $code = Read-Property (Open-Metabase $Path) 'Win32Error'
    $text = "the virtual server stays in state $(Get-ServerState $Path)"
    if ($code) { $text += ", Windows error $code" }
    if ($code -eq 10048) { $text += ' (another virtual server or program uses its endpoint)' }
    if ($problem) { $text += "; $problem" }
    throw $text
}

function Start-VirtualServer([string]$Path) {
    Start-Smtp
    if ((Get-ServerState $Path) -ne 2) { Switch-VirtualServer $Path 2 'Start' 1 }
}

function Stop-VirtualServer([string]$Path) {
    if ((Get-ServerState $Path) -ne 4) { Switch-VirtualServer $Path 4 'Stop' 2 }
}

function Set-ServerState([string]$Change, [string]$Path, [int]$Value) {
    Invoke-Change $Change $Path '' '' {
        if ((Get-ServerState $Path) -eq $Value) { return 'unchanged' }
        if ($Value -eq 2) { Start-VirtualServer $Path } else { Stop-VirtualServer $Path; Remove-Owed $Path }
        Get-Word ((Get-ServerState $Path) -eq $Value)
    }
}

function Get-RunningServers {
    $running = @()
    if ((Get-ServiceState 'SMTPSVC') -eq 'running') {
        foreach ($number in (Get-ServerNumbers)) { if ((Get-ServerState "SmtpSvc/$number") -eq 2) { $running += "SmtpSvc/$number" } }
    }
    , $running
}

function Get-OwnAutoStart([string]$Path) {
    # What stands at the virtual server itself; $null where that is inherited.
    $entry = Open-Metabase $Path
    if (Get-Inherited $entry 'ServerAutoStart') { return $null }
    Read-Property $entry 'ServerAutoStart'
}

function Reset-AutoStart([string]$Path, $Own) {
    # Windows notes a stop as "does not start by itself", and a start as the opposite. Nobody has asked for either.
    $entry = Open-Metabase $Path
    if ($null -ne $Own) { $entry.Put('ServerAutoStart', [bool]$Own) }
    elseif (Get-Inherited $entry 'ServerAutoStart') { return }
    else { $entry.PutEx(1, 'ServerAutoStart', $null) }
    $entry.SetInfo()
}

function Restart-Changed {
    # Once, after all settings. All stop before the first starts, so that endpoints can change hands. Whatever ran runs
    # again, even if another one fails, or if it does not start by itself with the service.
    if ($Journal.RestartService) { Add-Owed (Get-RunningServers) }
    $paths = @($Journal.RestartServers.Keys | Where-Object { Test-Metabase $_ } | Sort-Object)
    $own = @{}
    foreach ($path in $paths) { if ((Get-ServerState $path) -eq 2) { $own[$path] = @{ Value = (Get-OwnAutoStart $path) } } }
    $problems = @()
    if ($Journal.RestartService) { try { Restart-Smtp } catch { $problems += Get-FailureText $_ } }
    else {
        foreach ($path in $paths) { try { Stop-VirtualServer $path } catch { $problems += "${path}: $(Get-FailureText $_)" } }
    }
    foreach ($path in $paths) {
        try {
            Start-VirtualServer $path
            if ($own.ContainsKey($path)) { Reset-AutoStart $path $own[$path].Value }
        } catch { $problems += "${path}: $(Get-FailureText $_)" }
    }
    if ($problems.Length) { throw ([string]::Join('; ', [string[]]$problems)) }
}

function Invoke-Restarts([string]$Change) {
    # Not a change of the plan: a failure is reported under a name of its own.
    if ($Journal.Blocked.ContainsKey('*')) { Add-Result $Change 'skipped' $Journal.Blocked['*']; return }
    try {
        Restart-Changed
        $Journal.RestartServers = @{}
        $Journal.RestartService = $false
        Write-Restarts
        Write-Step $Change 'unchanged'
    } catch { Add-Result $Change 'failed' (Get-FailureText $_) }
}
