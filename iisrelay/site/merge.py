"""Merging of trees: defaults below virtual servers, overrides of a host above the file."""

from collections.abc import Iterable

from iisrelay.site.tree import Entry, Fields, Items, Leaf, Node

# Lists whose members have a name are merged member by member; every other list is replaced.
NAMED_LISTS = frozenset({"virtual_servers", "domains"})
# Mappings that are one value.
WHOLE_VALUES = frozenset({"smart_host", "password"})


def merge(base: Node | None, above: Node | None, key: str = "") -> Node:
    """Give ``base`` with ``above`` laid over it, key by key.

    ``null`` over a single value clears the setting; an empty section says nothing.
    """
    if base is None or above is None:
        return above or base or Leaf(0, None)
    if isinstance(base, Fields) and key not in WHOLE_VALUES:
        if isinstance(above, Fields):
            return _merged_fields(base, above)
        if isinstance(above, Leaf) and above.value is None:
            return base
    if isinstance(base, Items) and isinstance(above, Items) and key in NAMED_LISTS:
        return Items(base.line, tuple(_merged_members(base, above)))
    return above


def _merged_fields(base: Fields, above: Fields) -> Fields:
    entries = dict(base.entries)
    for key, entry in above.entries.items():
        below = base.get(key)
        node = merge(below, entry.node, key)
        if node is not below or key not in entries:
            entries[key] = Entry(entry.line, node)
    return Fields(base.line, entries)


def _merged_members(base: Items, above: Items) -> Iterable[Node]:
    changes = {_name(item): item for item in above.items}
    for item in base.items:
        yield merge(item, changes.pop(_name(item), None))
    yield from changes.values()


def _name(node: Node) -> object:
    name = node.get("name") if isinstance(node, Fields) else None
    # A member without a name equals no other; the model says what is missing.
    return name.value if isinstance(name, Leaf) else id(node)
