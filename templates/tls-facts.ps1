# What the registry and the metabase do not tell: since when things run, and which certificates there are.

function Get-UtcText($Time) {
    if ($null -eq $Time) { return $null }
    ([DateTime]$Time).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.ffffff', [Globalization.CultureInfo]::InvariantCulture)
}

function Get-BootTime {
    # $null is "cannot tell".
    try {
        $system = Get-WmiObject Win32_OperatingSystem
        return $system.ConvertToDateTime($system.LastBootUpTime)
    } catch { }
    $null
}

function Get-ProcessStart([string]$Name) {
    try {
        foreach ($process in @(Get-Process -Name $Name -ErrorAction SilentlyContinue)) { return $process.StartTime }
    } catch { }
    $null
}

function Get-KeyWriteTime([string]$Path) {
    # .NET knows when a key was written, but keeps it to itself. Where its inside differs, $null is "cannot tell".
    try {
        $key = Open-RegistryKey $Path $false
        if ($null -eq $key) { return $null }
        $field = [Reflection.BindingFlags]'NonPublic,Instance,GetField'
        $handle = [Microsoft.Win32.RegistryKey].InvokeMember('hkey', $field, $null, $key, $null)
        $time = [int[]](0, 0)
        $arguments = [object[]]($handle, $null, $null, [IntPtr]::Zero, 0, $null, $null, 0, $null, $null, $null, $time)
        $call = [Reflection.BindingFlags]'NonPublic,Static,InvokeMethod'
        $native = [Type]::GetType('Microsoft.Win32.Win32Native')
        if ($native.InvokeMember('RegQueryInfoKey', $call, $null, $null, $arguments) -ne 0) { return $null }
        $low = [BitConverter]::ToUInt32([BitConverter]::GetBytes($time[0]), 0)
        return [DateTime]::FromFileTimeUtc(([long]$time[1] * 4294967296) + $low)
    } catch { }
    $null
}

function Get-WriteTimes($Paths) {
    $times = @{}
    foreach ($path in $Paths) { $times[$path] = Get-UtcText (Get-KeyWriteTime $path) }
    $times
}

function Get-SchannelVersion {
    try {
        $file = [Environment]::ExpandEnvironmentVariables('%windir%\System32\schannel.dll')
        $version = [Diagnostics.FileVersionInfo]::GetVersionInfo($file)
        return '{0}.{1}.{2}.{3}' -f $version.FileMajorPart, $version.FileMinorPart, $version.FileBuildPart, $version.FilePrivatePart
    } catch { }
    $null
}

function Get-AlternativeNames($Certificate) {
    # As Windows prints them: "DNS Name=a.example, DNS Name=b.example", with the words in its own language.
    $names = @()
    foreach ($extension in $Certificate.Extensions) {
        if ($extension.Oid.Value -eq '2.5.29.17') {
            foreach ($part in $extension.Format($false).Split(',')) {
                $cut = $part.LastIndexOf('=')
                if ($cut -ge 0) { $names += $part.Substring($cut + 1).Trim() }
            }
        }
    }
    , $names
}

function ConvertTo-CertificateTable($Certificate) {
    @{
        subject = [string]$Certificate.Subject
        issuer = [string]$Certificate.Issuer
        names = (Get-AlternativeNames $Certificate)
        not_before = (Get-UtcText $Certificate.NotBefore)
        not_after = (Get-UtcText $Certificate.NotAfter)
        thumbprint = [string]$Certificate.Thumbprint
    }
}

function Get-MachineCertificates {
    $store = New-Object Security.Cryptography.X509Certificates.X509Store 'My', 'LocalMachine'
    $store.Open([Security.Cryptography.X509Certificates.OpenFlags]'ReadOnly')
    $found = @()
    try {
        foreach ($certificate in $store.Certificates) {
            $table = ConvertTo-CertificateTable $certificate
            $table['has_private_key'] = [bool]$certificate.HasPrivateKey
            $found += $table
        }
    } finally { $store.Close() }
    , $found
}
