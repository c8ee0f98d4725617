# Folders with mail. They change only while their virtual server is stopped, and the mail goes along. The property is
# written first: a move that Windows or the connection cuts off is finished by the next apply, towards the property.

function Get-MailFolder([string]$Path, [string]$Name) {
    [Environment]::ExpandEnvironmentVariables([string](Read-Property (Open-Metabase $Path) $Name)).TrimEnd('\')
}

function Get-MailFiles([string]$Folder) {
    if (-not $Folder -or -not [IO.Directory]::Exists($Folder)) { return , @() }
    , @([IO.Directory]::GetFiles($Folder) | Where-Object { $_ -notlike '*.moving' } | Sort-Object)
}

function Get-FileText([string]$File) {
    [Convert]::ToBase64String([IO.File]::ReadAllBytes($File))
}

function Move-Message([string]$From, [string]$To) {
    if ([IO.File]::Exists($To)) {
        # A move that was cut off between copying and deleting leaves the same message twice; anything else stays.
        if ((Get-FileText $From) -cne (Get-FileText $To)) { throw "$To exists already, and is another message" }
        [IO.File]::Delete($From)
        return
    }
    if ([IO.Path]::GetPathRoot($From) -eq [IO.Path]::GetPathRoot($To)) { [IO.File]::Move($From, $To); return }
    # To another drive: a message has its name there only once it is complete.
    $length = (New-Object IO.FileInfo $From).Length
    $draft = $To + '.moving'
    [IO.File]::Copy($From, $draft, $true)
    if ((New-Object IO.FileInfo $draft).Length -ne $length) { throw "$From could not be copied completely" }
    [IO.File]::Move($draft, $To)
    [IO.File]::Delete($From)
}

function Move-Messages([string]$From, [string]$To) {
    # All of them or none. Where not even the way back is open, the next apply has to finish it.
    if (-not [IO.Directory]::Exists($To)) { [void][IO.Directory]::CreateDirectory($To) }
    $moved = @()
    try {
        foreach ($file in (Get-MailFiles $From)) {
            $target = $To + '\' + [IO.Path]::GetFileName($file)
            $length = (New-Object IO.FileInfo $file).Length
            $moved += , @($file, $target)
            Move-Message $file $target
            if ((New-Object IO.FileInfo $target).Length -ne $length) { throw "$target is not as long as it was" }
        }
        $left = (Get-MailFiles $From).Length
        if ($left) { throw "$left messages came to $From meanwhile" }
    } catch {
        $reason = Get-FailureText $_
        foreach ($pair in $moved) {
            if ([IO.File]::Exists($pair[0]) -or -not [IO.File]::Exists($pair[1])) { continue }
            try { Move-Message $pair[1] $pair[0] } catch { $Journal.Stranded++ }
        }
        if ($Journal.Stranded) { $reason += "; $($Journal.Stranded) messages still lie in $To" }
        throw $reason
    }
}

function Write-Folder([string]$Path, [string]$Name, $Value) {
    # $null takes away what stands here, so that the folder from above shows again.
    $entry = Open-Metabase $Path
    if ($null -eq $Value) { $entry.PutEx(1, $Name, $null) } else { $entry.Put($Name, [string]$Value) }
    $entry.SetInfo()
}

function Switch-Folder([string]$Path, [string]$Name, $Value) {
    $entry = Open-Metabase $Path
    $before = $null
    if (-not (Get-Inherited $entry $Name)) { $before = Read-Property $entry $Name }
    $from = Get-MailFolder $Path $Name
    $Journal.Stranded = 0
    Write-Moving $Path $Name $from
    try {
        Write-Folder $Path $Name $Value
        $to = Get-MailFolder $Path $Name
        if (-not $to) {
            $left = (Get-MailFiles $from).Length
            if ($left) { throw "no folder would be left for the $left messages in $from" }
        } elseif ($to -ne $from) {
            # On disk before the mail goes: after a power loss the server must look where its mail is.
            [void](Open-Metabase '').psbase.Invoke('SaveData')
            Move-Messages $from $to
        }
    } catch {
        $failure = $_
        Write-Folder $Path $Name $before
        if ($Journal.Stranded) { Write-Moving $Path $Name $to } else { Clear-Moving }
        throw $failure
    }
    Clear-Moving
}

function Write-Moving([string]$Path, [string]$Name, [string]$From) {
    if ($null -ne $Journal.Record) { $Journal.Record.SetValue('Moving', "$Path`t$Name`t$From") }
}

function Clear-Moving {
    if ($null -ne $Journal.Record) { $Journal.Record.DeleteValue('Moving', $false) }
}

function Invoke-Stopped([string]$Path, [scriptblock]$Body) {
    if ((Get-ServerState $Path) -ne 2) {
        & $Body
        return
    }
    $isOwed = $Journal.RestartServers.ContainsKey($Path)
    $own = Get-OwnAutoStart $Path
    Add-Owed $Path
    Stop-VirtualServer $Path
    try { & $Body } finally { Start-VirtualServer $Path }
    Reset-AutoStart $Path $own
    if (-not $isOwed) { Remove-Owed $Path }
}

function Set-MailFolder([string]$Change, [string]$Path, [string]$Name, $Value, [string]$Restart) {
    Invoke-Change $Change $Path $Restart '' {
        $entry = Open-Metabase $Path
        if ($null -eq $Value) {
            if ($null -eq (Read-Property $entry $Name) -or (Get-Inherited $entry $Name)) { return 'unchanged' }
        } elseif ([string](Read-Property $entry $Name) -ceq [string]$Value) { return 'unchanged' }
        Invoke-Stopped $Path { Switch-Folder $Path $Name $Value }
        $entry = Open-Metabase $Path
        if ($null -eq $Value) { return (Get-Word ((Get-Inherited $entry $Name) -ne $false)) }
        Get-Word ([string](Read-Property $entry $Name) -ceq [string]$Value)
    }
}

function Complete-Move {
    # Finishes what an earlier script could not: its mail follows the property.
    $moving = [string]$Journal.Record.GetValue('Moving', '')
    if (-not $moving) { return }
    $path, $name, $from = $moving.Split("`t")
    try {
        if (Test-Metabase $path) {
            $to = Get-MailFolder $path $name
            if ($to -and $to -ne $from) { Invoke-Stopped $path { Move-Messages $from $to } }
        }
        Clear-Moving
    } catch { Add-Blocker $path "mail of an interrupted move still lies in ${from}: $(Get-FailureText $_)" }
}
