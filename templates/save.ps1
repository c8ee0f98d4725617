function Get-SaveTime {
    # When Windows has last written the metabase to disk; 0 where that cannot be told.
    $file = New-Object IO.FileInfo ([Environment]::SystemDirectory + '\inetsrv\MetaBase.xml')
    if ($file.Exists) { $file.LastWriteTimeUtc.Ticks } else { 0 }
}

$SavedBefore = Get-SaveTime

function Save-Metabase {
    # Windows writes the metabase to disk by itself, but not at once; after a crash only what is on disk is left.
    if (Test-Taken) { return }
    $done = @($Journal.Results | Where-Object { $_.outcome -eq 'applied' -or $_.outcome -eq 'not_verified' })
    if ($done.Length -eq 0) { return }
    try {
        [void](Open-Metabase '').psbase.Invoke('SaveData')
        # A save can fail with a mere warning (MD_WARNING_SAVE_FAILED), which COM keeps to itself.
        if ($SavedBefore -and (Get-SaveTime) -eq $SavedBefore) { throw 'MetaBase.xml was not written' }
        $Journal.Saved = $true
    } catch {
        $Journal.Saved = $false
        Add-Result 'save' 'failed' (Get-FailureText $_)
    }
}
