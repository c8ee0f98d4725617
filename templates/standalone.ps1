# Virtual servers by name: their numbers are found on the host.

$ServerPaths = @{}
$NewServers = @{}

function Find-VirtualServer([string]$Name) {
    # By its comment, in any case of letters; an unnamed one goes by the name that the console shows.
    $exact = @()
    $loose = @()
    foreach ($number in (Get-ServerNumbers)) {
        $label = Get-ServerComment (Open-Metabase "SmtpSvc/$number")
        if (-not $label) { $label = "[SMTP Virtual Server #$number]" }
        if ($label -ceq $Name) { $exact += "SmtpSvc/$number" } elseif ($label -eq $Name) { $loose += "SmtpSvc/$number" }
    }
    $found = $loose
    if ($exact.Length) { $found = $exact }
    if ($found.Length -gt 1) { throw "several virtual servers have the name ${Name}: $([string]::Join(', ', [string[]]$found)); rename the others" }
    if ($found.Length) { return $found[0] }
    $null
}

function Find-UnnamedServer($Bindings) {
    # An unnamed virtual server on the same endpoint could never run beside the new one: it is taken over.
    foreach ($number in (Get-ServerNumbers)) {
        $entry = Open-Metabase "SmtpSvc/$number"
        if (Get-ServerComment $entry) { continue }
        foreach ($binding in @(Read-Property $entry 'ServerBindings')) {
            if ($binding -and @($Bindings) -contains ([string]$binding).TrimEnd(':')) { return "SmtpSvc/$number" }
        }
    }
    $null
}

function Get-ServerPath([string]$Name, [string]$Below) {
    $path = 'SmtpSvc/?'
    if ($ServerPaths.ContainsKey($Name)) { $path = $ServerPaths[$Name] }
    if ($Below) { $path += '/' + $Below }
    $path
}

function Confirm-VirtualServer([string]$Change, [string]$Name, $Bindings) {
    Invoke-Change $Change 'SmtpSvc' '' 'SmtpSvc/?' {
        $path = Find-VirtualServer $Name
        if ($path) {
            $ServerPaths[$Name] = $path
            return 'unchanged'
        }
        $path = Find-UnnamedServer $Bindings
        if ($path) {
            Write-Property $path 'ServerComment' 'STRING' $Name
        } else {
            $taken = Get-ServerNumbers
            $number = 1
            while (@($taken) -contains $number) { $number++ }
            $path = "SmtpSvc/$number"
            Add-VirtualServer $path $Name
            $NewServers[$path] = $true
        }
        $ServerPaths[$Name] = $path
        Get-Word ((Get-ServerComment (Open-Metabase $path)) -ceq $Name)
    }
}

function Start-NewServer([string]$Change, [string]$Path) {
    # The state of a known server is not managed; a new one was not asked for to lie idle.
    Invoke-Change $Change $Path '' '' {
        if (-not $NewServers.ContainsKey($Path)) { return 'unchanged' }
        Write-Property $Path 'ServerAutoStart' 'BOOL' $true
        Start-VirtualServer $Path
        Get-Word ((Get-ServerState $Path) -eq 2)
    }
}

function Test-OwnFolder([string]$Path, [string]$Name) {
    # Whether a folder with mail is this virtual server's alone.
    try {
        if ($NewServers.ContainsKey($Path) -or -not (Test-Metabase $Path)) { return $false }
        $folder = Get-MailFolder $Path $Name
        foreach ($number in (Get-ServerNumbers)) {
            if ("SmtpSvc/$number" -eq $Path) { continue }
            foreach ($other in @('QueueDirectory', 'PickupDirectory', 'DropDirectory', 'BadMailDirectory')) {
                if ((Get-MailFolder "SmtpSvc/$number" $other) -eq $folder) { return $false }
            }
        }
        return [bool]$folder
    } catch { }
    $false
}

function Set-OwnFolder([string]$Change, [string]$Path, [string]$Name, $Value, [string]$Restart) {
    # The mail in a folder goes along, unless it is (also) that of somebody else.
    if (Test-OwnFolder $Path $Name) { Set-MailFolder $Change $Path $Name $Value $Restart }
    else { Set-MetabaseValue $Change $Path $Name 'STRING' $Value $Restart }
}

function Remove-NamedServer([string]$Change, [string]$Name) {
    $path = $null
    $problem = ''
    try { if (Test-Metabase 'SmtpSvc') { $path = Find-VirtualServer $Name } } catch { $problem = Get-FailureText $_ }
    if (-not $path) {
        Invoke-Change $Change 'SmtpSvc' '' '' { if ($problem) { throw $problem } else { 'unchanged' } }
        return
    }
    Remove-VirtualServer $Change $path
}

function Set-MetabaseBits([string]$Change, [string]$Path, [string]$Name, [int]$Mask, [int]$Value, [int]$Default, [string]$Restart) {
    # Settings share this number; only the bits of the mask are theirs.
    Invoke-Change $Change $Path $Restart '' {
        $current = Read-Property (Open-Metabase $Path) $Name
        if (Test-Foreign $Path $Name) { $current = $null }
        $bits = $Default
        if ($null -ne $current) { $bits = [int]$current }
        $wanted = ($bits -band (-bnot $Mask)) -bor $Value
        if ($null -ne $current -and $bits -eq $wanted) { return 'unchanged' }
        Write-Property $Path $Name 'DWORD' $wanted
        Get-Word ([int](Read-Property (Open-Metabase $Path) $Name) -eq $wanted)
    }
}

function Stop-Unsupported([string]$Reason) {
    [Console]::Error.WriteLine($Reason)
    [Console]::Out.WriteLine('{"format":"1.0","command":"apply","status":"unsupported","error":' + (ConvertTo-JsonText $Reason) + ',"changes":[]}')
    exit 6
}

function Confirm-Host([bool]$Installs) {
    if (-not (Test-64Bit)) { Stop-Unsupported 'run this in 64-bit Windows PowerShell' }
    if (-not (Test-Administrator)) { Stop-Unsupported 'run this as an administrator' }
    $ready = $false
    try { $ready = Test-Metabase 'SmtpSvc' } catch { }
    if ($ready) { return }
    $states = Get-FeatureStates
    if (-not $states.ContainsKey('SMTP-Server')) {
        Stop-Unsupported 'this Windows has no feature SMTP Server (Microsoft removed it in Windows Server 2025): use another host or another relay'
    }
    if (-not $Installs -and $states['SMTP-Server'] -ne 'installed') { Stop-Unsupported 'the feature SMTP-Server is not installed' }
}

function Exit-WithSummary($Settings) {
    # One compact line of JSON, the last; the exit code says the same.
    $changes = New-Object Collections.ArrayList
    $failed = 0
    $done = 0
    foreach ($result in $Journal.Results) {
        if (@('applied', 'unchanged') -contains $result.outcome) { $done++ } else { $failed++ }
        if ($result.outcome -eq 'unchanged') { continue }
        $setting = [string]$result.id
        if ($Settings.ContainsKey($setting)) { $setting = [string]$Settings[$setting] }
        [void]$changes.Add(@{ setting = $setting; outcome = $result.outcome; message = $result.message })
    }
    $status = 'in_sync'
    $code = 0
    if ($failed -and $done) { $status = 'partial'; $code = 5 }
    elseif ($failed) { $status = 'failed'; $code = 1 }
    elseif ($Journal.Reboot) { $status = 'reboot_required'; $code = 8 }
    elseif ($changes.Count) { $status = 'applied' }
    [Console]::Out.WriteLine('{"format":"1.0","command":"apply","status":"' + $status + '","saved_to_disk":' + (ConvertTo-JsonText $Journal.Saved) +
        ',"reboot_required":' + (ConvertTo-JsonText $Journal.Reboot) + ',"changes":' + (ConvertTo-JsonText $changes) + '}')
    exit $code
}
