"""SOAP envelopes of WS-Management: reading requests, writing responses and faults."""

import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from xml.sax.saxutils import escape

from iisrelay.lab.wsman.faults import WsManFault, invalid_xml

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
COMMAND_SHELL = f"{SHELL}/cmd"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
FAULT_DETAIL = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
DEFAULT_OPERATION_TIMEOUT_S = 60.0

DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$")


@dataclass(frozen=True)
class Message:
    """A request as the shell verbs see it; selectors are by lower-case name, options by upper-case name."""

    action: str
    message_id: str
    resource_uri: str
    selectors: Mapping[str, str]
    options: Mapping[str, str]
    operation_timeout_s: float
    body: ET.Element

    @classmethod
    def parse(cls, envelope: bytes) -> Self:
        """Read an envelope.

        Raises:
            WsManFault: it is not one.
        """
        header, body = _header_and_body(envelope)
        headers = {element.tag: element for element in header}
        return cls(
            action=_text(headers, f"{{{ADDRESSING}}}Action"),
            message_id=_text(headers, f"{{{ADDRESSING}}}MessageID"),
            resource_uri=_text(headers, f"{{{WSMAN}}}ResourceURI"),
            selectors={name.lower(): text for name, text in _named(headers, "SelectorSet")},
            options={name.upper(): text for name, text in _named(headers, "OptionSet")},
            operation_timeout_s=seconds(_text(headers, f"{{{WSMAN}}}OperationTimeout"), DEFAULT_OPERATION_TIMEOUT_S),
            body=body,
        )

    @property
    def is_identify(self) -> bool:
        """Tell whether the client asks what kind of service this is."""
        return len(self.body) > 0 and self.body[0].tag == f"{{{IDENTITY}}}Identify"


def _header_and_body(envelope: bytes) -> tuple[ET.Element, ET.Element]:
    try:
        root = ET.fromstring(envelope)  # noqa: S314 - expat bounds entity expansion, and the peer is on loopback
    except ET.ParseError as error:
        raise invalid_xml(str(error)) from error
    header, body = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
    if body is None:
        raise invalid_xml("no body")
    return (ET.Element("Header") if header is None else header), body


def _text(headers: Mapping[str, ET.Element], tag: str) -> str:
    element = headers.get(tag)
    return (element.text or "").strip() if element is not None else ""


def _named(headers: Mapping[str, ET.Element], tag: str) -> list[tuple[str, str]]:
    return [(item.get("Name", ""), item.text or "") for item in headers.get(f"{{{WSMAN}}}{tag}", ())]


def seconds(duration: str, default: float) -> float:
    """Read an XML duration such as PT20S."""
    match = DURATION.match(duration)
    if not match or not duration:
        return default
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def response(message: Message, body: str) -> bytes:
    """Write the answer to a message."""
    return _envelope(f"{message.action}Response", message.message_id, body)


def fault(message_id: str, error: WsManFault, machine: str) -> bytes:
    """Write a fault as the answer to a message."""
    text = escape(error.message)
    side = "s:Sender" if error.sender else "s:Receiver"
    body = (
        f"<s:Fault><s:Code><s:Value>{side}</s:Value><s:Subcode><s:Value>{error.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason><s:Detail>'
        f'<f:WSManFault xmlns:f="{FAULT_DETAIL}" Code="{error.code}" Machine="{escape(machine)}">'
        f"<f:Message>{text}</f:Message></f:WSManFault></s:Detail></s:Fault>"
    )
    return _envelope(FAULT_ACTION, message_id, body)


def _envelope(action: str, relates_to: str, body: str) -> bytes:
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:x="{TRANSFER}" xmlns:w="{WSMAN}" '
        f'xmlns:rsp="{SHELL}"><s:Header><a:Action>{escape(action)}</a:Action>'
        f"<a:MessageID>uuid:{str(uuid.uuid4()).upper()}</a:MessageID><a:To>{ADDRESSING}/role/anonymous</a:To>"
        f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def identify_response(build: str, stack: str) -> bytes:
    """Write the answer to Identify."""
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header/><s:Body><wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY}">'
        f"<wsmid:ProtocolVersion>{WSMAN}</wsmid:ProtocolVersion>"
        f"<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor>"
        f"<wsmid:ProductVersion>OS: {escape(build)} SP: 0.0 Stack: {stack}</wsmid:ProductVersion>"
        "</wsmid:IdentifyResponse></s:Body></s:Envelope>"
    ).encode()
