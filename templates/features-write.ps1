function Install-Feature([string]$Change, [string]$Name) {
    # One by one: a batch with one unknown name installs nothing. Without SMTP-Server nothing else makes sense.
    $blocks = ''
    if ($Name -eq 'SMTP-Server') { $blocks = '*' }
    Invoke-Change $Change ('feature/' + $Name) '' $blocks {
        $states = Get-FeatureStates
        if ($states[$Name] -eq 'installed') { return 'unchanged' }
        $result = Add-WindowsFeature -Name $Name
        if ([string]$result.RestartNeeded -eq 'Yes') { $Journal.Reboot = $true }
        if (-not $result.Success) { throw "Windows could not install ${Name}: $($result.ExitCode)" }
        if ($Name -eq 'SMTP-Server' -and -not (Test-Metabase 'SmtpSvc')) {
            throw 'SMTP-Server is installed, but its metabase is not there yet: reboot the host, then apply again'
        }
        Get-Word ((Get-FeatureStates)[$Name] -eq 'installed')
    }
}
