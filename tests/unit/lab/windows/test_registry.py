import json

import pytest

from iisrelay.lab.windows.registry import Registry, ValueKind


@pytest.fixture
def registry():
    return Registry("S-1-5-21-1-2-3-500")


def test_names_are_case_insensitive_and_keep_their_case(registry):
    registry.set(r"HKLM\Software\Contoso", "Limit", 5)
    assert registry.get(r"hkey_local_machine\SOFTWARE\contoso", "LIMIT") == 5
    assert registry.open(r"HKLM\SOFTWARE").subkey_names() == ["Contoso"]


@pytest.mark.parametrize(
    ("path", "canonical"),
    [
        (r"HKLM:\SYSTEM\ControlSet001\Services", r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services"),
        ("HKCU\\Software", "HKEY_USERS\\S-1-5-21-1-2-3-500\\Software"),
        ("HKCR\\.txt", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\.txt"),
        ("HKLM", "HKEY_LOCAL_MACHINE"),
    ],
)
def test_links_lead_to_one_key(registry, path, canonical):
    assert registry.canonical(path) == canonical


def test_the_32_bit_view_is_redirected_below_software_only(registry):
    registry.create(r"HKLM\SOFTWARE\X", view=32).set("a", ValueKind.String, "32")
    assert registry.get(r"HKLM\SOFTWARE\Wow6432Node\X", "a") == "32"
    assert registry.open(r"HKLM\SOFTWARE\X") is None
    assert registry.canonical(r"HKLM\SOFTWARE\Wow6432Node\X", 32) == registry.canonical(r"HKLM\SOFTWARE\X", 32)
    assert registry.canonical(r"HKLM\SYSTEM\X", 32) == registry.canonical(r"HKLM\SYSTEM\X")


def test_deleting_a_key_takes_what_is_below(registry):
    registry.create(r"HKLM\SOFTWARE\A\B")
    assert registry.delete(r"HKLM\SOFTWARE\A")
    assert registry.open(r"HKLM\SOFTWARE\A\B") is None
    assert not registry.delete(r"HKLM\SOFTWARE\A")


def test_kinds_survive_json(registry):
    data = {"s": "x", "d": 0xFFFFFFFF, "m": ("a", "b"), "b": b"\x00\xff"}
    for name, value in data.items():
        registry.set(r"HKLM\SOFTWARE\K", name, value)
    registry.set(r"HKLM\SOFTWARE\K", "e", "%windir%", ValueKind.ExpandString)
    registry.set(r"HKLM\SOFTWARE\K", "q", 2**40, ValueKind.QWord)
    other = Registry(registry.user_sid)
    other.load_json(json.loads(json.dumps(registry.to_json())))
    assert other.roots == registry.roots
