# Copies of the whole metabase, made by IIS itself before the first change. They stay on the host and hold its secrets
# as the metabase does: sealed.

function Backup-Metabase([string]$Name, [int]$Keep) {
    # Before the feature is installed there is nothing to copy, and to ask for it may be an error.
    try { if (-not (Test-Metabase 'SmtpSvc')) { return } } catch { return }
    try {
        # -1 takes the next version; 2 saves first, 4 goes on where that fails. The signature is documented, the call was
        # seen with other classes only.
        [void](Open-Metabase '').psbase.Invoke('Backup', $Name, -1, 6)
        $Journal.Backup = $Name
    } catch {
        $Journal.BackupProblem = Get-FailureText $_
        return
    }
    try { Remove-OldBackups $Keep } catch { }  # one too many does no harm
}

function Remove-OldBackups([int]$Keep) {
    # EnumBackups answers by reference, which nobody was seen to use from here; the files tell the names as well. That
    # they are called NAME.MD0 is inferred: where they are not, nothing is deleted.
    $folder = [Environment]::ExpandEnvironmentVariables('%windir%\System32\inetsrv\MetaBack')
    $names = @([IO.Directory]::GetFiles($folder, 'iisrelay-*.MD*') | ForEach-Object { [IO.Path]::GetFileNameWithoutExtension($_) } | Sort-Object -Unique)
    if ($names.Length -le $Keep) { return }
    foreach ($name in $names[0..($names.Length - $Keep - 1)]) {
        [void](Open-Metabase '').psbase.Invoke('DeleteBackup', $name, -2)
    }
}
