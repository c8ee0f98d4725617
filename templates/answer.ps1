function Write-Answer([string]$Members) {
    # Straight to standard output: the host of PowerShell would wrap long lines at the width of a console.
    [Console]::Out.WriteLine('<<<IISRELAY{"format":1,' + $Members + '}IISRELAY>>>')
}
