# One SMTP server asked from this host: EHLO, STARTTLS, and a TLS handshake with each version that .NET here can name.
# SMTPSVC uses the same Schannel; what .NET cannot name it may still speak, and what .NET asks for by name is tried even
# where Windows has it disabled by default.

function Get-Remaining([DateTime]$Deadline, [int]$Most) {
    $left = [int](($Deadline - [DateTime]::UtcNow).TotalMilliseconds)
    if ($left -le 0) { throw 'no time was left for it' }
    [Math]::Min($left, $Most)
}

function Connect-Smtp([string]$Address, [int]$Port, [DateTime]$Deadline) {
    $client = New-Object Net.Sockets.TcpClient
    try {
        $waiting = $client.BeginConnect($Address, $Port, $null, $null)
        if (-not $waiting.AsyncWaitHandle.WaitOne((Get-Remaining $Deadline 10000), $false)) {
            throw 'no answer within 10 seconds'
        }
        $client.EndConnect($waiting)
        return $client
    } catch {
        $client.Close()
        throw
    }
}

function Read-SmtpReply($Stream, [DateTime]$Deadline) {
    # Byte by byte: whatever follows a reply belongs to somebody else, TLS for example.
    $lines = @()
    $text = New-Object Text.StringBuilder
    while ($lines.Length -lt 100) {
        $Stream.ReadTimeout = Get-Remaining $Deadline 15000
        $byte = $Stream.ReadByte()
        if ($byte -lt 0) { throw 'the server closed the connection' }
        if ($byte -ne 10) {
            if ($text.Length -gt 2000) { throw 'the server sends a line without an end' }
            if ($byte -ne 13) { [void]$text.Append([char]$byte) }
            continue
        }
        $line = $text.ToString()
        $text.Length = 0
        $lines += $line
        if ($line -notmatch '^\d\d\d') { throw "the server does not speak SMTP: $line" }
        if ($line.Length -lt 4 -or $line.Substring(3, 1) -ne '-') { return , $lines }
    }
    throw 'the reply does not end'
}

function Send-SmtpCommand($Stream, [string]$Command, [DateTime]$Deadline) {
    $bytes = [Text.Encoding]::ASCII.GetBytes($Command + "`r`n")
    $Stream.Write($bytes, 0, $bytes.Length)
    $Stream.Flush()
    Read-SmtpReply $Stream $Deadline
}

function Test-Reply($Lines, [string]$Code) {
    $Lines.Length -gt 0 -and $Lines[$Lines.Length - 1].StartsWith($Code)
}

function Get-TlsVersions($Probe, [DateTime]$Deadline) {
    foreach ($version in @(@('TLS 1.0', 192), @('TLS 1.1', 768), @('TLS 1.2', 3072), @('TLS 1.3', 12288))) {
        Add-Handshake $Probe $version[0] $version[1] $Deadline
    }
    if (@($Probe.handshakes | Where-Object { $_.outcome -eq 'unnameable' -and $_.protocol -eq 'TLS 1.2' }).Length -gt 0) {
        # An updated .NET leaves the choice to Windows, as SMTPSVC does; an old one chooses SSL 3.0 or TLS 1.0.
        Add-Handshake $Probe 'default' 0 $Deadline
    }
}

function Add-Handshake($Probe, [string]$Protocol, [int]$Number, [DateTime]$Deadline) {
    $handshake = @{ protocol = $Protocol; outcome = 'failed'; message = ''; negotiated = ''; cipher = '' }
    try { Invoke-Handshake $Probe $handshake $Number $Deadline }
    catch { $handshake.message = Get-FailureText $_ }
    [void]$Probe.handshakes.Add($handshake)
}

function Start-Tls($Secure, [string]$Name, [int]$Number, $Handshake) {
    try {
        if ($Number -eq 0) { $Secure.AuthenticateAsClient($Name); return }
        $version = [Enum]::ToObject([Security.Authentication.SslProtocols], $Number)
        $Secure.AuthenticateAsClient($Name, $null, $version, $false)
    } catch {
        # An old .NET refuses numbers that it does not know, before anything is sent.
        $exception = $_.Exception
        while ($null -ne $exception.InnerException) { $exception = $exception.InnerException }
        if ($exception -is [ArgumentException] -or $exception -is [NotSupportedException]) {
            $Handshake.outcome = 'unnameable'
        }
        throw
    }
}

function Invoke-Handshake($Probe, $Handshake, [int]$Number, [DateTime]$Deadline) {
    $client = Connect-Smtp $Probe.host $Probe.port $Deadline
    $secure = $null
    try {
        $plain = $client.GetStream()
        [void](Read-SmtpReply $plain $Deadline)
        [void](Send-SmtpCommand $plain ('EHLO ' + $Probe.ehlo_name) $Deadline)
        $reply = Send-SmtpCommand $plain 'STARTTLS' $Deadline
        if (-not (Test-Reply $reply '220')) { throw ('STARTTLS was answered by: ' + $reply[$reply.Length - 1]) }
        $seen = @{ errors = ''; chain = @() }
        # Recorded, never refused: SMTPSVC is not known to look at names either.
        $look = [Net.Security.RemoteCertificateValidationCallback]{
            param($from, $certificate, $chain, $errors)
            $seen.errors = [string]$errors
            if ($null -ne $chain) { foreach ($status in $chain.ChainStatus) { $seen.chain += [string]$status.Status } }
            $true
        }
        $secure = New-Object Net.Security.SslStream $plain, $true, $look
        $plain.ReadTimeout = Get-Remaining $Deadline 15000
        $plain.WriteTimeout = Get-Remaining $Deadline 15000
        Start-Tls $secure $Probe.name $Number $Handshake
        Complete-Handshake $Probe $Handshake $secure $seen $Deadline
    } finally {
        if ($null -ne $secure) { $secure.Close() }
        $client.Close()
    }
}

function Complete-Handshake($Probe, $Handshake, $Secure, $Seen, [DateTime]$Deadline) {
    $Handshake.outcome = 'done'
    $Handshake.negotiated = [string][int]$Secure.SslProtocol
    $exchange = [string]$Secure.KeyExchangeAlgorithm
    if ($exchange -eq '44550') { $exchange = 'ECDHE' }  # which .NET has no word for
    $Handshake.cipher = '{0} {1} bit, exchange {2}, hash {3}' -f $Secure.CipherAlgorithm, $Secure.CipherStrength,
        $exchange, $Secure.HashAlgorithm
    if ($null -eq $Probe.certificate) {
        $certificate = New-Object Security.Cryptography.X509Certificates.X509Certificate2 $Secure.RemoteCertificate
        $Probe.certificate = ConvertTo-CertificateTable $certificate
        $Probe.certificate_errors = $Seen.errors
        $Probe.chain = @($Seen.chain)
    }
    if ($null -eq $Probe.ehlo_after) {
        try { $Probe.ehlo_after = Send-SmtpCommand $Secure ('EHLO ' + $Probe.ehlo_name) $Deadline } catch { }
    }
}

function Invoke-Probe([string]$Id, [string]$Address, [int]$Port, [string]$Name, [string]$EhloName, [int]$Seconds) {
    $probe = @{
        id = $Id; host = $Address; port = $Port; name = $Name; ehlo_name = $EhloName; problem = ''; greeting = ''
        ehlo = @(); ehlo_after = $null; handshakes = (New-Object Collections.ArrayList)
        certificate = $null; certificate_errors = ''; chain = @()
    }
    $deadline = [DateTime]::UtcNow.AddSeconds($Seconds)
    try {
        $client = Connect-Smtp $Address $Port $deadline
        try {
            $stream = $client.GetStream()
            $probe.greeting = [string](Read-SmtpReply $stream $deadline)[0]
            $probe.ehlo = Send-SmtpCommand $stream ('EHLO ' + $EhloName) $deadline
            try { [void](Send-SmtpCommand $stream 'QUIT' $deadline) } catch { }
        } finally { $client.Close() }
        if (@($probe.ehlo | Where-Object { $_ -match '^\d\d\d[- ]STARTTLS\s*$' }).Length -gt 0) {
            Get-TlsVersions $probe $deadline
        }
    } catch { $probe.problem = Get-FailureText $_ }
    $probe
}
