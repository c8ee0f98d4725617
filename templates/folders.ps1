function Grant-Folder([string]$Path) {
    # SMTPSVC runs as LocalSystem. Accounts by number: their names are translated on other Windows languages.
    $directory = New-Object IO.DirectoryInfo $Path
    $access = $directory.GetAccessControl()
    foreach ($number in @('S-1-5-18', 'S-1-5-32-544')) {
        $account = New-Object Security.Principal.SecurityIdentifier $number
        $rule = New-Object Security.AccessControl.FileSystemAccessRule($account, 'FullControl', 'ContainerInherit, ObjectInherit', 'None', 'Allow')
        $access.AddAccessRule($rule)
    }
    $directory.SetAccessControl($access)
}

function New-Folder([string]$Change, [string]$Path) {
    Invoke-Change $Change ('folder/' + $Path) '' '' {
        $full = [Environment]::ExpandEnvironmentVariables($Path)
        if ([IO.Directory]::Exists($full)) { return 'unchanged' }
        [void][IO.Directory]::CreateDirectory($full)
        Grant-Folder $full
        Get-Word ([IO.Directory]::Exists($full))
    }
}

function Remove-Folder([string]$Change, [string]$Path) {
    # Only an empty one: whatever lies in it belongs to somebody.
    Invoke-Change $Change ('folder/' + $Path) '' '' {
        $full = [Environment]::ExpandEnvironmentVariables($Path)
        if (-not [IO.Directory]::Exists($full)) { return 'unchanged' }
        if (@([IO.Directory]::GetFileSystemEntries($full)).Length) { throw "$full is not empty, so it stays" }
        [IO.Directory]::Delete($full)
        Get-Word (-not [IO.Directory]::Exists($full))
    }
}
