"""Send-MailMessage and System.Net.Mail in scripts, to virtual servers of the same machine and to other hosts."""

import base64
import email
import email.policy

import pytest
from servers.aiosmtpd_host import aiosmtpd_host

from iisrelay.lab.powershell.host import run_powershell
from iisrelay.settings.stored import AccessList

NOBODY = AccessList(grant_by_default=False)
CAUSES = "$e = $_.Exception.InnerException; while ($e) { $e.GetType().Name; $e.Message; $e = $e.InnerException }"
SCHANNEL = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client"
MAIL = "-From app@contoso.example -Subject test -SmtpServer 127.0.0.1"
RELAYING = "5.7.1 Unable to relay for"
CALLBACK = "[Net.ServicePointManager]::ServerCertificateValidationCallback = { $true }; "


@pytest.fixture
def run():
    """Give the function that runs a script on a machine and lists the lines it printed."""

    def start(host, script):
        host.machine.files.write_text("C:\\case.ps1", script, "utf-8-sig")
        output = []
        run_powershell(
            host.machine,
            ["-NoProfile", "-ExecutionPolicy", "Bypass", "-File", "C:\\case.ps1"],
            read_line=lambda: None,
            read_all=str,
            out=output.append,
            err=output.append,
            environment=dict(host.machine.environment),
            current_directory="C:\\",
        )
        text = "".join(output).replace("\r\n", "\n").removesuffix("\n")
        return text.split("\n") if text else []

    return start


@pytest.fixture
def open_relay(relay):
    """Give the function that makes relays which take mail for everybody and keep it in their queue."""

    def make(windows="2019"):
        host = relay(windows)
        host.relay_through(9)  # nobody listens there
        return host

    return make


def queued(host):
    """Give the one message in the queue."""
    (text,) = host.folder("Queue")
    return email.message_from_string(text, policy=email.policy.default)


def sent(text):
    """Read a message that a smart host took."""
    return email.message_from_string(text, policy=email.policy.default)


@pytest.mark.parametrize("windows", ["2008r2", "2012r2", "2022"])
def test_a_test_mail_is_taken_by_the_relay(open_relay, run, windows):
    host = open_relay(windows)
    assert run(host, f"Send-MailMessage -To someone@fabrikam.example -Body hello {MAIL}; $?") == ["True"]
    message = queued(host)
    assert message["Received"].startswith("from RELAY01 ([127.0.0.1]) by RELAY01.lab.example with Microsoft SMTPSVC")
    assert (message["From"], message["To"], message["Subject"]) == (
        "app@contoso.example", "someone@fabrikam.example", "test",
    )  # fmt: skip
    assert message.get_content_type() == "text/plain"
    assert message["Content-Transfer-Encoding"] == "quoted-printable"
    assert message.get_content() == "hello\r\n"


def test_a_test_mail_goes_through_the_relay_to_the_smart_host(relay, run):
    host = relay()
    with aiosmtpd_host() as (port, keeper):
        host.relay_through(port)
        script = f"Send-MailMessage -To a@fabrikam.example, b@fabrikam.example -Cc c@fabrikam.example {MAIL}"
        assert run(host, script) == []
        message = keeper.wait_for("test")
    assert message["X-RcptTo"] == "a@fabrikam.example, b@fabrikam.example, c@fabrikam.example"
    assert message["X-MailFrom"] == "app@contoso.example"


def test_mail_for_a_local_domain_is_dropped(relay, run, until):
    host = relay()
    assert run(host, f"Send-MailMessage -To me@relay01.lab.example -Body local {MAIL}") == []
    until(lambda: host.folder("Drop"))
    assert "local" in host.folder("Drop")[0]


def test_the_relay_list_refuses(relay, run):
    host = relay()
    host.set(RelayIpList=NOBODY)
    shown = run(host, f"Send-MailMessage -To someone@fabrikam.example {MAIL}")
    assert shown[0] == (
        f"Send-MailMessage : Mailbox unavailable. The server response was: {RELAYING} someone@fabrikam.example"
    )
    category = "InvalidOperation: (System.Net.Mail.SmtpClient:SmtpClient) [Send-MailMessage]"
    assert shown[4:6] == [
        f"    + CategoryInfo          : {category}, SmtpFailedRecipientException",
        "    + FullyQualifiedErrorId : SmtpException,Microsoft.PowerShell.Commands.SendMailMessage",
    ]
    assert host.folder("Queue") == []


def test_some_recipients_are_refused_and_others_get_the_mail(relay, run, until):
    host = relay()
    host.set(RelayIpList=NOBODY)
    script = f"""
        Send-MailMessage -To me@relay01.lab.example, x@a.example {MAIL} -ErrorVariable first 2> $null
        $first[0].Exception.FailedRecipient, [int]$first[0].Exception.StatusCode
        Send-MailMessage -To x@a.example, y@b.example {MAIL} -ErrorVariable all 2> $null
        $all[0].FullyQualifiedErrorId; $all[0].Exception.Message
        $all[0].Exception.InnerExceptions | ForEach-Object {{ $_.FailedRecipient }}"""
    assert run(host, script) == [
        "<x@a.example>", "550", "SmtpFailedRecipientsException,Microsoft.PowerShell.Commands.SendMailMessage",
        "Unable to send to all recipients.", "<x@a.example>", "<y@b.example>",
    ]  # fmt: skip
    until(lambda: len(host.folder("Drop")) == 1)


def test_every_part_of_a_message(smart_host, relay, run):
    host, target = relay(), smart_host(extensions=("DSN",))
    script = f"""
        'a;b', '1;2' | Set-Content C:\\report.csv
        Send-MailMessage -To 'Jürgen <j@a.example>', k@a.example -Cc c@a.example -Bcc b@a.example `
            -From 'Relay test <app@contoso.example>' -Subject 'Grüße' -Body "eins`r`n.zwei ü" -Encoding UTF8 `
            -Attachments report.csv -Priority High -DeliveryNotificationOption OnSuccess, OnFailure `
            -SmtpServer localhost -Port {target.port}
        'gone' | Set-Content C:\\report.csv"""
    assert run(host, script) == []
    notify = " NOTIFY=SUCCESS,FAILURE"
    assert target.commands == [
        "EHLO RELAY01", "MAIL FROM:<app@contoso.example>", f"RCPT TO:<j@a.example>{notify}",
        f"RCPT TO:<k@a.example>{notify}", f"RCPT TO:<c@a.example>{notify}", f"RCPT TO:<b@a.example>{notify}", "DATA",
        "QUIT",
    ]  # fmt: skip
    message = sent(target.messages[0])
    assert (message["From"], message["Subject"]) == ("Relay test <app@contoso.example>", "Grüße")
    assert (message["To"], message["Cc"], message["Bcc"]) == ("Jürgen <j@a.example>, k@a.example", "c@a.example", None)
    assert (message["X-Priority"], message["Priority"], message["Importance"]) == ("1", "urgent", "high")
    body, attachment = message.iter_parts()
    assert (body.get_content(), body["Content-Transfer-Encoding"]) == ("eins\r\n.zwei ü", "base64")
    assert (attachment.get_filename(), attachment.get_content()) == ("report.csv", b"a;b\r\n1;2\r\n")


def test_html_lines_that_begin_with_a_dot_and_attachments_from_the_pipeline(smart_host, relay, run):
    host, target = relay(), smart_host()
    script = f"""
        'x' | Set-Content C:\\x.txt
        'C:\\x.txt' | Send-MailMessage -To a@b.example -BodyAsHtml -Body "<p>`r`n.dot = `n</p>" {MAIL} `
            -Port {target.port}"""
    assert run(host, script) == []
    body, attachment = sent(target.messages[0]).iter_parts()
    assert (body.get_content_type(), body.get_payload()) == ("text/html", "<p>\r\n..dot =3D =0A</p>")
    assert attachment.get_filename() == "x.txt"


def test_the_preference_variable_names_the_server(smart_host, relay, run):
    host, target = relay(), smart_host()
    script = f"""
        $PSEmailServer = 'relay01'
        try {{ Send-MailMessage a@b.example first 'of all' -From c@d.example -Port {target.port} -ErrorAction Stop }}
        catch {{ $_.Exception.Message }}
        $PSEmailServer = '127.0.0.1'
        Send-MailMessage a@b.example first 'of all' -From c@d.example -Port {target.port}
        $PSEmailServer = $null
        try {{ Send-MailMessage a@b.example first -From c@d.example }} catch {{ $_.Exception.Message }}"""
    missing = (
        "The email cannot be sent because no SMTP server was specified. You must specify an SMTP server by using "
        "either the SmtpServer parameter or the $PSEmailServer variable."
    )
    assert run(host, script) == ["Unable to connect to the remote server", missing]
    assert sent(target.messages[0])["Subject"] == "first"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("-To nobody", "The specified string is not in the form required for an e-mail address."),
        ("-To 'a@b.example;c@d.example'", "An invalid character was found in the mail header: ';'."),
        ("-To a@b.example -Port 1", "Unable to connect to the remote server"),
        ("-To a@b.example -UseSsl", "Server does not support secure connections."),
        ("-To a@b.example -Attachments C:\\none.txt", "Could not find file 'C:\\none.txt'."),
        ("-To a@b.example -Body ''", "Cannot validate argument on parameter 'Body'. The argument is null or empty."),
        ("-To a@b.example -Encoding Klingon", "Cannot process argument transformation on parameter 'Encoding'."),
    ],
)
def test_what_goes_wrong(open_relay, run, arguments, message):
    shown = run(open_relay(), f"Send-MailMessage {MAIL} {arguments}")
    assert shown[0].startswith(f"Send-MailMessage : {message}")
    assert any(line.endswith(",Microsoft.PowerShell.Commands.SendMailMessage") for line in shown)


def test_version_2_knows_no_port(relay, run):
    shown = run(relay("2008r2"), f"Send-MailMessage -To a@b.example -Port 25 {MAIL}")
    assert shown[0] == "Send-MailMessage : A parameter cannot be found that matches parameter name 'Port'."


def test_a_server_that_wants_a_login_says_so_at_mail(open_relay, run):
    host = open_relay()
    host.set(AuthFlags=2)
    login = "$c = New-Object PSCredential 'app', (ConvertTo-SecureString WORD -AsPlainText -Force)"
    send = f"Send-MailMessage -To x@a.example {MAIL}"
    script = f"{send}; {login.replace('WORD', 'wrong')}; {send} -Credential $c"
    refusals = [line for line in run(host, script) if line.startswith("Send-MailMessage :")]
    assert len(refusals) == 2
    assert all("The server response was: 5.7.3 Client was not authenticated." in line for line in refusals)
    assert run(host, f"{login.replace('WORD', 'secret')}; {send} -Credential $c") == []
    assert queued(host)["To"] == "x@a.example"


def test_tls_asks_for_a_certificate_that_the_machine_trusts(open_relay, run):
    host = open_relay()
    made = host.add_certificate("127.0.0.1", host.machine.fqdn)
    host.set(AccessSSLFlags=8)
    send = f"Send-MailMessage -To x@a.example {MAIL}"
    secure = "The SMTP server requires a secure connection or the client was not authenticated."
    assert run(host, send)[0] == (
        f"Send-MailMessage : {secure} The server response was: 5.7.0 Must issue a STARTTLS command first"
    )
    refusal = run(host, f"{send} -UseSsl")
    message = "The remote certificate is invalid according to the validation procedure."
    assert refusal[0] == f"Send-MailMessage : {message}"
    assert refusal[-2].endswith(": AuthenticationException,Microsoft.PowerShell.Commands.SendMailMessage")
    host.machine.certificates.add("LocalMachine", "Root", made)
    assert run(host, f"{send} -UseSsl") == []
    assert "Microsoft SMTPSVC" in queued(host)["Received"]


def test_starttls_obeys_schannel_and_the_protocols_of_the_process(relay, run, tls_smart_host):
    host, target = relay("2008r2"), tls_smart_host("TLS 1.2")
    send = f"""
        $smtp = New-Object Net.Mail.SmtpClient 'localhost', {target.port}
        $smtp.EnableSsl = $true
        try {{ $smtp.Send('a@b.example', 'c@d.example', 'secured', 'body'); 'sent' }} catch {{ {CAUSES} }}"""
    shown = run(host, CALLBACK + send)
    assert shown[:3] == ["AuthenticationException", "A call to SSPI failed, see inner exception.", "Win32Exception"]
    for name, value in (("Enabled", 1), ("DisabledByDefault", 0)):
        host.machine.registry.set(SCHANNEL, name, value)
    assert run(host, CALLBACK + send) == ["sent"]
    old = "[Net.ServicePointManager]::SecurityProtocol = 'Tls'; "
    assert run(host, CALLBACK + old + send)[0] == "AuthenticationException"
    assert target.versions == ["TLSv1.2"]
    assert target.commands[-2:] != ["DATA", "QUIT"]
    assert sent(target.messages[0])["Subject"] == "secured"


def test_a_message_made_of_objects(smart_host, relay, run):
    host, target = relay(), smart_host(extensions=("AUTH LOGIN",))
    script = f"""
        $message = New-Object System.Net.Mail.MailMessage 'app@contoso.example', 'a@b.example,"C, D" <c@d.example>'
        $message.To.Add((New-Object Net.Mail.MailAddress 'e@f.example', 'Eve'))
        $message.ReplyToList.Add('r@s.example')
        $message.Subject = 'objects'
        $message.Body = '<img src="cid:logo">'
        $message.IsBodyHtml = $true
        $message.Headers.Add('X-Origin', 'script')
        $stream = New-Object IO.MemoryStream (,[byte[]](1, 2, 255))
        $logo = New-Object Net.Mail.Attachment $stream, 'logo.png', 'image/png'
        $logo.ContentId = 'logo'
        $logo.ContentDisposition.Inline = $true
        $message.Attachments.Add($logo)
        $message.Attachments.Add([Net.Mail.Attachment]::CreateAttachmentFromString('größer', 'note.txt'))
        $smtp = New-Object Net.Mail.SmtpClient
        $smtp.Host, $smtp.Port = 'localhost', {target.port}
        $smtp.Credentials = New-Object Net.NetworkCredential 'app', 'secret', 'CONTOSO'
        $smtp.Send($message)
        $message.To.Count, $message.To[1].DisplayName, [string]$message.From, $smtp.Timeout
        $message.Dispose(); $smtp.Dispose()"""
    assert run(host, script) == ["3", "C, D", "app@contoso.example", "100000"]
    user = base64.b64encode(b"CONTOSO\\app").decode()
    assert target.commands[1:3] == [f"AUTH login {user}", base64.b64encode(b"secret").decode()]
    message = sent(target.messages[0])
    assert (message["To"], message["Reply-To"]) == (
        'a@b.example, "C, D" <c@d.example>, Eve <e@f.example>',
        "r@s.example",
    )
    assert message["X-Origin"] == "script"
    body, logo, note = message.iter_parts()
    assert body.get_content_type() == "text/html"
    assert (logo["Content-ID"], logo.get_content_disposition(), logo.get_content()) == (
        "<logo>", "inline", b"\1\2\xff",
    )  # fmt: skip
    assert (note.get_filename(), note.get_content()) == ("note.txt", "größer")


@pytest.mark.parametrize(
    ("answers", "causes"),
    [
        (
            {"EHLO": "500 what?", "HELO": "421 4.3.2 bye"},
            ["Service not available, closing transmission channel. The server response was: 4.3.2 bye"],
        ),
        ({"MAIL": "552 5.3.4 too big"}, ["Exceeded storage allocation. The server response was: 5.3.4 too big"]),
        ({"RCPT": "554 5.7.1 no"}, ["Transaction failed. The server response was: 5.7.1 no"]),
        ({"DATA": "451 4.7.0 later"}, ["Error in processing. The server response was: 4.7.0 later"]),
        ({"DATA": "250 2.0.0 ok"}, ["The server committed a protocol violation. The server response was: 2.0.0 ok"]),
        ({"MAIL": "nonsense"}, ["Failure sending mail.", "Smtp server returned an invalid response."]),
    ],
)
def test_answers_of_servers_in_the_words_of_net(smart_host, relay, run, answers, causes):
    target = smart_host(answers=answers)
    script = f"""
        $smtp = New-Object Net.Mail.SmtpClient 'localhost', {target.port}
        try {{ $smtp.Send('a@b.example', 'c@d.example', 's', 'b') }} catch {{ {CAUSES} }}"""
    assert run(relay(), script)[1::2] == causes


def test_failures_below_smtp(serve, relay, run):
    def hang_up(connection):
        connection.sendall(b"220 hello\r\n")
        connection.recv(100)

    def say_nothing(connection):
        connection.recv(100)

    script = """
        foreach ($port in HANGS_UP, SILENT, 1) {
            $smtp = New-Object Net.Mail.SmtpClient 'localhost', $port
            if ($port -eq SILENT) { $smtp.Timeout = 50 }
            try { $smtp.Send('a@b.example', 'c@d.example', 's', 'b') } catch { CAUSES }
        }
        try { (New-Object Net.Mail.SmtpClient).Send('a@b.example', 'c@d.example', 's', 'b') } catch { CAUSES }"""
    for word, text in (("HANGS_UP", serve(hang_up).port), ("SILENT", serve(say_nothing).port), ("CAUSES", CAUSES)):
        script = script.replace(word, str(text))
    refused = "No connection could be made because the target machine actively refused it 127.0.0.1:1"
    assert run(relay(), script) == [
        "SmtpException", "Failure sending mail.", "IOException",
        "Unable to read data from the transport connection: net_io_connectionclosed.",
        "SmtpException", "The operation has timed out.",
        "SmtpException", "Failure sending mail.", "WebException", "Unable to connect to the remote server",
        "SocketException", refused,
        "InvalidOperationException", "The SMTP host was not specified.",
    ]  # fmt: skip


def test_a_pickup_folder(relay, run):
    host = relay()
    script = """
        $smtp = New-Object Net.Mail.SmtpClient
        $smtp.DeliveryMethod = 'PickupDirectoryFromIis'
        $smtp.Send('app@contoso.example', 'a@b.example, c@d.example', 'picked', 'up')
        $smtp.DeliveryMethod = 'SpecifiedPickupDirectory'
        $smtp.PickupDirectoryLocation = 'mail'
        try { $smtp.Send('app@contoso.example', 'a@b.example', 's', 'b') } catch { CAUSES }"""
    shown = run(host, script.replace("CAUSES", CAUSES))
    assert shown == ["SmtpException", "Only absolute directories are allowed for pickup directory."]
    (text,) = host.folder("Pickup")
    message = email.message_from_string(text)
    assert message["X-Sender"] == "app@contoso.example"
    assert message.get_all("X-Receiver") == ["a@b.example", "c@d.example"]
    host.service.refresh()
    assert host.folder("Pickup") == []
    message = queued(host)
    assert message["Received"].startswith("from mail pickup service by RELAY01.lab.example with Microsoft SMTPSVC;")
    assert (message["X-Sender"], message["X-Receiver"], message["To"]) == (None, None, "a@b.example, c@d.example")


def test_a_text_file_in_the_pickup_folder_goes_to_the_smart_host(relay, smart_host, run, until):
    host, target = relay(), smart_host()
    host.relay_through(target.port)
    host.set(RelayIpList=NOBODY)
    script = r"""
        'From: app@contoso.example', 'To: a@b.example, me@relay01.lab.example', 'Bcc: c@d.example', 'Subject: test', '',
        'picked up' | Set-Content C:\inetpub\mailroot\Pickup\test.txt
        'no mail' | Set-Content C:\inetpub\mailroot\Pickup\other.txt"""
    assert run(host, script) == []
    host.service.refresh()
    until(lambda: target.messages)
    assert target.commands[1].startswith("MAIL FROM:<app@contoso.example>")
    assert target.commands[2:4] == ["RCPT TO:<a@b.example>", "RCPT TO:<c@d.example>"]
    assert (sent(target.messages[0])["Subject"], sent(target.messages[0])["Bcc"]) == ("test", None)
    assert "picked up" in host.folder("Drop")[0]
    assert "The message in the pickup folder names no recipient." in "".join(host.folder("Badmail"))
    assert host.folder("Pickup") == []


def test_a_server_that_is_not_to_pick_up_mail_leaves_it(relay, run):
    host = relay()
    host.set(ShouldPickupMail=False)
    run(host, r"'To: a@b.example' | Set-Content C:\inetpub\mailroot\Pickup\test.txt")
    host.service.refresh()
    assert len(host.folder("Pickup")) == 1
