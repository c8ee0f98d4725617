# Every change is made by itself: compared first, written only where it differs, read back, and reported.

$Journal = @{
    Results = (New-Object Collections.ArrayList)
    Blocked = @{}          # place -> why nothing below it can be changed
    RestartServers = @{}   # paths of virtual servers that run with old settings, or stand still for a moment
    RestartService = $false
    Suspended = @{}        # paths of virtual servers that stand still because they are going to be removed
    Reboot = $false
    Saved = $null
    Backup = $null
    BackupProblem = ''
    StopOnFailure = $false
    Stranded = 0           # messages that could be moved neither on nor back
    Id = ''                # of this apply; the record is ours as long as it says the same
    Record = $null         # registry keys, where the host keeps a record of what this script does
    Steps = $null
}

function Get-Blocker([string]$Place) {
    if ($Journal.Blocked.ContainsKey('*')) { return $Journal.Blocked['*'] }
    foreach ($blocked in @($Journal.Blocked.Keys)) {
        if ($Place -eq $blocked -or $Place.StartsWith($blocked + '/')) { return $Journal.Blocked[$blocked] }
    }
    ''
}

function Add-Blocker([string]$Place, [string]$Reason) {
    $Journal.Blocked[$Place] = $Reason
}

function Add-Restart([string]$Place, [string]$Restart) {
    switch ($Restart) {
        'virtual_server' {
            $server = [string]::Join('/', @($Place.Split('/') | Select-Object -First 2))
            # One that does not run takes its settings when somebody starts it.
            $runs = $true
            try { $runs = (Get-ServerState $server) -eq 2 } catch { }
            if ($runs) { $Journal.RestartServers[$server] = $true }
        }
        'service' { $Journal.RestartService = $true }
        'reboot' { $Journal.Reboot = $true }
    }
    Write-Restarts
}

function Add-Owed($Servers) {
    # Virtual servers that are going to be stopped for a moment: whatever ends this script, the next one starts them.
    foreach ($server in @($Servers)) { $Journal.RestartServers[$server] = $true }
    Write-Restarts
}

function Remove-Owed([string]$Server) {
    $Journal.RestartServers.Remove($Server)
    Write-Restarts
}

function Write-Restarts {
    # Restarts that are still to come are owed by the next script, should this one end before.
    if ($null -eq $Journal.Record -or (Test-Taken)) { return }
    $owed = @($Journal.RestartServers.Keys | Sort-Object)
    if ($Journal.RestartService) { $owed += 'service' }
    try { $Journal.Record.SetValue('Restart', [string]::Join(';', [string[]]$owed)) } catch { }
}

function Test-Taken {
    # Whether somebody else has taken the host meanwhile (the time was up, or the lock was broken).
    $null -ne $Journal.Record -and [string]$Journal.Record.GetValue('Id', '') -ne $Journal.Id
}

function Write-Step([string]$Change, [string]$Text) {
    # A record that cannot be written is no reason to leave a change half-made.
    if ($null -eq $Journal.Steps -or (Test-Taken)) { return }
    try { $Journal.Steps.SetValue($Change, $Text) } catch { }
}

function Add-Result([string]$Change, [string]$Outcome, [string]$Message) {
    [void]$Journal.Results.Add(@{ id = $Change; outcome = $Outcome; message = $Message })
    Write-Step $Change ($Outcome + "`t" + $Message)
    if ($Journal.StopOnFailure -and @('failed', 'not_verified') -contains $Outcome -and -not $Journal.Blocked.ContainsKey('*')) {
        Add-Blocker '*' 'was not tried, because a change before it failed'
    }
}

function Invoke-Change([string]$Change, [string]$Place, [string]$Restart, [string]$Blocks, [scriptblock]$Body) {
    # The body ends with its outcome. "Blocks" names the place that is of no use without the change.
    $outcome = 'skipped'
    if (Test-Taken) { Add-Blocker '*' 'was not tried, because another apply has taken the host' }
    $message = Get-Blocker $Place
    if (-not $message) {
        Write-Step $Change 'begun'
        # Calls of COM methods may leave something behind; the last word counts.
        try { $said = @(& $Body); $outcome = [string]$said[$said.Length - 1] }
        catch {
            $outcome = 'failed'
            $message = Get-FailureText $_
        }
        if ($outcome -eq 'applied' -and $Restart) { Add-Restart $Place $Restart }
        if ($Blocks -and @('failed', 'not_verified') -contains $outcome) {
            Add-Blocker $Blocks ("depends on what failed before: $message".TrimEnd([char[]]': '))
        }
    }
    Add-Result $Change $outcome $message
}

function Get-Word([bool]$AsWanted) {
    if ($AsWanted) { 'applied' } else { 'not_verified' }
}
