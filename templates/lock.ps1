# One apply at a time: the host is taken before the first change, and let go after the last.

function Get-UtcText([DateTime]$Time) {
    $Time.ToString('yyyy-MM-dd HH:mm:ss', [Globalization.CultureInfo]::InvariantCulture) + ' UTC'
}

function Get-Obstacle($Key, [string]$Root, [string]$Over, [string]$Seen) {
    # Why the host cannot be taken, or '' when it can. Scripts of one apply share the root of their names and follow on
    # each other. What holds the host may be taken over where it is named, or "*".
    $last = [string]$Key.GetValue('Id', '')
    if ($Over -eq '*' -or $last -eq $Root -or $last.StartsWith($Root + '.')) { return '' }
    $who = "$([string]$Key.GetValue('Owner', '')), since $([string]$Key.GetValue('Since', ''))"
    if ((Get-SecondsLeft $Key) -ne 0 -and $last -ne $Over) {
        return "the host is held by $who, until $([string]$Key.GetValue('Until', '')) at the latest"
    }
    if ($last -ne $Seen) { return "another apply has changed the host after it was planned for: $who" }
    ''
}

function Write-Record($Key, [string]$Id, [string]$Owner, [int]$Seconds, [int]$Total) {
    $now = [DateTime]::UtcNow
    $until = $now.AddSeconds($Seconds)
    $Key.DeleteSubKeyTree((Get-StepsName $Key))
    $Journal.Steps = $Key.CreateSubKey('Steps')
    $values = @{
        Id = $Id; Owner = $Owner; Process = [string]$PID; Boot = (Get-BootTime); Total = [string]$Total; State = 'running'
        Since = (Get-UtcText $now); Ticks = [string]$now.Ticks; Until = (Get-UtcText $until); Expires = [string]$until.Ticks; Held = '1'
    }
    foreach ($name in @($values.Keys)) { $Key.SetValue($name, [string]$values[$name]) }
}

function Get-StepsName($Key) {
    # Made first where it is missing: to delete what is not there is an error.
    $Key.CreateSubKey('Steps').Close()
    'Steps'
}

function Enter-Apply([string]$Id, [string]$Owner, [int]$Seconds, [int]$Total, [string]$Root, [string]$Over, [string]$Seen) {
    # '' when this script holds the host now, otherwise the reason. The mutex makes looking and taking one step.
    $gate = New-Object Threading.Mutex $false, 'Global\iisrelay-apply'
    # A script that ended in between leaves the mutex abandoned, which is as good as free.
    try { if (-not $gate.WaitOne(30000, $false)) { return 'another script takes the host right now' } }
    catch [Threading.AbandonedMutexException] { }
    try {
        $key = Open-Record $true
        $reason = Get-Obstacle $key $Root $Over $Seen
        if ($reason) { $key.Close(); return $reason }
        Write-Record $key $Id $Owner $Seconds $Total
        $Journal.Record = $key
        $Journal.Id = $Id
        foreach ($owed in ([string]$key.GetValue('Restart', '')).Split(';')) {
            if ($owed -eq 'service') { $Journal.RestartService = $true } elseif ($owed) { $Journal.RestartServers[$owed] = $true }
        }
        ''
    } finally {
        $gate.ReleaseMutex()
        $gate.Close()
    }
}

function Exit-Apply([bool]$Keep) {
    # Kept only for what follows a failure: undoing it.
    if ($null -eq $Journal.Record -or (Test-Taken)) { return }
    $failed = @($Journal.Results | Where-Object { @('applied', 'unchanged') -notcontains $_.outcome -and $_.id -ne 'save' })
    $Journal.Record.SetValue('State', 'finished')
    if (-not ($Keep -and $failed.Length)) { $Journal.Record.SetValue('Held', '0') }
}
