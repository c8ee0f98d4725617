function Get-FeatureStates {
    # By name: installed, available, or removed (its files have to come from a source). Empty without a server manager.
    $states = @{}
    try {
        Import-Module ServerManager
        foreach ($feature in @(Get-WindowsFeature)) {
            $state = 'available'
            # Windows Server 2008 R2 knows no InstallState.
            $property = $feature.PSObject.Properties['InstallState']
            if ($null -ne $property -and [string]$property.Value -eq 'Removed') { $state = 'removed' }
            if ($feature.Installed) { $state = 'installed' }
            $states[[string]$feature.Name] = $state
        }
    } catch { }
    $states
}
