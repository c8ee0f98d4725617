# Values of the metabase: compared in a common form, written with SetInfo, read back with a fresh object.

function Get-Comparable([string]$Kind, $Plain) {
    # An empty list and none at all look the same.
    if ($null -eq $Plain -and $Kind -eq 'MULTISZ') { return '=' }
    if ($null -eq $Plain) { return '' }
    switch ($Kind) {
        'DWORD' { return '=' + ([long]$Plain -band 0xFFFFFFFFL) }
        'BOOL' { return '=' + [bool]$Plain }
        'BINARY' { return '=' + [Convert]::ToBase64String([byte[]]$Plain) }
        'IPSECLIST' {
            $entries = @(@($Plain.addresses) + @($Plain.domains) | ForEach-Object { ([string]$_) -replace '\s', '' } | Sort-Object)
            return '=' + $Plain.grant_by_default + "`n" + [string]::Join("`n", [string[]]$entries)
        }
        'ACL' { return '=' + [string]::Join("`n", [string[]]@(@($Plain) | ForEach-Object { ([string]$_).ToLower() } | Sort-Object)) }
        'MULTISZ' { return '=' + [string]::Join("`n", [string[]]@($Plain)) }
    }
    '=' + [string]$Plain
}

function Read-Comparable([string]$Path, [string]$Name, [string]$Kind) {
    Get-Comparable $Kind (ConvertTo-Plain $Kind (Read-Property (Open-Metabase $Path) $Name))
}

function Write-AccessList($Entry, [string]$Name, $List) {
    # The object is taken from the property itself; where that is missing (Windows Server 2022), from the connection list.
    $object = $Entry.psbase.Properties[$Name].Value
    if ($null -eq $object) { $object = $Entry.psbase.Properties['IPSecurity'].Value }
    if ($null -eq $object) { throw "$Name is missing, and there is no other access list to start from" }
    $kind = 'Grant'
    if ($List.grant_by_default) { $kind = 'Deny' }
    # The default first: to switch it drops the lists.
    Set-ComProperty $object 'GrantByDefault' ([bool]$List.grant_by_default)
    Set-ComProperty $object ('IP' + $kind) ([object[]]@($List.addresses))
    Set-ComProperty $object ('Domain' + $kind) ([object[]]@($List.domains))
    $Entry.Put($Name, $object)
}

function Write-Trustees($Entry, [string]$Name, $Trustees) {
    # Full rights, as the console gives an operator; the mask is documented, that the console writes it is inferred.
    $descriptor = $Entry.psbase.Properties[$Name].Value
    if ($null -eq $descriptor) { throw "$Name cannot be read, so it cannot be changed" }
    $list = New-Object -ComObject AccessControlList
    $list.AclRevision = 2
    foreach ($trustee in @($Trustees)) {
        $rule = New-Object -ComObject AccessControlEntry
        $rule.Trustee = [string]$trustee
        $rule.AccessMask = 0x400AB
        $rule.AceType = 0
        $list.AddAce($rule)
    }
    $descriptor.DiscretionaryAcl = $list
    $Entry.Put($Name, $descriptor)
}

function Write-Property([string]$Path, [string]$Name, [string]$Kind, $Value) {
    $entry = Open-Metabase $Path
    switch ($Kind) {
        'IPSECLIST' { Write-AccessList $entry $Name $Value }
        'ACL' { Write-Trustees $entry $Name $Value }
        'MULTISZ' { $entry.Put($Name, [object[]]@($Value)) }
        'DWORD' { $entry.Put($Name, [int]$Value) }
        'BOOL' { $entry.Put($Name, [bool]$Value) }
        'BINARY' { $entry.Put($Name, [byte[]]$Value) }
        default { $entry.Put($Name, [string]$Value) }
    }
    $entry.SetInfo()
}

function Set-MetabaseValue([string]$Change, [string]$Path, [string]$Name, [string]$Kind, $Value, [string]$Restart, [bool]$Here) {
    # "Here": the value has to stand at this very place, though the same may be inherited.
    # A virtual server is its name: one that does not get it is not set up, and above all not started.
    $blocks = ''
    if ($Name -eq 'ServerComment') { $blocks = $Path }
    Invoke-Change $Change $Path $Restart $blocks {
        $desired = Resolve-Value $Kind $Value
        $wanted = Get-Comparable $Kind $desired
        $isElsewhere = (Test-Foreign $Path $Name) -or ($Here -and (Get-Inherited (Open-Metabase $Path) $Name))
        if ((Read-Comparable $Path $Name $Kind) -ceq $wanted -and -not $isElsewhere) { return 'unchanged' }
        Write-Property $Path $Name $Kind $desired
        Get-Word ((Read-Comparable $Path $Name $Kind) -ceq $wanted)
    }
}

function Test-Foreign([string]$Path, [string]$Name) {
    # The bits of a virtual server are for everything but its domains: what a domain inherits of them does not count.
    $Name -eq 'RouteAction' -and $Path -like '*/Domain/*' -and (Get-Inherited (Open-Metabase $Path) $Name)
}

function Resolve-Value([string]$Kind, $Value) {
    # "self" in a list stands for this host's own addresses.
    if ($Kind -ne 'IPSECLIST') {
        if ($Value -is [Array]) { return , $Value }
        return $Value
    }
    $addresses = @($Value.addresses)
    if ($Value.own_addresses) {
        $own = @(@('127.0.0.1') + @(Get-OwnAddresses) | ForEach-Object { "$_, 255.255.255.255" })
        $addresses = @($own + $addresses | Select-Object -Unique)
    }
    @{ grant_by_default = $Value.grant_by_default; addresses = $addresses; domains = @($Value.domains) }
}

function Set-MetabaseSecret([string]$Change, [string]$Path, [string]$Name, [string]$Secret, [string]$Restart) {
    # The secret is named, not passed: module logging records the arguments of commands.
    # Whether the metabase gives a secret back depends on the Windows; where it does not, it is written again.
    Invoke-Change $Change $Path $Restart '' {
        $plain = Get-Secret $Secret
        $entry = Open-Metabase $Path
        $before = [string]$entry.psbase.Properties[$Name].Value
        if ($before -ceq $plain -and -not (Get-Inherited $entry $Name)) { return 'unchanged' }
        $entry.Put($Name, $plain)
        $entry.SetInfo()
        # Windows may show it, or a stand-in, which says nothing. Another secret that is still there says enough.
        $held = [string](Open-Metabase $Path).psbase.Properties[$Name].Value
        Get-Word ($held -and ($held -ceq $plain -or $held -cne $before -or $held -match '^\*+$'))
    }
}

function Clear-MetabaseValue([string]$Change, [string]$Path, [string]$Name, [string]$Restart) {
    # Deletes the value that stands here, so that the one from above shows again.
    Invoke-Change $Change $Path $Restart '' {
        $entry = Open-Metabase $Path
        if ($null -eq (Read-Property $entry $Name) -or (Get-Inherited $entry $Name)) { return 'unchanged' }
        $entry.PutEx(1, $Name, $null)
        $entry.SetInfo()
        $entry = Open-Metabase $Path
        Get-Word ($null -eq (Read-Property $entry $Name) -or (Get-Inherited $entry $Name) -ne $false)
    }
}

function New-MetabaseKey([string]$Change, [string]$Path, [string]$Class) {
    Invoke-Change $Change $Path '' $Path {
        if (Test-Metabase $Path) { return 'unchanged' }
        $cut = $Path.LastIndexOf('/')
        $parent = $Path.Substring(0, $cut)
        if ($Class -eq 'IIsSmtpDomain' -and $parent -like '*/Domain' -and -not (Test-Metabase $parent)) {
            $container = (Open-Metabase $parent.Substring(0, $parent.LastIndexOf('/'))).Create($Class, 'Domain')
            $container.SetInfo()
        }
        $key = (Open-Metabase $parent).Create($Class, $Path.Substring($cut + 1))
        $key.SetInfo()
        Get-Word (Test-Metabase $Path)
    }
}

function Remove-MetabaseKey([string]$Change, [string]$Path, [string]$Class) {
    Invoke-Change $Change $Path '' '' {
        if (-not (Test-Metabase $Path)) { return 'unchanged' }
        $cut = $Path.LastIndexOf('/')
        (Open-Metabase $Path.Substring(0, $cut)).Delete($Class, $Path.Substring($cut + 1))
        Get-Word (-not (Test-Metabase $Path))
    }
}
