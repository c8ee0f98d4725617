function Set-FirewallRule([string]$Change, [string]$Name, [string]$Address, [string]$Port, [string]$Remote) {
    Invoke-Change $Change ('firewall/' + $Name) '' '' {
        $rule = New-Object -ComObject HNetCfg.FWRule
        $rule.Name = $Name
        $rule.Description = 'Lets clients reach the SMTP relay.'
        $rule.Protocol = 6
        $rule.LocalPorts = $Port
        if ($Address) { $rule.LocalAddresses = $Address }
        if ($Remote) { $rule.RemoteAddresses = $Remote }
        $rule.Direction = 1
        $rule.Action = 1
        $rule.Profiles = 0x7FFFFFFF
        $rule.Enabled = $true
        # The new rule says by itself what it comes to, in the firewall's own words.
        $text = Get-FirewallText $rule
        $policy = New-Object -ComObject HNetCfg.FwPolicy2
        $known = @(Find-FirewallRules $Name)
        if ($known.Length -eq 1 -and $known[0] -ceq $text) { return 'unchanged' }
        foreach ($old in $known) { $policy.Rules.Remove($Name) }
        $policy.Rules.Add($rule)
        $known = @(Find-FirewallRules $Name)
        Get-Word ($known.Length -eq 1 -and $known[0] -ceq $text)
    }
}

function Remove-FirewallRule([string]$Change, [string]$Name) {
    Invoke-Change $Change ('firewall/' + $Name) '' '' {
        $known = @(Find-FirewallRules $Name)
        if ($known.Length -eq 0) { return 'unchanged' }
        foreach ($old in $known) { (New-Object -ComObject HNetCfg.FwPolicy2).Rules.Remove($Name) }
        Get-Word (@(Find-FirewallRules $Name).Length -eq 0)
    }
}

function Remove-OtherFirewallRules([string]$Change, [string]$Prefix, $Keep) {
    # Of our own rules those for endpoints that nobody wants any more.
    Invoke-Change $Change 'firewall' '' '' {
        $outcome = 'unchanged'
        foreach ($rule in (Get-FirewallRules $Prefix)) {
            if (@($Keep) -contains $rule.Name) { continue }
            (New-Object -ComObject HNetCfg.FwPolicy2).Rules.Remove($rule.Name)
            $outcome = 'applied'
        }
        $outcome
    }
}

function Find-FirewallRules([string]$Name) {
    # The texts of all rules of that very name: names need not be unique.
    foreach ($rule in (Get-FirewallRules $Name)) { if ($rule.Name -eq $Name) { $rule.Text } }
}
