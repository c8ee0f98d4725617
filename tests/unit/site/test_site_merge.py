from iisrelay.site.merge import merge
from iisrelay.site.tree import Entry, Fields, Items, Leaf, plain_data


def tree(value):
    if isinstance(value, dict):
        return Fields(1, {key: Entry(1, tree(item)) for key, item in value.items()})
    if isinstance(value, list):
        return Items(1, tuple(tree(item) for item in value))
    return Leaf(1, value)


def merged(base, above):
    return plain_data(merge(tree(base), tree(above)))


def test_sections_are_merged_by_key():
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"c": 3, "d": 4}}) == {"a": {"b": 1, "c": 3, "d": 4}}


def test_lists_are_replaced():
    assert merged({"a": [1, 2]}, {"a": [3]}) == {"a": [3]}


def test_virtual_servers_and_domains_are_merged_by_name():
    base = {"virtual_servers": [{"name": "A", "x": 1, "domains": [{"name": "d", "y": 1}]}, {"name": "B"}]}
    above = {
        "virtual_servers": [{"name": "C"}, {"name": "A", "z": 2, "domains": [{"name": "d", "w": 2}, {"name": "e"}]}]
    }
    assert merged(base, above) == {
        "virtual_servers": [
            {"name": "A", "x": 1, "z": 2, "domains": [{"name": "d", "y": 1, "w": 2}, {"name": "e"}]},
            {"name": "B"},
            {"name": "C"},
        ]
    }


def test_null_clears_a_value_and_says_nothing_about_a_section():
    assert merged({"a": 1, "b": {"c": 2}}, {"a": None, "b": None}) == {"a": None, "b": {"c": 2}}


def test_a_preset_and_a_secret_are_one_value():
    base = {"smart_host": {"preset": "ses", "region": "eu-west-1"}, "password": {"cmd": ["a"]}}
    assert merged(base, {"smart_host": None, "password": {"env": "A"}}) == {
        "smart_host": None,
        "password": {"env": "A"},
    }


def test_lines_are_those_of_what_won():
    base = Fields(1, {"a": Entry(2, Leaf(2, 1)), "b": Entry(3, Leaf(3, 1))})
    above = Fields(9, {"b": Entry(10, Leaf(10, 2))})
    result = merge(base, above)
    assert [entry.line for entry in result.entries.values()] == [2, 10]
