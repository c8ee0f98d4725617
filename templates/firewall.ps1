# The firewall through its COM interface: netsh prints in the language of the host, and cmdlets came with Windows 2012.

function Get-FirewallText($Rule) {
    # One line that says all that matters; addresses as the firewall itself writes them.
    $local = [string]$Rule.LocalAddresses
    if (-not $local -or $local -eq '*') { $local = 'any' }
    $remote = [string]$Rule.RemoteAddresses
    if (-not $remote -or $remote -eq '*') { $remote = 'any' }
    $text = 'TCP ' + [string]$Rule.LocalPorts + ' on ' + ($local -replace '/255\.255\.255\.255$', '')
    $text += ' from ' + $remote
    if (-not $Rule.Enabled) { $text += ', disabled' }
    if ([int]$Rule.Action -ne 1) { $text += ', blocking' }
    $text
}

function Get-FirewallRules([string]$Prefix) {
    $found = @()
    foreach ($rule in (New-Object -ComObject HNetCfg.FwPolicy2).Rules) {
        $name = [string]$rule.Name
        if ($name.StartsWith($Prefix)) { $found += @{ Name = $name; Text = (Get-FirewallText $rule) } }
    }
    , $found
}
