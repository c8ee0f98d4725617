# JSON by hand: PowerShell 2.0 has no ConvertTo-Json. The text is ASCII, so that no code page can damage it.

function ConvertTo-JsonString([string]$Text) {
    if ($Text -cmatch '[^ !#-\[\]-~]') {
        $Text = $Text.Replace('\', '\\').Replace('"', '\"').Replace("`t", '\t').Replace("`r", '\r').Replace("`n", '\n')
    }
    if ($Text -cmatch '[^ -~]') {
        $builder = New-Object Text.StringBuilder
        foreach ($character in $Text.ToCharArray()) {
            $code = [int]$character
            if ($code -lt 32 -or $code -gt 126) { [void]$builder.Append(('\u{0:x4}' -f $code)) }
            else { [void]$builder.Append($character) }
        }
        $Text = $builder.ToString()
    }
    '"' + $Text + '"'
}

function ConvertTo-JsonText($Value) {
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool]) { if ($Value) { return 'true' } else { return 'false' } }
    if ($Value -is [string] -or $Value -is [char]) { return (ConvertTo-JsonString ([string]$Value)) }
    if ($Value -is [Collections.IDictionary]) {
        $parts = New-Object Collections.ArrayList
        foreach ($key in @($Value.Keys)) {
            [void]$parts.Add((ConvertTo-JsonString ([string]$key)) + ':' + (ConvertTo-JsonText $Value[$key]))
        }
        return '{' + [string]::Join(',', [string[]]$parts.ToArray()) + '}'
    }
    if ($Value -is [Collections.IEnumerable]) {
        $parts = New-Object Collections.ArrayList
        foreach ($item in $Value) { [void]$parts.Add((ConvertTo-JsonText $item)) }
        return '[' + [string]::Join(',', [string[]]$parts.ToArray()) + ']'
    }
    if ($Value -is [int] -or $Value -is [long] -or $Value -is [uint32] -or $Value -is [byte] -or $Value -is [int16]) {
        return [string]$Value
    }
    ConvertTo-JsonString ([string]$Value)
}
