from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.metabase.acl import AccessControl, AccessEntry
from iisrelay.lab.windows.metabase.document import write_document
from iisrelay.lab.windows.metabase.document_reading import read_document
from iisrelay.lab.windows.metabase.failures import NO_SESSION_KEY, READ_METABASE_FILE
from iisrelay.lab.windows.metabase.lookup import write
from iisrelay.lab.windows.metabase.schema import class_property
from iisrelay.lab.windows.metabase.sealing import Sealer
from iisrelay.lab.windows.metabase.tree import Key, Record

FILE = r"C:\Windows\System32\inetsrv\MetaBase.xml"


@pytest.fixture
def text(machine):
    """Give the function that saves and reads the file."""

    def read() -> str:
        machine.metabase.save_to_disk()
        return machine.files.read_text(FILE)

    return read


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text.replace('version ="1.0"', 'version="1.0"'))  # noqa: S314 - our own text


def element(text: str, location: str) -> ET.Element:
    root = parsed(text)
    return next(item for item in root[0] if item.get("Location") == location)


def local_name(item: ET.Element) -> str:
    return item.tag.rpartition("}")[2]


def records(metabase) -> dict[str, dict[str, Record]]:
    return {key.path: key.records for key in metabase.root.walk()}


def edit(machine, old: str, new: str) -> None:
    """Edit the file as administrators do: with the services stopped."""
    admin = machine.services.find("IISADMIN")
    machine.services.stop(admin, force=True)
    text = machine.files.read_text(FILE)
    assert old in text
    machine.files.write_text(FILE, text.replace(old, new))
    machine.services.start(admin)


def test_elements_are_named_by_class_and_hold_what_the_key_holds(metabase, text):
    metabase.write(metabase.open("SmtpSvc/1"), "ServerComment", 'CRM "billing" & <more>')

    server = element(text(), "/LM/SmtpSvc/1")

    assert local_name(server) == "IIsSmtpServer"
    assert server.get("ServerBindings") == ":25:"
    assert server.get("ServerAutoStart") == "TRUE"
    assert server.get("ServerComment") == 'CRM "billing" & <more>'
    assert "HopCount" not in server.attrib
    assert list(server.attrib)[1:] == sorted(list(server.attrib)[1:])


def test_values_in_their_written_forms(text):
    service = element(text(), "/LM/SmtpSvc")

    assert service.get("ConnectionTimeout") == "600"
    assert service.get("SmtpRemoteProgressiveRetry") == "15,30,60,240"
    assert service.get("EnableReverseDnsLookup") == "FALSE"
    assert service.get("DomainRouting") == ""
    assert service.get("RelayForAuth") == "4294967295"
    assert service.get("LogExtFileFlags").split(" | ")[0] == "LogExtFileTime"


def test_a_value_of_another_user_type_is_custom(text):
    custom = element(text(), "/LM/SmtpSvc")[0]

    assert local_name(custom) == "Custom"
    assert custom.attrib == {
        "Name": "AuthFlags",
        "ID": "6000",
        "Value": "AuthAnonymous",
        "Type": "DWORD",
        "UserType": "IIS_MD_UT_SERVER",
        "Attributes": "INHERIT",
    }


def test_passwords_are_ciphertext_and_volatile_values_are_not_written(metabase, text):
    metabase.write(metabase.open("SmtpSvc/1"), "RoutePassword", "s3cret-marker")
    metabase.virtual_servers.start(metabase.open("SmtpSvc/1"))

    saved = text()

    assert "s3cret-marker" not in saved
    assert bytes.fromhex(element(saved, "/LM/SmtpSvc/1").get("RoutePassword"))
    assert "ServerState" not in saved


def test_a_history_is_kept(machine, metabase):
    for _ in range(12):
        metabase.save_to_disk()

    names = machine.files.list(r"C:\Windows\System32\inetsrv\History")

    assert len([name for name in names if name.startswith("MetaBase_")]) == 10
    assert "MetaBase_0000000013_0000000000.xml" in names


def test_an_edit_while_the_services_are_stopped_counts(machine, metabase, value):
    metabase.write(metabase.open("SmtpSvc/1"), "RoutePassword", "kept")
    before = records(metabase)

    edit(machine, 'HopCount="15"', 'HopCount="22"')

    assert value("SmtpSvc/1", "HopCount") == 22
    assert value("SmtpSvc/1", "RoutePassword") == "kept"
    metabase.write(metabase.open("SmtpSvc"), "HopCount", 15)
    assert records(metabase) == before


def test_an_empty_relay_list_in_the_file_is_an_empty_blob(make_machine):
    machine = make_machine("2022")
    edit(machine, 'ServerAutoStart="TRUE"', 'RelayIpList=""\r\n\t\tServerAutoStart="TRUE"')

    metabase = machine.metabase
    assert metabase.read(metabase.open("SmtpSvc/1"), "RelayIpList").value == b""


def test_an_unedited_file_is_not_read_again(machine, metabase):
    root = metabase.root
    admin = machine.services.find("IISADMIN")
    machine.services.stop(admin, force=True)
    machine.services.start(admin)

    assert metabase.root is root


def test_a_broken_file_keeps_the_service_from_starting(machine):
    admin = machine.services.find("IISADMIN")
    machine.services.stop(admin, force=True)
    machine.files.write_text(FILE, "<configuration><MBProp")

    with pytest.raises(NetError) as caught:
        machine.services.start(admin)

    assert caught.value.hresult == READ_METABASE_FILE
    assert admin.status == "Stopped"


def test_a_file_of_another_machine_loses_its_secrets(metabase, text):
    metabase.write(metabase.open("SmtpSvc/1"), "RoutePassword", "s3cret")
    saved = text()

    root = read_document(saved, Sealer.generate(), drop_foreign_secrets=True)
    server = root.child("LM").child("SmtpSvc").child("1")
    assert "routepassword" not in server.records
    assert "serverbindings" in server.records
    with pytest.raises(NetError) as caught:
        read_document(saved, Sealer.generate())
    assert caught.value.hresult == NO_SESSION_KEY


def test_the_schema_file_names_the_numbers(machine):
    schema = machine.files.read_text(r"C:\Windows\System32\inetsrv\MBSchema.xml")
    root = parsed(schema)
    properties = {item.get("InternalName"): item for item in root.iter() if local_name(item) == "Property"}

    assert properties["HopCount"].get("ID") == "36886"
    assert [flag.get("InternalName") for flag in properties["AuthFlags"]][:2] == ["AuthAnonymous", "AuthBasic"]


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\t\n\r"), max_size=30)
LINES = st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=9))


VALUES = st.fixed_dictionaries(
    {
        "SmartHost": TEXT,
        "RoutePassword": TEXT,
        "ServerBindings": LINES.map(tuple),
        "HopCount": st.integers(0, 2**32 - 1),
        "RelayIpList": st.binary(max_size=40),
        "LogExtFileFlags": st.integers(0, 2**32 - 1),
        "AdminACL": st.just(AccessControl(entries=(AccessEntry(r"CONTOSO\mail; admins", 0x21, denied=True),))),
    }
)


@given(VALUES)
def test_what_is_written_is_read_back(values):
    key = Key("1", "IIsSmtpServer")
    for name, value in values.items():
        write(key, class_property("IIsSmtpServer", name), value)
    root = Key("")
    root.add("LM", "IIsComputer").attach(key)
    sealer = Sealer(b"k" * 32)

    again = read_document(write_document(root.walk(), sealer, 1), sealer)

    assert again.child("LM").child("1").records == key.records
