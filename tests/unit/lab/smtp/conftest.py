"""A machine with a running SMTP service, clients for it, and smart hosts."""

import contextlib
import datetime as dt
import time

import pytest

from iisrelay.lab.smtp import SmtpService
from iisrelay.lab.smtp.wire import Wire
from iisrelay.lab.windows.certificates import self_signed
from iisrelay.lab.windows.machine import Machine
from iisrelay.settings.relay_list import encode
from iisrelay.settings.stored import AccessList

EVERYBODY = AccessList(grant_by_default=True)
WAIT_S = 10


def wait_until(condition):
    """Wait for something that another thread does."""
    deadline = time.monotonic() + WAIT_S
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return found


class Relay:
    """A machine whose SMTP service runs."""

    def __init__(self, windows="2019"):
        self.machine = Machine.create("RELAY01", windows, smtp=True)
        self.service = SmtpService(self.machine, logon=lambda user, password: (user, password) == ("app", "secret"))
        self.set(LogType=0)
        self.start()

    @property
    def key(self):
        return self.machine.metabase.open("SmtpSvc/1")

    def set(self, **values):
        for name, value in values.items():
            blob = encode(value) if isinstance(value, AccessList) else value
            self.machine.metabase.write(self.key, name, blob)

    def start(self):
        self.machine.services.start(self.machine.services.find("SMTPSVC"))
        self.service.refresh()

    def stop(self):
        self.machine.services.stop(self.machine.services.find("SMTPSVC"), force=True)
        self.service.refresh()

    def restart(self, *, reboot=False):
        if reboot:
            self.machine.restart()
        else:
            self.machine.services.stop(self.machine.services.find("IISADMIN"), force=True)
        self.start()

    def add_certificate(self, *names):
        now = self.machine.clock.now()
        made = self_signed(names or (self.machine.fqdn,), now=now, ends=now + dt.timedelta(days=10))
        self.machine.certificates.add("LocalMachine", "My", made)
        return made

    def relay_through(self, port, **values):
        """Send everything to a smart host on loopback, for everybody."""
        self.set(
            SmartHost="[127.0.0.1]", SmartHostType=2, RemoteSmtpPort=port, RelayIpList=EVERYBODY,
            SmtpOutboundCommandSupportOptions=7697601, **values,
        )  # fmt: skip

    def folder(self, name):
        """Give the contents of the files in a mail folder."""
        path = rf"C:\inetpub\mailroot\{name}"
        return [self.machine.files.read_text(f"{path}\\{file}") for file in self.machine.files.list(path)]

    def events(self):
        return [record.message for record in self.machine.event_log.newest("System") if record.source == "SMTPSVC"]

    def connect(self, host="127.0.0.1", port=25):
        return Client(self.machine.network.connect(host, port))


class Client:
    """Speaks SMTP line by line."""

    def __init__(self, connection):
        self.wire = Wire(connection, WAIT_S)

    def __enter__(self):
        try:
            self.banner = self.read()
        except Exception:
            self.wire.close()
            raise
        return self

    def __exit__(self, *_):
        self.wire.close()

    def read(self):
        lines = [self.wire.read_line().decode()]
        while lines[-1][3:4] == "-":
            lines.append(self.wire.read_line().decode())
        return "\n".join(lines)

    def say(self, line):
        self.wire.write_line(line)
        return self.read()

    def send(self, *recipients, sender="app@contoso.example", content="Subject: test\r\n\r\nhello"):
        """Hand a message over; gives the last answer."""
        self.say(f"MAIL FROM:<{sender}>")
        for recipient in recipients:
            answer = self.say(f"RCPT TO:<{recipient}>")
        if answer[0] != "2":
            return answer
        self.say("DATA")
        return self.say(f"{content}\r\n.")


class SmartHost:
    """Takes mail and notes how it came: commands, envelope, content, TLS version."""

    def __init__(self, context=None, *, extensions=("SIZE 1000000",), answers=None):
        self.context = context
        self.extensions = extensions
        self.answers = answers or {}
        self.commands = []
        self.versions = []
        self.messages = []

    def __call__(self, connection):
        wire = Wire(connection, WAIT_S)
        with contextlib.closing(wire), contextlib.suppress(EOFError):
            wire.write_line("220 smarthost.example ESMTP")
            while True:
                self.answer(wire, wire.read_line().decode())

    def answer(self, wire, line):
        verb = line.partition(" ")[0].upper()
        self.commands.append(line)
        own = next((answer for start, answer in self.answers.items() if line.startswith(start)), None)
        if own:
            wire.write_line(own)
        elif verb == "EHLO":
            extensions = [*self.extensions, *(["STARTTLS"] if self.context and not wire.tls_version else [])]
            lines = ["smarthost.example", *extensions]
            wire.write_line("\r\n".join(f"250{'-' if item != lines[-1] else ' '}{item}" for item in lines))
        elif verb == "STARTTLS":
            wire.write_line("220 go ahead")
            wire.start_tls(self.context, server_side=True)
            self.versions.append(wire.tls_version)
        elif verb == "AUTH":
            if len(line.split()) == 2:  # else the user stands in the command
                wire.write_line("334 VXNlcm5hbWU6")
                self.commands.append(wire.read_line().decode())
            wire.write_line("334 UGFzc3dvcmQ6")
            self.commands.append(wire.read_line().decode())
            wire.write_line("235 welcome")
        elif verb == "DATA":
            wire.write_line("354 go on")
            lines = []
            while (text := wire.read_line()) != b".":
                lines.append(text)
            self.messages.append(b"\r\n".join(lines).decode())
            wire.write_line("250 taken")
        else:
            wire.write_line("221 bye" if verb == "QUIT" else "250 fine")


@pytest.fixture
def relay():
    """Give the function that makes relays, which end with the test."""
    made = []

    def make(windows="2019"):
        made.append(Relay(windows))
        return made[-1]

    yield make
    for each in made:
        each.service.close()


@pytest.fixture
def smart_host(serve):
    """Give the function that starts smart hosts; each has its ``port``."""

    def start(context=None, **options):
        host = SmartHost(context, **options)
        host.port = serve(host).port
        return host

    return start


@pytest.fixture
def tls_smart_host(smart_host, server_context):
    """Give the function that starts smart hosts which speak some versions of TLS."""
    return lambda *protocols, **options: smart_host(server_context(*protocols), **options)


@pytest.fixture
def until():
    return wait_until
