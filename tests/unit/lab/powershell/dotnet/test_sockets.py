"""TcpClient and SslStream in scripts, against real servers on loopback."""

import pytest

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.lab.windows.machine import Machine

CLIENT = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client"
FAILURE = "$e = $_.Exception; while ($e) { '{0}: {1}' -f $e.GetType().Name, $e.Message.Trim(); $e = $e.InnerException }"
PROBE = """
$client = New-Object System.Net.Sockets.TcpClient
$waiting = $client.BeginConnect('localhost', PORT, $null, $null)
if (-not $waiting.AsyncWaitHandle.WaitOne(5000, $false)) { throw 'no answer' }
$client.EndConnect($waiting)
$look = [System.Net.Security.RemoteCertificateValidationCallback]{
    param($from, $certificate, $chain, $errors)
    $script:errors = $errors
    $script:chain = @($chain.ChainStatus | ForEach-Object { $_.Status })
    $true
}
$secure = New-Object System.Net.Security.SslStream $client.GetStream(), $false, $look
try { AUTHENTICATE; SHOW } catch { FAILURE }
$client.Close()
"""
NAMED = "$secure.AuthenticateAsClient('localhost', $null, 0xC00, $false)"
CHOSEN = "$secure.AuthenticateAsClient('localhost')"


class Host:
    """A machine with a way to run scripts."""

    def __init__(self, windows):
        self.machine = Machine.create("LAB01", windows)

    def run(self, script):
        self.machine.files.write_text("C:\\case.ps1", script, "utf-8-sig")
        output = []
        run_powershell(
            self.machine,
            ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", "C:\\case.ps1"],
            read_line=lambda: None,
            read_all=str,
            out=output.append,
            err=output.append,
            environment=self.machine.environment,
            current_directory="C:\\",
        )
        return "".join(output).replace("\r\n", "\n").removesuffix("\n").split("\n")

    def probe(self, port, authenticate=CHOSEN, show="[int]$secure.SslProtocol"):
        script = PROBE.replace("PORT", str(port)).replace("AUTHENTICATE", authenticate).replace("SHOW", show)
        return self.run(script.replace("FAILURE", FAILURE))


@pytest.fixture
def echo(serve):
    """Start a server that greets and answers every line; gives its port."""

    def answer(connection):
        with connection.makefile("rwb") as stream:
            stream.write(b"220 ready\r\n")
            stream.flush()
            for line in stream:
                stream.write(b"250-first\r\n250 " + line)
                stream.flush()

    return serve(answer).port


@pytest.mark.parametrize("windows", ["2008r2", "2019"])
def test_a_conversation_in_lines(echo, windows):
    script = f"""
        $client = New-Object Net.Sockets.TcpClient('127.0.0.1', {echo})
        $client.ReceiveTimeout = 5000
        $stream = $client.GetStream()
        $reader = New-Object IO.StreamReader $stream
        $writer = New-Object IO.StreamWriter $stream
        $writer.NewLine = "`r`n"
        $writer.AutoFlush = $true
        $reader.ReadLine()
        $writer.WriteLine('EHLO x')
        do {{ $line = $reader.ReadLine(); $line }} while ($line[3] -eq '-')
        $reader.Peek(), $client.Connected
        $client.Close()
        $client.Connected
        try {{ $stream.ReadByte() }} catch {{ $_.Exception.InnerException.GetType().FullName }}"""
    expected = ["220 ready", "250-first", "250 EHLO x", "-1", "True", "False", "System.ObjectDisposedException"]
    assert Host(windows).run(script) == expected


def test_bytes_and_time_limits(echo):
    script = f"""
        $client = New-Object Net.Sockets.TcpClient
        $client.Connect([Net.IPAddress]::Loopback, {echo})
        $stream = $client.GetStream()
        $buffer = New-Object byte[] 100
        [Text.Encoding]::ASCII.GetString($buffer, 0, $stream.Read($buffer, 0, 100)).Trim()
        $stream.DataAvailable
        $stream.ReadTimeout = 50
        try {{ $stream.Read($buffer, 0, 100) }} catch {{ {FAILURE} }}
        try {{ $stream.Position }} catch {{ $_.Exception.InnerException.Message }}"""
    reason = (
        "A connection attempt failed because the connected party did not properly respond after a period of time, or "
        "established connection failed because connected host has failed to respond"
    )
    shown = Host("2019").run(script)
    assert shown[:2] == ["220 ready", "False"]
    assert shown[3:] == [
        f"IOException: Unable to read data from the transport connection: {reason}.",
        f"SocketException: {reason}",
        "This stream does not support seek operations.",
    ]


def test_who_does_not_listen_refuses():
    host = Host("2019")
    address = host.machine.addresses[0]
    script = f"""try {{ New-Object Net.Sockets.TcpClient('lab01', 25) }} catch {{ {FAILURE}
$_.Exception.InnerException.ErrorCode }}"""
    message = f"No connection could be made because the target machine actively refused it {address}:25"
    assert host.run(script)[1:] == [f"SocketException: {message}", "10061"]


def test_a_name_without_an_address_and_one_from_the_hosts_file(echo):
    host = Host("2019")
    script = "try {{ (New-Object Net.Sockets.TcpClient('smtp.contoso.example', {0})).Connected }} catch {{ {1} }}"
    assert host.run(script.format(echo, FAILURE))[-1] == "SocketException: No such host is known"
    host.machine.files.append_bytes(
        r"C:\Windows\System32\drivers\etc\hosts", b"127.0.0.1 smtp.contoso.example # a test\r\n"
    )
    assert host.run(script.format(echo, FAILURE)) == ["True"]


def test_a_task_of_connecting(echo):
    script = f"$c = New-Object Net.Sockets.TcpClient; $c.ConnectAsync('localhost', {echo}).Wait(5000); $c.Connected"
    assert Host("2019").run(script) == ["True", "True"]


@pytest.mark.parametrize("authenticate", [NAMED, CHOSEN])
def test_2008_r2_speaks_tls_1_2_once_its_registry_says_so(tls_server, authenticate):
    port = tls_server("TLS 1.2")
    host = Host("2008r2")
    assert host.probe(port, authenticate)[1:2] == [
        "AuthenticationException: A call to SSPI failed, see inner exception."
    ]
    host.machine.registry.set(CLIENT, "Enabled", 1)
    assert host.probe(port, authenticate) != ["3072"]  # documented: both values are needed
    host.machine.registry.set(CLIENT, "DisabledByDefault", 0)
    assert host.probe(port, authenticate) == ["3072"]


@pytest.mark.parametrize(
    ("windows", "protocol", "shown"),
    [
        ("2008r2", "TLS 1.0", "192"),
        ("2012", "TLS 1.1", "768"),
        ("2012r2", "TLS 1.2", "3072"),
        ("2016", "TLS 1.2", "3072"),
        ("2019", "TLS 1.0", "192"),
        ("2022", "TLS 1.3", "12288"),
    ],
)
def test_a_server_of_one_version_is_met(tls_server, windows, protocol, shown):
    assert Host(windows).probe(tls_server(protocol)) == [shown]


@pytest.mark.parametrize(
    ("windows", "protocol", "reason"),
    [
        ("2008r2", "TLS 1.1", "The function requested is not supported"),
        ("2019", "TLS 1.3", "The function requested is not supported"),
        ("2025", "TLS 1.0", "The function requested is not supported"),
    ],
)
def test_a_server_of_another_version_is_not(tls_server, windows, protocol, reason):
    assert Host(windows).probe(tls_server(protocol))[1:] == [
        "AuthenticationException: A call to SSPI failed, see inner exception.",
        f"Win32Exception: {reason}",
    ]


@pytest.mark.parametrize(("windows", "names"), [("2008r2", ["Tls", "", ""]), ("2019", ["Tls", "Tls12", ""])])
def test_names_of_protocols_came_with_net(windows, names):
    script = "'Tls', 'Tls12', 'Tls13' | ForEach-Object { [string][Security.Authentication.SslProtocols]::$_ }"
    assert Host(windows).run(script) == names


def test_ports_of_other_hosts_are_tried(echo):
    host = Host("2019")
    host.machine.files.append_bytes(r"C:\Windows\System32\drivers\etc\hosts", b"127.0.0.1 smtp.contoso.example\r\n")
    script = f"(Test-NetConnection smtp.contoso.example -Port {echo}).TcpTestSucceeded"
    assert host.run(script) == ["True"]


def test_suites_have_to_overlap(tls_server):
    port = tls_server("TLS 1.2", suites=("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",))
    assert Host("2016").probe(port) == ["3072"]
    shown = Host("2012r2").probe(port)
    assert shown[-1] == "Win32Exception: The message received was unexpected or badly formatted"


def test_what_was_negotiated(tls_server):
    show = (
        "$secure.SslProtocol, $secure.CipherAlgorithm, $secure.CipherStrength, $secure.HashAlgorithm, "
        "$secure.KeyExchangeAlgorithm, $secure.IsAuthenticated, $script:errors, $script:chain[0] | "
        "ForEach-Object { [string]$_ }"
    )
    assert Host("2012r2").probe(tls_server("TLS 1.2"), show=show) == [
        "Tls12", "Aes256", "256", "Sha384", "44550", "True", "RemoteCertificateChainErrors", "UntrustedRoot",
    ]  # fmt: skip


def test_lines_under_tls(tls_server):
    show = (
        "$reader = New-Object IO.StreamReader $secure; $writer = New-Object IO.StreamWriter $secure; "
        "$writer.AutoFlush = $true; $reader.ReadLine(); $writer.WriteLine('EHLO x'); $reader.ReadLine()"
    )
    assert Host("2019").probe(tls_server("TLS 1.2"), show=show) == ["220 ready", "250 EHLO x"]


def test_the_certificate(tls_server):
    show = """
        $c = New-Object Security.Cryptography.X509Certificates.X509Certificate2 $secure.RemoteCertificate
        $c.Subject; $c.Issuer; $c.GetNameInfo('DnsName', $false); $c.NotAfter -gt (Get-Date); $c.Thumbprint.Length
        $c.PublicKey.Key.KeySize; $c.SignatureAlgorithm.FriendlyName; $c.Verify()
        $c.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.17' } | ForEach-Object { $_.Format($false) }"""
    port = tls_server("TLS 1.2", names=("mail.contoso.example", "127.0.0.1"))
    assert Host("2019").probe(port, show=show) == [
        "CN=mail.contoso.example", "CN=mail.contoso.example", "mail.contoso.example", "True", "40", "2048", "sha256RSA",
        "False", "DNS Name=mail.contoso.example, IP Address=127.0.0.1",
    ]  # fmt: skip


def test_a_certificate_that_nobody_accepts_ends_the_handshake(tls_server):
    script = f"""
        $client = New-Object Net.Sockets.TcpClient('localhost', {tls_server("TLS 1.2")})
        $secure = New-Object Net.Security.SslStream($client.GetStream())
        try {{ $secure.AuthenticateAsClient('localhost') }} catch {{ {FAILURE} }}
        try {{ $secure.SslProtocol }} catch {{ }}
        $secure.IsAuthenticated"""
    message = "The remote certificate is invalid according to the validation procedure."
    assert Host("2019").run(script)[1:] == [f"AuthenticationException: {message}", "False"]


def test_a_server_without_tls(echo):
    message = "The handshake failed due to an unexpected packet format."
    assert Host("2019").probe(echo)[1:] == [f"IOException: {message}"]


def test_a_server_that_hangs_up(serve):
    port = serve(lambda connection: connection.recv(1)).port
    shown = Host("2019").probe(port)[1]
    assert shown.startswith(("IOException: Authentication failed", "IOException: Unable to read data"))


def test_no_version_at_all_cannot_be_named(tls_server):
    authenticate = "$secure.AuthenticateAsClient('localhost', $null, 0, $false)"
    shown = Host("2008r2").probe(tls_server("TLS 1.0"), authenticate)
    assert "ArgumentException: The specified value is not valid in the 'SslProtocolType' enumeration." in shown
    assert Host("2019").probe(tls_server("TLS 1.0"), authenticate) == ["192"]
