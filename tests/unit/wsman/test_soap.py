import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.wsman import faults, soap
from iisrelay.lab.wsman.encryption import decrypt, encrypt
from iisrelay.lab.wsman.faults import WsManFault


@pytest.mark.parametrize(
    ("text", "expected"),
    [("PT20S", 20), ("PT1M30.5S", 90.5), ("P1DT2H", 93600), ("PT0S", 0), ("", 60), ("20", 60), ("P", 0)],
)
def test_durations(text, expected):
    assert soap.seconds(text, 60) == expected


@pytest.mark.parametrize("envelope", [b"", b"<a", b"<a/>", b"\xff\xfe", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"])
def test_what_is_no_envelope_is_a_fault(envelope):
    with pytest.raises(WsManFault) as caught:
        soap.Message.parse(envelope)
    assert caught.value.status == 400


XML_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")))


@given(XML_TEXT, XML_TEXT)
def test_faults_are_xml_whatever_they_say(message_id, text):
    fault = soap.fault(message_id, WsManFault(5, text, "w:AccessDenied"), "web01")
    root = ET.fromstring(fault)  # noqa: S314 - made a line above
    assert root.findtext(f".//{{{soap.SOAP}}}Text") == text or not text
    assert root.find(f".//{{{soap.FAULT_DETAIL}}}WSManFault").get("Code") == "5"


def test_the_code_that_clients_wait_for():
    assert faults.operation_timeout().code == 2150858793


class Sealed:
    def __init__(self, data):
        self.header, self.data, self.padding_length = b"16 bytes of sign", bytes(byte ^ 0x55 for byte in data), 0


class Context:
    """A security context as simple as can be: the format is under test, not the cipher."""

    def wrap_winrm(self, data):
        return Sealed(data)

    def unwrap_winrm(self, header, data):
        assert header == b"16 bytes of sign"
        return bytes(byte ^ 0x55 for byte in data)


@given(st.binary(max_size=40_000), st.sampled_from(["SPNEGO", "CredSSP", "Kerberos"]))
def test_sealed_bodies_open_again(message, protocol):
    content_type, body = encrypt(
        message, Context(), f'multipart/encrypted;protocol="application/HTTP-{protocol}-session"'
    )
    assert protocol in content_type
    assert decrypt(body, Context()) == message
