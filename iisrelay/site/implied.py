"""What settings imply for settings that are absent: presets, folders below a root, switches of the dialog."""

from iisrelay.settings.codec import quoted
from iisrelay.settings.folders import BAD_MAIL_BELOW_ROOT, BELOW_ROOT
from iisrelay.site.presets import PRESETS, Preset, find_preset, similar_preset
from iisrelay.site.problems import Finding
from iisrelay.site.tree import Entry, Fields, Items, Leaf, Node, plain_data

Scalar = str | int | bool | None


def complete(server: Fields) -> tuple[Fields, Preset | None, tuple[Finding, ...]]:
    """Give a merged virtual server with what it implies, the preset it uses, and problems with that preset."""
    server, preset, findings = _with_preset(server)
    for rule in (_direct_delivery, _masquerading, _login_method, _folders, _one_log_file, _domain_routes):
        server = rule(server)
    return server, preset, findings


def _with_preset(server: Fields) -> tuple[Fields, Preset | None, tuple[Finding, ...]]:
    location = ("delivery", "smart_host")
    node = _at(server, *location)
    if node is None:
        return server, None, ()
    written = plain_data(node)
    name = written.get("preset") if isinstance(written, dict) else written
    preset = find_preset(name) if isinstance(name, str) else None
    if preset is None:
        return server, None, _no_preset(location, name, is_mapping=isinstance(written, dict))
    parameters = {key: value for key, value in written.items() if key != "preset"} if isinstance(written, dict) else {}
    try:
        host = preset.resolve(parameters)
    except ValueError as error:
        return server, preset, (Finding(location, str(error)),)
    server = _set(server, location, host, node.line)
    server = _fill(server, ("delivery", "outbound_port"), preset.port, node)
    if preset.method is not None:
        server = _fill(server, ("delivery", "outbound_security", "method"), preset.method, node)
    return _fill(server, ("delivery", "outbound_security", "tls"), preset.tls, node), preset, ()


def _no_preset(location: tuple[str, ...], name: object, *, is_mapping: bool) -> tuple[Finding, ...]:
    meant = similar_preset(name) if isinstance(name, str) else None
    if meant and not is_mapping:
        return (
            Finding(location, f"{quoted(name)} is not a preset; did you mean {meant!r}? (A host is named in full.)"),
        )
    if is_mapping:
        known = f"did you mean {meant!r}?" if meant else f"known are {', '.join(PRESETS)}"
        return (Finding(location, f"{quoted(name)} is not a preset; {known}"),)
    return ()


def _direct_delivery(server: Fields) -> Fields:
    node = _at(server, "delivery", "smart_host")
    if not isinstance(node, Leaf):
        return server
    # The dialog couples the two: a smart host is used always unless the box is ticked, and without one the number is 0.
    implied: Scalar = None if node.value is None else "unused" if node.value == "none" else False
    return _fill(server, ("delivery", "attempt_direct_delivery"), implied, node)


def _masquerading(server: Fields) -> Fields:
    node = _at(server, "delivery", "masquerade_domain")
    if not isinstance(node, Leaf):
        return server
    return _fill(server, ("delivery", "masquerade"), None if node.value is None else node.value != "", node)


def _login_method(server: Fields) -> Fields:
    node = _at(server, "delivery", "outbound_security", "username")
    if not isinstance(node, Leaf) or node.value is None:
        return server
    return _fill(server, ("delivery", "outbound_security", "method"), "basic", node)


def _folders(server: Fields) -> Fields:
    root = _at(server, "folders", "root")
    if not isinstance(root, Leaf) or not isinstance(root.value, str):
        return server
    base = root.value.rstrip("\\/")
    for key, name in BELOW_ROOT.items():
        server = _fill(server, ("folders", key), f"{base}\\{name}", root)
    return _fill(server, ("messages", "bad_mail_folder"), f"{base}\\{BAD_MAIL_BELOW_ROOT}", root)


def _one_log_file(server: Fields) -> Fields:
    node = _at(server, "general", "logging", "rollover")
    if not isinstance(node, Leaf) or node.value != "unlimited":
        return server
    # That the dialog stores "unlimited file size" as the largest number is inferred.
    return _fill(server, ("general", "logging", "max_size"), "unlimited", node)


def _domain_routes(server: Fields) -> Fields:
    domains = server.entries.get("domains")
    if domains is None or not isinstance(domains.node, Items):
        return server
    items = tuple(_routed(item) if isinstance(item, Fields) else item for item in domains.node.items)
    return server.with_entry("domains", Entry(domains.line, Items(domains.node.line, items)))


def _routed(domain: Fields) -> Fields:
    host = domain.get("smart_host")
    if isinstance(host, Leaf) and host.value is not None:
        domain = _fill(domain, ("route",), "dns" if host.value == "none" else "smart_host", host)
    username = _at(domain, "outbound_security", "username")
    if isinstance(username, Leaf) and username.value is not None:
        domain = _fill(domain, ("outbound_security", "method"), "basic", username)
    return domain


def _at(node: Node | None, *keys: str) -> Node | None:
    for key in keys:
        node = node.get(key) if isinstance(node, Fields) else None
    return node


def _fill(fields: Fields, location: tuple[str, ...], value: Scalar, because_of: Node) -> Fields:
    """Set a value where nothing is written; it gets the line of what implies it."""
    return fields if _at(fields, *location) is not None else _set(fields, location, value, because_of.line)


def _set(fields: Fields, location: tuple[str, ...], value: Scalar, line: int) -> Fields:
    key, rest = location[0], location[1:]
    below = fields.entries.get(key)
    if not rest:
        return fields.with_entry(key, Entry(line, Leaf(line, value)))
    inner = below.node if below and isinstance(below.node, Fields) else Fields(line)
    return fields.with_entry(key, Entry(below.line if below else line, _set(inner, rest, value, line)))
