# Answers from the functions above.

function Get-Lines([string]$Name) {
    , @(([string]$Inputs[$Name]).Split("`n") | Where-Object { $_ })
}

$certificates = @()
$problem = ''
try { $certificates = Get-MachineCertificates } catch { $problem = Get-FailureText $_ }
$probes = @()
$end = [DateTime]::UtcNow.AddSeconds([int]$Inputs['seconds'])
foreach ($line in (Get-Lines 'probes')) {
    $id, $address, $port, $name, $ehlo, $seconds = $line.Split("`t")
    # What comes after the end is told that no time was left: better than no answer at all.
    $left = [Math]::Min([int]$seconds, [int]($end - [DateTime]::UtcNow).TotalSeconds)
    $probes += Invoke-Probe $id $address ([int]$port) $name $ehlo $left
}
Write-Answer ('"now":' + (ConvertTo-JsonText (Get-UtcText ([DateTime]::UtcNow))) +
    ',"booted":' + (ConvertTo-JsonText (Get-UtcText (Get-BootTime))) +
    ',"started":' + (ConvertTo-JsonText (Get-UtcText (Get-ProcessStart 'inetinfo'))) +
    ',"written":' + (ConvertTo-JsonText (Get-WriteTimes (Get-Lines 'keys'))) +
    ',"clr":' + (ConvertTo-JsonText ([string][Environment]::Version)) +
    ',"schannel":' + (ConvertTo-JsonText (Get-SchannelVersion)) +
    ',"certificates":' + (ConvertTo-JsonText $certificates) +
    ',"certificate_problem":' + (ConvertTo-JsonText $problem) +
    ',"probes":' + (ConvertTo-JsonText $probes))
