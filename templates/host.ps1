function Get-WindowsBuild {
    [Environment]::OSVersion.Version.Build
}

function Test-Administrator {
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object Security.Principal.WindowsPrincipal $identity
    $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Test-64Bit {
    # PowerShell 2.0 runs on a .NET without Environment.Is64BitProcess.
    [IntPtr]::Size -eq 8
}

function Get-OwnAddresses {
    # IPv4 only: relay and connection lists know no IPv6. Automatic private addresses mean a network that is down.
    $addresses = @()
    foreach ($adapter in @(Get-WmiObject Win32_NetworkAdapterConfiguration -Filter 'IPEnabled = True')) {
        foreach ($address in @($adapter.IPAddress)) {
            if ($address -and $address -notmatch ':' -and $address -notmatch '^169\.254\.') { $addresses += [string]$address }
        }
    }
    , @($addresses | Sort-Object -Unique)
}

function Get-BootTime {
    [string](Get-WmiObject Win32_OperatingSystem).LastBootUpTime
}

function Test-PendingReboot {
    $local = [Microsoft.Win32.Registry]::LocalMachine
    foreach ($path in @(
        'SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending',
        'SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired')) {
        $key = $local.OpenSubKey($path)
        if ($null -ne $key) { $key.Close(); return $true }
    }
    $false
}
