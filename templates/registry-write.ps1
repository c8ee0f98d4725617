function Get-RegistryText($Found) {
    if ($null -eq $Found) { return '' }
    $value = $Found.Value
    if ($Found.Kind -eq 'DWord') { $value = [long]$value -band 0xFFFFFFFFL }
    $Found.Kind + '=' + [string]::Join("`n", [string[]]@(@($value) | ForEach-Object { [string]$_ }))
}

function Set-RegistryValue([string]$Change, [string]$Path, [string]$Name, [string]$Kind, $Value, [string]$Restart) {
    Invoke-Change $Change $Path $Restart '' {
        $wanted = Get-RegistryText @{ Kind = $Kind; Value = $Value }
        if ((Get-RegistryText (Read-RegistryValue $Path $Name)) -ceq $wanted) { return 'unchanged' }
        $key = Open-RegistryKey $Path $true
        try { $key.SetValue($Name, $Value, [Microsoft.Win32.RegistryValueKind]$Kind) } finally { $key.Close() }
        Get-Word ((Get-RegistryText (Read-RegistryValue $Path $Name)) -ceq $wanted)
    }
}

function Clear-RegistryValue([string]$Change, [string]$Path, [string]$Name, [string]$Restart) {
    Invoke-Change $Change $Path $Restart '' {
        if ($null -eq (Read-RegistryValue $Path $Name)) { return 'unchanged' }
        $key = Open-RegistryKey $Path $true
        try { $key.DeleteValue($Name, $false) } finally { $key.Close() }
        Get-Word ($null -eq (Read-RegistryValue $Path $Name))
    }
}
