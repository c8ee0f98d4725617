import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows import paths
from iisrelay.lab.windows.acl import FULL_CONTROL, MODIFY, READ_AND_EXECUTE, AccessControlList, AccessRule
from iisrelay.lab.windows.clock import Clock
from iisrelay.lab.windows.files import FileSystem


@pytest.fixture
def files():
    system = FileSystem(Clock())
    system.add_drive("C")
    system.add_drive("D", size=1000, used=100)
    return system


@pytest.mark.parametrize(
    ("path", "current", "expected"),
    [
        ("C:/a/../b", "C:\\", "C:\\b"),
        ("c:\\a\\.\\b\\", "C:\\", "C:\\a\\b"),
        ("x", "C:\\Windows", "C:\\Windows\\x"),
        ("\\x", "D:\\a", "D:\\x"),
        ("/", "D:\\a", "D:\\"),
        ("C:x", "C:\\a", "C:\\a\\x"),
        ("D:x", "C:\\a", "D:\\x"),
        ("..\\..\\..", "C:\\a", "C:\\"),
        ("\\\\host\\C$\\a", "C:\\", "C:\\a"),
        ("\\\\host\\share\\..\\..\\..", "C:\\", "\\\\host\\share"),
        ("\\\\?\\C:\\a", "D:\\", "C:\\a"),
    ],
)
def test_paths_become_absolute(path, current, expected):
    assert paths.normalize(path, current) == expected


@given(st.lists(st.sampled_from(["a", "..", ".", "b c", ""]), max_size=8))
def test_normalizing_twice_changes_nothing(names):
    once = paths.normalize("C:\\" + "\\".join(names))
    assert paths.normalize(once) == once
    assert ".." not in paths.parts(once)


def test_join_and_split():
    assert paths.join("C:\\", "\\a") == "C:\\a"
    assert paths.join("C:/a/", "b") == "C:\\a\\b"
    assert paths.split("C:\\a\\b") == ("C:\\a", "b")
    assert paths.split("C:\\a") == ("C:\\", "a")
    assert paths.split("a") == ("", "a")


def test_names_are_case_insensitive_and_keep_their_case(files):
    files.make_directory("C:\\Inetpub\\Mailroot")
    files.write_text("c:/INETPUB/mailroot/A.eml", "hello")
    assert files.read_text("C:\\inetpub\\Mailroot\\a.EML") == "hello"
    assert files.list("C:\\inetpub\\mailroot") == ["A.eml"]
    assert files.true_path("c:\\inetpub\\MAILROOT\\a.eml") == "C:\\Inetpub\\Mailroot\\A.eml"


def test_reading_what_is_not_there(files):
    with pytest.raises(NetError, match="Could not find file 'C:\\\\x'") as caught:
        files.read_bytes("C:\\x")
    assert caught.value.type_name == "System.IO.FileNotFoundException"
    with pytest.raises(NetError, match="Could not find a part of the path 'C:\\\\no\\\\x'"):
        files.write_bytes("C:\\no\\x", b"")
    with pytest.raises(NetError) as caught:
        files.make_directory("Z:\\a")
    assert caught.value.type_name == "System.IO.DirectoryNotFoundException"


def test_a_folder_with_content_needs_recursion(files):
    files.make_directory("C:\\a\\b")
    with pytest.raises(NetError, match="The directory is not empty"):
        files.delete("C:\\a")
    files.delete("C:\\a", recursive=True)
    assert not files.exists("C:\\a")


def test_move_and_copy(files):
    files.make_directory("C:\\a\\b")
    files.write_bytes("C:\\a\\b\\f", b"1")
    files.copy("C:\\a", "D:\\c")
    files.move("C:\\a", "C:\\z")
    assert files.read_bytes("D:\\c\\b\\f") == files.read_bytes("C:\\z\\b\\f") == b"1"
    assert not files.exists("C:\\a")
    with pytest.raises(NetError, match="already exists"):
        files.copy("C:\\z\\b\\f", "D:\\c\\b\\f", overwrite=False)


def test_free_space_shrinks_with_content(files):
    before = files.free_space("D:")
    files.write_bytes("D:\\x", bytes(40))
    assert (before, files.free_space("d")) == (900, 860)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_round_trip(files, encoding):
    files.write_text("C:\\t", "Zürich\r\n", encoding)
    assert files.read_text("C:\\t", encoding) == "Zürich\r\n"


def test_a_byte_order_mark_wins(files):
    files.write_text("C:\\t", "é", "utf-16")
    assert files.read_text("C:\\t", "ascii") == "é"


def test_rules_are_inherited_until_a_folder_is_protected(files):
    files.make_directory("C:\\a\\b")
    files.set_acl("C:\\a", AccessControlList(rules=[AccessRule("NT AUTHORITY\\NETWORK SERVICE", MODIFY)]))
    below = files.acl("C:\\a\\b").rules
    assert AccessRule("NT AUTHORITY\\NETWORK SERVICE", MODIFY, inherited=True) in below
    assert AccessRule("BUILTIN\\Users", READ_AND_EXECUTE, inherited=True) in below
    files.set_acl("C:\\a\\b", AccessControlList(rules=[AccessRule("Everyone", FULL_CONTROL)], protected=True))
    assert [rule.identity for rule in files.acl("C:\\a\\b").rules] == ["Everyone"]


def test_state_survives_json(files):
    files.make_directory("C:\\a")
    files.write_bytes("C:\\a\\b", bytes(range(256)))
    files.set_acl("C:\\a", AccessControlList(rules=[AccessRule("Everyone", MODIFY, allow=False)]))
    other = FileSystem(Clock())
    other.load_json(files.to_json())
    assert other.read_bytes("C:\\a\\b") == bytes(range(256))
    assert other.acl("C:\\a") == files.acl("C:\\a")
    assert other.free_space("D") == files.free_space("D")
