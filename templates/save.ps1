function Save-Metabase {
    # Windows writes the metabase to disk by itself, but not at once; after a crash only what is on disk is left.
    if (Test-Taken) { return }
    $done = @($Journal.Results | Where-Object { $_.outcome -eq 'applied' -or $_.outcome -eq 'not_verified' })
    if ($done.Length -eq 0) { return }
    try {
        [void](Open-Metabase '').psbase.Invoke('SaveData')
        $Journal.Saved = $true
    } catch {
        $Journal.Saved = $false
        Add-Result 'save' 'failed' (Get-FailureText $_)
    }
}
