function Find-Service([string]$Name) {
    Get-Service -Name $Name -ErrorAction SilentlyContinue
}

function Get-ServiceStartup([string]$Name) {
    # The registry tells delayed from immediate start on every Windows, Get-Service on none.
    $path = 'HKLM\SYSTEM\CurrentControlSet\Services\' + $Name
    $start = Read-RegistryValue $path 'Start'
    if ($null -eq $start) { return 'unknown' }
    $delayed = Read-RegistryValue $path 'DelayedAutostart'
    if ($start.Value -eq 2 -and $null -ne $delayed -and $delayed.Value -eq 1) { return 'delayed-automatic' }
    switch ([int]$start.Value) {
        2 { 'automatic' }
        3 { 'manual' }
        4 { 'disabled' }
        default { 'unknown' }
    }
}

function Get-ServiceState([string]$Name) {
    # Words of the site file: running, stopped, paused; what is on its way has a word of its own.
    ([string](Find-Service $Name).Status).ToLower()
}
