import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iisrelay.lab.powershell.json_writer import compact, pretty

WRITTEN = {
    "@{a=1}": '{\n    "a":  1\n}',
    "[ordered]@{b=@(1,2);c=@{d=$null}}":
        '{\n    "b":  [\n              1,\n              2\n          ],\n'
        '    "c":  {\n              "d":  null\n          }\n}',
    "@{}": "{\n\n}",
    "@{a=@()}": '{\n    "a":  [\n\n          ]\n}',
    "'x<>&''\"\\é\t'": '"x\\u003c\\u003e\\u0026\\u0027\\"\\\\é\t"'.replace("\t", "\\t"),
    "5": "5",
    "1.5": "1.5",
    "[double]2": "2",
    "10.50d": "10.50",
    "$true": "true",
    "[DayOfWeek]::Friday": "5",
    "[char]'c'": '"c"',
    "[datetime]'1970-01-02'": '"\\/Date(86400000)\\/"',
    "[guid]::Empty": '"00000000-0000-0000-0000-000000000000"',
    "[pscustomobject]@{x='y'}": '{\n    "x":  "y"\n}',
}  # fmt: skip


@pytest.mark.parametrize("value", WRITTEN)
def test_convert_to_json(console, value):
    assert console(f"{value} | ConvertTo-Json") == WRITTEN[value] + "\n"


COMPACT = {
    "1, 2 | ConvertTo-Json -Compress": "[1,2]",
    "ConvertTo-Json -Compress @(1)": "[1]",
    "ConvertTo-Json -Compress (,@())": "[[]]",
    "@{a=@{b=@{c=@{d=1}}}} | ConvertTo-Json -Compress": '{"a":{"b":{"c":"System.Collections.Hashtable"}}}',
    "@{a=@{b=@{c=1,2}}} | ConvertTo-Json -Compress": '{"a":{"b":{"c":"1 2"}}}',
    "@{a=@{b=1}} | ConvertTo-Json -Compress -Depth 0": '{"a":"System.Collections.Hashtable"}',
    "[pscustomobject]@{n=$null;l=@()} | ConvertTo-Json -Compress": '{"n":null,"l":[]}',
}


@pytest.mark.parametrize("command", COMPACT)
def test_compressed_and_depth(console, command):
    assert console(command) == COMPACT[command] + "\n"


READ = {
    '(\'{"a":{"b":[1,"x",null,true]}}\' | ConvertFrom-Json).a.b -join \'|\'': "1|x||True",
    "('[1,2]' | ConvertFrom-Json).Count": "2",
    "@('[1,2]' | ConvertFrom-Json).GetType().Name; ('1.5' | ConvertFrom-Json).GetType().Name": "Object[]\nDecimal",
    "('3000000000' | ConvertFrom-Json).GetType().Name": "Int64",
    "('\"\\/Date(0)\\/\"' | ConvertFrom-Json).Year": "1970",
    "'{', '\"a\": 5', '}' | ConvertFrom-Json | ForEach-Object { $_.a }": "5",
    "'{\"a\":1}', '{\"a\":2}' | ConvertFrom-Json | ForEach-Object { $_.a }": "1\n2",
    "try { '{bad' | ConvertFrom-Json } catch { $_.Exception.Message }": "Invalid JSON primitive: bad.",
    "try { '{\"a\":1,\"A\":2}' | ConvertFrom-Json } catch { 'twice' }": "twice",
}


@pytest.mark.parametrize("command", READ)
def test_convert_from_json(console, command):
    assert console(command) == READ[command] + "\n"


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(TREES)
def test_what_is_written_is_json(tree):
    assert json.loads(compact(tree)) == tree
    assert json.loads(pretty(tree)) == tree
