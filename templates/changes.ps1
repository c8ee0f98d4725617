# Every change is made by itself: compared first, written only where it differs, read back, and reported.

$Journal = @{
    Results = (New-Object Collections.ArrayList)
    Blocked = @{}          # place -> why nothing below it can be changed
    RestartServers = @{}   # paths of virtual servers that run with old settings
    RestartService = $false
    Reboot = $false
    Saved = $null
}

function Get-Blocker([string]$Place) {
    foreach ($blocked in @($Journal.Blocked.Keys)) {
        if ($blocked -eq '*' -or $Place -eq $blocked -or $Place.StartsWith($blocked + '/')) { return $Journal.Blocked[$blocked] }
    }
    ''
}

function Add-Blocker([string]$Place, [string]$Reason) {
    $Journal.Blocked[$Place] = $Reason
}

function Add-Restart([string]$Place, [string]$Restart) {
    switch ($Restart) {
        'virtual_server' { $Journal.RestartServers[[string]::Join('/', @($Place.Split('/') | Select-Object -First 2))] = $true }
        'service' { $Journal.RestartService = $true }
        'reboot' { $Journal.Reboot = $true }
    }
}

function Invoke-Change([string]$Change, [string]$Place, [string]$Restart, [string]$Blocks, [scriptblock]$Body) {
    # The body ends with its outcome. "Blocks" names the place that is of no use when the change fails.
    $outcome = 'skipped'
    $message = Get-Blocker $Place
    if (-not $message) {
        # Calls of COM methods may leave something behind; the last word counts.
        try { $said = @(& $Body); $outcome = [string]$said[$said.Length - 1] }
        catch {
            $outcome = 'failed'
            $message = Get-FailureText $_
        }
        if ($outcome -eq 'applied' -and $Restart) { Add-Restart $Place $Restart }
        if ($outcome -eq 'failed' -and $Blocks) { Add-Blocker $Blocks "depends on what failed before: $message" }
    }
    [void]$Journal.Results.Add(@{ id = $Change; outcome = $outcome; message = $message })
}

function Get-Word([bool]$AsWanted) {
    if ($AsWanted) { 'applied' } else { 'not_verified' }
}
