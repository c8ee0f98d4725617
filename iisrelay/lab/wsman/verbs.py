"""The shell verbs of [MS-WSMV] 3.1.4: each takes a message and gives the body of its answer."""

import asyncio
import base64
import binascii
import time
from collections.abc import Awaitable, Callable
from xml.sax.saxutils import escape

from iisrelay.lab.wsman import faults
from iisrelay.lab.wsman.pipes import InputPipe, Lock, OutputPipe, Turn
from iisrelay.lab.wsman.policy import Policy
from iisrelay.lab.wsman.shells import (
    COMMAND_PROCESSOR_LIMIT,
    DEFAULT_CODE_PAGE,
    PROCESS_LIMIT,
    Command,
    Process,
    Run,
    Shell,
    ShellTable,
    new_identifier,
)
from iisrelay.lab.wsman.soap import COMMAND_SHELL, SHELL, TRANSFER, Message, seconds

STATE = f"{SHELL}/CommandState"
TERMINATING_SIGNALS = ("terminate", "ctrl_c", "ctrl_break")


class ShellService:
    """The command shells of one host. ``run`` runs a process, and ``lock`` is held while it does."""

    def __init__(self, name: str, policy: Policy, run: Run, lock: Lock) -> None:
        self._name = name
        self._policy = policy
        self._run = run
        self._lock = lock
        self.shells = ShellTable(policy.max_shells_per_user)
        self._verbs: dict[str, Callable[[Message, str], Awaitable[str]]] = {
            f"{TRANSFER}/Create": self._create,
            f"{TRANSFER}/Get": self._get,
            f"{TRANSFER}/Delete": self._delete,
            f"{SHELL}/Command": self._command,
            f"{SHELL}/Send": self._send,
            f"{SHELL}/Receive": self._receive,
            f"{SHELL}/Signal": self._signal,
        }

    async def answer(self, message: Message, user: str) -> str:
        """Do what a message asks for.

        Raises:
            WsManFault: it cannot be done.
        """
        if message.resource_uri.lower() not in (COMMAND_SHELL, SHELL):
            raise faults.unknown_resource(message.resource_uri)
        verb = self._verbs.get(message.action)
        if verb is None:
            raise faults.unsupported_action(message.action)
        return await verb(message, user)

    async def _create(self, message: Message, user: str) -> str:
        wanted = message.body.find(f"{{{SHELL}}}Shell")
        if wanted is None:
            raise faults.invalid_xml("a Create without a Shell")
        shell = Shell(
            identifier=(wanted.get("ShellId") or new_identifier()).upper(),
            owner=user,
            environment={item.get("Name", ""): item.text or "" for item in wanted.iter(f"{{{SHELL}}}Variable")},
            current_directory=wanted.findtext(f"{{{SHELL}}}WorkingDirectory"),
            code_page=_number(message.options.get("WINRS_CODEPAGE", ""), DEFAULT_CODE_PAGE),
            idle_timeout_s=seconds(wanted.findtext(f"{{{SHELL}}}IdleTimeOut") or "", self._policy.idle_timeout_s),
        )
        self.shells.add(shell)
        return (
            f"<x:ResourceCreated><a:Address>http://{escape(self._name)}:5985/wsman</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{COMMAND_SHELL}</w:ResourceURI><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{shell.identifier}</w:Selector></w:SelectorSet></a:ReferenceParameters>'
            "</x:ResourceCreated>" + _describe(shell)
        )

    async def _get(self, message: Message, _user: str) -> str:
        return _describe(self._shell(message))

    async def _delete(self, message: Message, _user: str) -> str:
        self.shells.remove(message.selectors.get("shellid", ""))
        return ""

    def _shell(self, message: Message) -> Shell:
        return self.shells.get(message.selectors.get("shellid", ""))

    async def _command(self, message: Message, _user: str) -> str:
        shell = self._shell(message)
        wanted = message.body.find(f"{{{SHELL}}}CommandLine")
        if wanted is None:
            raise faults.invalid_xml("a Command without a CommandLine")
        words = [wanted.findtext(f"{{{SHELL}}}Command") or ""]
        words += [argument.text or "" for argument in wanted.findall(f"{{{SHELL}}}Arguments")]
        process = self._process(shell, " ".join(words).strip(), _flag(message, "WINRS_CONSOLEMODE_STDIN"))
        command = Command((wanted.get("CommandId") or new_identifier()).upper(), process, self._run)
        shell.commands[command.identifier] = command
        limit = PROCESS_LIMIT if _flag(message, "WINRS_SKIP_CMD_SHELL") else COMMAND_PROCESSOR_LIMIT
        if len(process.line) > limit:
            command.refuse("The command line is too long.\r\n")
        else:
            command.start()
        return f"<rsp:CommandResponse><rsp:CommandId>{command.identifier}</rsp:CommandId></rsp:CommandResponse>"

    def _process(self, shell: Shell, line: str, is_console: bool) -> Process:
        return Process(
            line=line,
            user=shell.owner,
            environment=dict(shell.environment),
            current_directory=shell.current_directory,
            turn=Turn(self._lock),
            stdin=InputPipe(shell.code_page, is_console=is_console),
            stdout=OutputPipe(shell.code_page, asyncio.get_running_loop()),
        )

    async def _send(self, message: Message, _user: str) -> str:
        shell = self._shell(message)
        for stream in message.body.iter(f"{{{SHELL}}}Stream"):
            stdin = shell.command(stream.get("CommandId", "")).process.stdin
            if stdin.is_closed:
                raise faults.pipe_closing()
            try:
                data = base64.b64decode(stream.text or "")
            except binascii.Error as error:
                raise faults.invalid_xml(str(error)) from error
            stdin.feed(data, end=stream.get("End", "").lower() in ("true", "1"))
        return "<rsp:SendResponse/>"

    async def _receive(self, message: Message, _user: str) -> str:
        wanted = message.body.find(f"{{{SHELL}}}Receive/{{{SHELL}}}DesiredStream")
        if wanted is None:
            raise faults.invalid_xml("a Receive without a DesiredStream")
        command = self._shell(message).command(wanted.get("CommandId", ""))
        output = await command.output(message.operation_timeout_s)
        return f"<rsp:ReceiveResponse>{_streams(command, output)}{_state(command)}</rsp:ReceiveResponse>"

    async def _signal(self, message: Message, _user: str) -> str:
        shell = self._shell(message)
        signal = message.body.find(f"{{{SHELL}}}Signal")
        if signal is None:
            raise faults.invalid_xml("a Signal without a Signal")
        command = shell.command(signal.get("CommandId", ""))
        code = (signal.findtext(f"{{{SHELL}}}Code") or "").rsplit("/", 1)[-1].lower()
        if code in TERMINATING_SIGNALS:
            command.terminate()
        if code == "terminate":
            del shell.commands[command.identifier]
        return "<rsp:SignalResponse/>"


def _flag(message: Message, option: str) -> bool:
    # [MS-WSMV] 2.2.4: both options are false unless they are sent.
    return message.options.get(option, "").strip().lower() in ("true", "1")


def _number(text: str, default: int) -> int:
    return int(text) if text.strip().isdigit() else default


def _describe(shell: Shell) -> str:
    now = time.monotonic()
    return (
        f"<rsp:Shell><rsp:ShellId>{shell.identifier}</rsp:ShellId><rsp:ResourceUri>{COMMAND_SHELL}</rsp:ResourceUri>"
        f"<rsp:Owner>{escape(shell.owner)}</rsp:Owner><rsp:ClientIP>127.0.0.1</rsp:ClientIP>"
        f"<rsp:IdleTimeOut>PT{shell.idle_timeout_s:.3f}S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>"
        f"<rsp:OutputStreams>stdout stderr</rsp:OutputStreams><rsp:ShellRunTime>PT{now - shell.created:.0f}S"
        f"</rsp:ShellRunTime><rsp:ShellInactivity>PT{now - shell.used:.0f}S</rsp:ShellInactivity></rsp:Shell>"
    )


def _streams(command: Command, output: dict[str, bytes]) -> str:
    text = ""
    for name, data in output.items():
        head = f'<rsp:Stream Name="{name}" CommandId="{command.identifier}"'
        if data:
            text += f"{head}>{base64.b64encode(data).decode()}</rsp:Stream>"
        if command.is_done:
            text += f'{head} End="true"/>'
    return text


def _state(command: Command) -> str:
    if not command.is_done:
        return f'<rsp:CommandState CommandId="{command.identifier}" State="{STATE}/Running"/>'
    exit_code = (command.exit_code or 0) & 0xFFFFFFFF
    if exit_code >= 0x80000000:
        exit_code -= 0x100000000  # a DWORD on Windows, a signed number on the wire
    return (
        f'<rsp:CommandState CommandId="{command.identifier}" State="{STATE}/Done">'
        f"<rsp:ExitCode>{exit_code}</rsp:ExitCode></rsp:CommandState>"
    )
