import base64
import gzip

from hypothesis import given
from hypothesis import strategies as st

from iisrelay.transport import bootstrap

TEXT = st.text(st.characters(exclude_categories=("Cs",)))


def test_the_command_line_fits_into_cmd_with_room_to_spare():
    line = " ".join(["powershell.exe", *bootstrap.arguments()])
    assert len(line) < 5000
    assert line.isascii()
    assert not set(line) & set('"&|<>^%')


def test_the_command_line_carries_the_code_without_its_comments():
    code = base64.b64decode(bootstrap.arguments()[-1]).decode("utf-16-le")
    assert code.startswith("$ErrorActionPreference = 'Stop'\n")
    assert "#" not in code


@given(TEXT, st.dictionaries(TEXT, TEXT))
def test_payloads_hold_what_was_put_in(script, inputs):
    data = bootstrap.payload(script, inputs)
    assert data.isascii()
    first, second, mark, end = data.split(b"\n")
    assert (mark, end) == (b"IISRELAY-END", b"")
    assert gzip.decompress(base64.b64decode(first)).decode() == script
    lines = gzip.decompress(base64.b64decode(second)).decode().split("\n")
    pairs = [[base64.b64decode(word).decode() for word in line.split(":")] for line in lines if line]
    assert dict(pairs) == inputs


@given(st.binary(min_size=1, max_size=500), st.integers(1, 600))
def test_pieces_join_to_the_whole_and_only_the_last_is_last(data, size):
    pieces = list(bootstrap.pieces(data, size))
    assert b"".join(piece for piece, _ in pieces) == data
    assert [is_last for _, is_last in pieces] == [False] * (len(pieces) - 1) + [True]
    assert all(0 < len(piece) <= size for piece, _ in pieces)
