# Reads what a plan needs to know. Changes nothing. What to read arrives as lines of data in $Inputs.

$rows = New-Object Collections.ArrayList
$servers = New-Object Collections.ArrayList
$features = New-Object Collections.ArrayList

function Get-Lines([string]$Name) {
    , @(([string]$Inputs[$Name]).Split("`n") | Where-Object { $_ })
}

function Add-Row([string]$Store, [string]$Path, [string]$Name, [string]$Form, $Value, $Inherited) {
    # Put together by hand: there may be thousands. Store and form are our own words.
    [void]$rows.Add('["' + $Store + '",' + (ConvertTo-JsonString $Path) + ',' + (ConvertTo-JsonString $Name) + ',"' + $Form + '",' +
        (ConvertTo-JsonText $Value) + ',' + (ConvertTo-JsonText $Inherited) + ']')
}

function Get-Form([string]$Kind, $Value) {
    # How the answer marks a value: by what ADSI gives, not by what the schema promises.
    if ($Value -is [bool]) { return 'flag' }
    if ($Value -is [byte[]]) { return 'bytes' }
    if ($Value -is [Collections.IDictionary]) { return 'access' }
    if ($Value -is [Array]) { return 'texts' }
    if ($Value -is [string]) { return 'text' }
    'number'
}

function Add-Property($Entry, [string]$Path, $Question) {
    try {
        $value = Read-Property $Entry $Question.Name
        if ($null -eq $value) { return }
        $inherited = Get-Inherited $Entry $Question.Name
        if ($Question.Sensitive) {
            # The value itself is never read further: whether there is one is all that a plan needs.
            if ([string]$value) { Add-Row 'metabase' $Path $Question.Name 'hidden' $null $inherited }
            return
        }
        $plain = ConvertTo-Plain $Question.Kind $value
        $form = Get-Form $Question.Kind $plain
        if ($form -eq 'bytes') { $plain = [Convert]::ToBase64String($plain) }
        if ($form -eq 'texts') { $plain = @($plain | ForEach-Object { [string]$_ }) }
        Add-Row 'metabase' $Path $Question.Name $form $plain $inherited
    } catch {
        Add-Row 'metabase' $Path $Question.Name 'problem' (Get-FailureText $_) $null
    }
}

function Add-Key([string]$Path, [string]$Scope) {
    # A key is shown by its class, even where nothing else is asked for.
    if (-not (Test-Metabase $Path)) { return }
    $entry = Open-Metabase $Path
    Add-Row 'metabase' $Path 'KeyType' 'text' ([string]$entry.psbase.SchemaClassName) $false
    foreach ($question in @($questions[$Scope])) {
        if ($null -ne $question) { Add-Property $entry $Path $question }
    }
}

function Get-FileCount($Entry, [string]$Name) {
    try {
        $folder = [Environment]::ExpandEnvironmentVariables([string](Read-Property $Entry $Name))
        if ($folder -and [IO.Directory]::Exists($folder)) { return @([IO.Directory]::GetFiles($folder)).Length }
    } catch { }
    0
}

function Get-MailCounts($Entry) {
    # Only of the folders that the site manages: a full Badmail folder takes its time to list.
    $counts = @{}
    foreach ($question in @($questions['server'])) {
        if ($null -ne $question -and @('PickupDirectory', 'DropDirectory', 'BadMailDirectory') -contains $question.Name) {
            $counts[$question.Name] = Get-FileCount $Entry $question.Name
        }
    }
    $counts
}

function Add-Whole([string]$Path) {
    # Everything that stands at a key and below it: what is going to be removed has to be known to come back.
    $entry = Open-Metabase $Path
    $class = [string]$entry.psbase.SchemaClassName
    Add-Key $Path ('whole/' + $class)
    foreach ($child in $entry.psbase.Children) { Add-Whole ($Path + '/' + [string]$child.psbase.Name) }
}

function Test-Named($Comment, [int]$Number, $Names) {
    $label = [string]$Comment
    if (-not $label) { $label = "[SMTP Virtual Server #$Number]" }
    @($Names) -contains $label
}

function Get-Number($Entry, [string]$Name, [int]$Otherwise) {
    try { $value = Read-Property $Entry $Name } catch { $value = $null }
    if ($null -eq $value) { $Otherwise } else { [int]$value }
}

function Add-Server([int]$Number) {
    $path = "SmtpSvc/$Number"
    $entry = Open-Metabase $path
    $comment = Get-ServerComment $entry
    [void]$servers.Add(@{
        number = $Number
        comment = $comment
        state = (Get-Number $entry 'ServerState' 4)
        win32_error = (Get-Number $entry 'Win32Error' 0)
        queued = (Get-FileCount $entry 'QueueDirectory')
        mail = (Get-MailCounts $entry)
    })
    if (Test-Named $comment $Number (Get-Lines 'whole')) { Add-Whole $path }
    Add-Key $path 'server'
    foreach ($scope in @($questions.Keys)) {
        if ($scope -like 'server/*') { Add-Key ($path + '/' + $scope.Substring(7)) $scope }
    }
    if (Test-Metabase "$path/Domain") {
        foreach ($child in (Open-Metabase "$path/Domain").psbase.Children) {
            Add-Key ("$path/Domain/" + [string]$child.psbase.Name) 'domain'
        }
    }
}

function Add-RegistryValue([string]$Path, [string]$Name) {
    $found = Read-RegistryValue $Path $Name
    if ($null -eq $found) { return }
    switch ($found.Kind) {
        'DWord' { Add-Row 'registry' $Path $Name 'number' $found.Value $false }
        'Binary' { Add-Row 'registry' $Path $Name 'bytes' ([Convert]::ToBase64String($found.Value)) $false }
        'MultiString' { Add-Row 'registry' $Path $Name 'texts' @($found.Value) $false }
        default { Add-Row 'registry' $Path $Name 'text' ([string]$found.Value) $false }
    }
}

function Get-EntryCount([string]$Folder) {
    try { @([IO.Directory]::GetFileSystemEntries([Environment]::ExpandEnvironmentVariables($Folder))).Length } catch { 0 }
}

function Get-FreeSpace($Folders) {
    # By drive ("D:"), in whole megabytes, for the drives of these folders; a drive that is not there is not in it.
    $free = @{}
    if (@($Folders).Length -eq 0) { return $free }
    try {
        foreach ($disk in @(Get-WmiObject Win32_LogicalDisk)) {
            if ($null -ne $disk.FreeSpace) { $free[[string]$disk.DeviceID] = [int][Math]::Min(2147483647, [Math]::Floor($disk.FreeSpace / 1048576)) }
        }
    } catch { }
    $free
}

function Add-Features($Names, [bool]$Ready) {
    if ($Ready -and $Names.Length -eq 1) {
        # A working service answers the only question; asking Windows takes seconds.
        [void]$features.Add(@{ name = $Names[0]; state = 'installed' })
        return
    }
    $known = Get-FeatureStates
    foreach ($name in $Names) {
        $state = 'unknown'
        if ($known.ContainsKey($name)) { $state = $known[$name] }
        [void]$features.Add(@{ name = $name; state = $state })
    }
}

$questions = @{}
foreach ($line in (Get-Lines 'properties')) {
    $scope, $name, $kind, $sensitive = $line.Split("`t")
    if (-not $questions.ContainsKey($scope)) { $questions[$scope] = @() }
    $questions[$scope] += @{ Name = $name; Kind = $kind; Sensitive = ($sensitive -eq '1') }
}

$ready = $false
$problem = ''
try { $ready = Test-Metabase 'SmtpSvc' } catch { $problem = Get-FailureText $_ }
if ($ready) {
    try {
        Add-Key 'SmtpSvc' 'service'
        foreach ($number in (Get-ServerNumbers)) { Add-Server $number }
    } catch {
        $ready = $false
        $problem = Get-FailureText $_
    }
}

foreach ($line in (Get-Lines 'registry')) {
    $path, $name = $line.Split("`t")
    Add-RegistryValue $path $name
}
foreach ($name in (Get-Lines 'services')) {
    if (Find-Service $name) {
        Add-Row 'service' $name 'startup' 'text' (Get-ServiceStartup $name) $false
        Add-Row 'service' $name 'state' 'text' (Get-ServiceState $name) $false
    }
}
foreach ($folder in (Get-Lines 'folders')) {
    if ([IO.Directory]::Exists([Environment]::ExpandEnvironmentVariables($folder))) {
        Add-Row 'folder' $folder 'folder' 'text' $folder $false
        Add-Row 'folder' $folder 'entries' 'number' (Get-EntryCount $folder) $false
    }
}
if ($Inputs['firewall']) {
    foreach ($rule in (Get-FirewallRules ([string]$Inputs['firewall']))) {
        Add-Row 'firewall' $rule.Name 'rule' 'text' $rule.Text $false
    }
}
Add-Features (Get-Lines 'features') $ready

$version = Read-RegistryValue 'HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion' 'ProductName'
$product = 'Windows'
if ($null -ne $version) { $product = [string]$version.Value }
$answer = @{
    version = [string][Environment]::OSVersion.Version
    build = (Get-WindowsBuild)
    product = $product
    powershell = [string]$PSVersionTable.PSVersion
    is_64_bit = (Test-64Bit)
    is_administrator = (Test-Administrator)
    pending_reboot = (Test-PendingReboot)
    addresses = (Get-OwnAddresses)
    booted = (Get-BootTime)
    free_mb = (Get-FreeSpace (Get-Lines 'folders'))
}
$record = $null
try { $record = Get-ApplyRecord } catch { }
Write-Answer ('"host":' + (ConvertTo-JsonText $answer) +
    ',"smtp_ready":' + (ConvertTo-JsonText $ready) + ',"smtp_problem":' + (ConvertTo-JsonText $problem) +
    ',"servers":' + (ConvertTo-JsonText $servers) + ',"features":' + (ConvertTo-JsonText $features) +
    ',"record":' + (ConvertTo-JsonText $record) +
    ',"values":[' + [string]::Join(',', [string[]]$rows.ToArray()) + ']')
