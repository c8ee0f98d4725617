# The metabase through ADSI, the only interface that every SMTP Server feature brings along.

function Get-AdsPath([string]$Path) {
    if ($Path) { 'IIS://localhost/' + $Path } else { 'IIS://localhost' }
}

function Open-Metabase([string]$Path) {
    [ADSI](Get-AdsPath $Path)
}

function Test-Metabase([string]$Path) {
    [DirectoryServices.DirectoryEntry]::Exists((Get-AdsPath $Path))
}

function Get-ComProperty($Object, [string]$Name) {
    $Object.GetType().InvokeMember($Name, [Reflection.BindingFlags]'GetProperty', $null, $Object, $null)
}

function Set-ComProperty($Object, [string]$Name, $Value) {
    # The array around the value keeps PowerShell from spreading a list over several arguments.
    $arguments = New-Object object[] 1
    $arguments[0] = $Value
    [void]$Object.GetType().InvokeMember($Name, [Reflection.BindingFlags]'SetProperty', $null, $Object, $arguments)
}

function Read-Property($Entry, [string]$Name) {
    # $null where nothing is effective; lists keep their form behind the comma.
    $value = $Entry.psbase.Properties[$Name].Value
    if ($value -is [Array]) { return , $value }
    $value
}

function Get-Inherited($Entry, [string]$Name) {
    # Whether a value comes from above or from the schema instead of standing here; $null is "cannot tell".
    # Both ways are documented for the IIS provider in general, neither was ever seen in use on SMTP. A default of the
    # schema stands nowhere, and that its attributes call it inherited is not documented: then the paths decide.
    $inherited = $null
    try {
        $attributes = $Entry.psbase.Invoke('GetPropertyAttribObj', $Name)
        $inherited = [bool](Get-ComProperty $attributes 'IsInherited')
        if ($inherited) { return $true }
    } catch { }
    try {
        $own = ([string]$Entry.psbase.Path).TrimEnd('/')
        foreach ($place in @($Entry.psbase.Invoke('GetDataPaths', $Name, 0))) {
            if (([string]$place).TrimEnd('/') -eq $own) { return $false }
        }
        return $true
    } catch { }
    $inherited
}

function Read-AccessList($Object) {
    # "Only the list below" grants by list, "all except" denies by list; the other pair of lists is without meaning.
    $open = [bool](Get-ComProperty $Object 'GrantByDefault')
    $kind = 'Grant'
    if ($open) { $kind = 'Deny' }
    @{
        grant_by_default = $open
        addresses = @(@(Get-ComProperty $Object ('IP' + $kind)) | Where-Object { $_ } | ForEach-Object { [string]$_ })
        domains = @(@(Get-ComProperty $Object ('Domain' + $kind)) | Where-Object { $_ } | ForEach-Object { [string]$_ })
    }
}

function Read-Trustees($Descriptor) {
    $trustees = @()
    foreach ($entry in (Get-ComProperty $Descriptor 'DiscretionaryAcl')) { $trustees += [string](Get-ComProperty $entry 'Trustee') }
    , $trustees
}

function ConvertTo-Plain([string]$Kind, $Value) {
    # COM objects become tables and lists; everything else stays as ADSI gives it.
    if ($null -eq $Value) { return $null }
    if ($Kind -eq 'IPSECLIST') { return (Read-AccessList $Value) }
    if ($Kind -eq 'ACL') { return , (Read-Trustees $Value) }
    if ($Kind -eq 'MULTISZ') { return , @(@($Value) | ForEach-Object { [string]$_ }) }
    if ($Value -is [Array]) { return , $Value }
    $Value
}

function Get-ServerNumbers {
    # Numbers, lowest first; the service also has children that are no virtual servers (Info).
    $numbers = @()
    foreach ($child in (Open-Metabase 'SmtpSvc').psbase.Children) {
        if ([string]$child.psbase.Name -match '^\d+$') { $numbers += [int][string]$child.psbase.Name }
    }
    , @($numbers | Sort-Object)
}

function Get-ServerComment($Entry) {
    # A comment that comes from the service is nobody's name.
    $comment = Read-Property $Entry 'ServerComment'
    if ($null -eq $comment -or (Get-Inherited $Entry 'ServerComment')) { return $null }
    [string]$comment
}
