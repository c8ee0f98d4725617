# Answers from the functions above.

function Get-Lines([string]$Name) {
    , @(([string]$Inputs[$Name]).Split("`n") | Where-Object { $_ })
}

$certificates = @()
$problem = ''
try { $certificates = Get-MachineCertificates } catch { $problem = Get-FailureText $_ }
$probes = @()
foreach ($line in (Get-Lines 'probes')) {
    $id, $address, $port, $name, $ehlo, $seconds = $line.Split("`t")
    $probes += Invoke-Probe $id $address ([int]$port) $name $ehlo ([int]$seconds)
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
