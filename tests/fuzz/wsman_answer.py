"""What a WinRM host answers with: any envelope or fault is output, or one of our errors; CLIXML is text."""

from functools import cache

import harness

ENVELOPE = b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
SEEDS = (
    b"200 " + ENVELOPE + b'<r:Stream xmlns:r="r" Name="stdout">YQ==</r:Stream>'
    b'<r:CommandState xmlns:r="r" State="x/CommandState/Done"><r:ExitCode>0</r:ExitCode></r:CommandState>'
    b"</s:Body></s:Envelope>",
    b"500 " + ENVELOPE + b"<s:Fault><s:Reason><s:Text>no</s:Text>"
    b'</s:Reason><s:Detail><f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="5"/>'
    b"</s:Detail></s:Fault></s:Body></s:Envelope>",
    b'200 #< CLIXML <Objs xmlns="http://schemas.microsoft.com/powershell/2004/04"><S S="Error">a_x000D_</S></Objs>',
)


@cache
def _shell():
    """Make a shell that sends nothing: its session gives what a property puts there."""
    import requests

    from iisrelay.site.target import Connection
    from iisrelay.transport.shell import RemoteShell

    connection = Connection(kind="winrm", address="h", port=1, https=False, auth="basic", username="u")
    shell = RemoteShell(connection, "p")
    answers = _Answers()
    session = shell._protocol.transport.session = requests.Session()
    session.trust_env = False  # it counts as prepared
    session.mount("http://", answers)
    return shell, answers, connection


def _Answers():  # noqa: N802 - a class, made late so that requests is instrumented
    import io

    from requests import Response
    from requests.adapters import BaseAdapter

    class Answers(BaseAdapter):
        data = b""

        def send(self, request, **_options):
            answer = Response()
            answer.status_code = int(self.data[:3]) if self.data[:3] in (b"200", b"401", b"500") else 200
            answer.headers["Content-Type"] = "application/soap+xml"
            answer.raw = io.BytesIO(self.data[4:])
            answer.request, answer.url = request, request.url
            return answer

        def close(self):
            """Do nothing."""

    return Answers()


def check(data):
    from winrm.exceptions import WinRMOperationTimeoutError

    from iisrelay.errors import IisRelayError
    from iisrelay.transport.clixml import readable
    from iisrelay.transport.mapping import translate

    readable(data.decode("utf-8", "replace"))
    shell, answers, connection = _shell()
    answers.data = data
    shell._alarm.allow(60)
    for ask in (
        shell._protocol.open_shell,
        lambda: shell._protocol.get_command_output_raw("s", "c"),
        lambda: shell._protocol.close_shell("s", close_session=False),
    ):
        try:
            ask()
        except WinRMOperationTimeoutError:
            continue
        except Exception as error:  # noqa: BLE001 - what the transport does with it
            told = translate(error, connection)
            assert isinstance(told, IisRelayError)
            assert told.message.isprintable()
            assert len(told.message) < 600


if __name__ == "__main__":
    harness.fuzz(check, seeds=SEEDS)
