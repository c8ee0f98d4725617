# The record of the last apply on this host: who holds the host, until when, and how far it came. The registry keeps it
# when the script or Windows ends in between.

$RecordPath = 'SOFTWARE\iisrelay\Apply'

function Open-Record([bool]$Writable) {
    $root = [Microsoft.Win32.Registry]::LocalMachine
    if ($Writable) { return $root.CreateSubKey($RecordPath) }
    $root.OpenSubKey($RecordPath)
}

function Test-RecordedProcess($Key) {
    # A number can come back with another process: one that is ours, no PowerShell, or younger is not the one.
    $number = [int][string]$Key.GetValue('Process', '0')
    if ($number -eq 0 -or $number -eq $PID) { return $false }
    try {
        foreach ($process in @(Get-Process -Id $number -ErrorAction SilentlyContinue)) {
            $isOld = $process.StartTime.ToUniversalTime().Ticks -le [long][string]$Key.GetValue('Ticks', '0')
            if ($isOld -and $process.ProcessName -like 'powershell*') { return $true }
        }
    } catch { }
    $false
}

function Get-SecondsLeft($Key) {
    # Nothing is left when Windows was started since: whatever held the host ended with it. Where the clock is set, the
    # moment of that start may move along (inferred), but a process that still runs knows better.
    if ([string]$Key.GetValue('Held', '0') -ne '1') { return 0 }
    if ([string]$Key.GetValue('Boot', '') -ne (Get-BootTime) -and -not (Test-RecordedProcess $Key)) { return 0 }
    $ticks = [long][string]$Key.GetValue('Expires', '0') - [DateTime]::UtcNow.Ticks
    if ($ticks -le 0) { return 0 }
    [int][Math]::Min(2147483647, [Math]::Ceiling($ticks / 10000000))
}

function Get-RecordedSteps($Key) {
    $steps = @{}
    $below = $Key.OpenSubKey('Steps')
    if ($null -eq $below) { return $steps }
    try { foreach ($name in $below.GetValueNames()) { $steps[$name] = [string]$below.GetValue($name, '') } } finally { $below.Close() }
    $steps
}

function Get-ApplyRecord {
    # $null where iisrelay was never at work.
    $key = Open-Record $false
    if ($null -eq $key) { return $null }
    try {
        $record = @{ seconds_left = (Get-SecondsLeft $key); alive = (Test-RecordedProcess $key); steps = (Get-RecordedSteps $key) }
        foreach ($name in @('Id', 'Owner', 'Since', 'Until', 'State', 'Total', 'Moving', 'Restart')) {
            $record[$name.ToLower()] = [string]$key.GetValue($name, '')
        }
        $record
    } finally { $key.Close() }
}
