# The registry through .NET: values with their kind, texts unexpanded, key names with any character.

function Open-RegistryKey([string]$Path, [bool]$Writable) {
    # $null where there is no such key; for writing it is created.
    $hive, $below = $Path -split '\\', 2
    $root = [Microsoft.Win32.Registry]::LocalMachine
    if (@('HKLM', 'HKLM:', 'HKEY_LOCAL_MACHINE') -notcontains $hive) { throw "only HKLM is managed, not $hive" }
    if ($Writable) { return $root.CreateSubKey($below) }
    $root.OpenSubKey($below)
}

function Read-RegistryValue([string]$Path, [string]$Name) {
    # @{Kind; Value}, or $null where there is none.
    $key = Open-RegistryKey $Path $false
    if ($null -eq $key) { return $null }
    try {
        $value = $key.GetValue($Name, $null, [Microsoft.Win32.RegistryValueOptions]'DoNotExpandEnvironmentNames')
        if ($null -eq $value) { return $null }
        @{ Kind = [string]$key.GetValueKind($Name); Value = $value }
    } finally { $key.Close() }
}
