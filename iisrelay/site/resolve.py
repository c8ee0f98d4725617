"""What the file means for each host: overrides and defaults merged, presets looked up, everything read as models."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iisrelay.errors import Problem
from iisrelay.site.implied import complete
from iisrelay.site.merge import merge
from iisrelay.site.model import Common, Host, VirtualServer
from iisrelay.site.presets import Preset
from iisrelay.site.problems import Model, problem, pruned, validate
from iisrelay.site.tree import Fields, Items, Leaf, Node, readable


@dataclass(frozen=True)
class Server:
    """One virtual server of a host: the model, the tree it came from (for lines), and the preset that it uses."""

    model: VirtualServer
    tree: Fields
    preset: Preset | None

    @property
    def prefix(self) -> str:
        """Give the beginning of its key paths."""
        return f"virtual_servers[{self.model.name}]"


@dataclass(frozen=True)
class Settings:
    """What is to be on a host. Hosts without overrides share one."""

    common: Common
    tree: Fields
    servers: tuple[Server, ...]


@dataclass(frozen=True)
class ResolvedHost:
    """One host."""

    name: str
    host: Host
    tree: Fields
    settings: Settings


class Resolver:
    """Resolves the hosts of one file; problems that appear on the way are collected."""

    def __init__(self, file: str, root: Fields) -> None:
        self.file = file
        self.root = root
        self.problems: list[Problem] = []
        self._shared: Settings | None = None

    def hosts(self) -> Iterator[ResolvedHost]:
        """Give every host in the order of the file."""
        hosts = self.root.get("hosts")
        for name, entry in (hosts.entries if isinstance(hosts, Fields) else {}).items():
            tree = merge(self.root.get("host_defaults"), entry.node)
            fields = replace(tree, line=entry.line) if isinstance(tree, Fields) else Fields(entry.line)
            host = self._read(Host, fields, f"hosts.{name}")
            if host is not None:
                yield ResolvedHost(name, host, fields, self._settings(fields.get("overrides")))

    def _settings(self, overrides: Node | None) -> Settings:
        if not isinstance(overrides, Fields) or not overrides.entries:
            self._shared = self._shared or self._merged(self.root)
            return self._shared
        merged = merge(self.root, overrides)
        return self._merged(merged if isinstance(merged, Fields) else self.root)

    def _merged(self, root: Fields) -> Settings:
        names = [name for name in root.entries if name in Common.model_fields]
        tree = Fields(root.line, {name: root.entries[name] for name in names})
        shallow = Fields(root.line, {name: tree.entries[name] for name in names if name not in _PER_SERVER})
        common = self._read(Common, shallow, "") or Common.model_validate({})
        return Settings(common, tree, tuple(self._servers(tree)))

    def _servers(self, tree: Fields) -> Iterator[Server]:
        servers, defaults = tree.get("virtual_servers"), tree.get("defaults")
        for item in servers.items if isinstance(servers, Items) else ():
            merged = merge(defaults, item)
            if not isinstance(merged, Fields):
                continue
            fields, preset, findings = complete(replace(merged, line=item.line))
            prefix = f"virtual_servers[{_name_of(fields)}]"
            self.problems += [problem(fields, finding, self.file, prefix) for finding in findings]
            usable = pruned(fields, findings)
            model = self._read(VirtualServer, usable, prefix) if isinstance(usable, Fields) else None
            if model is not None and isinstance(usable, Fields):
                yield Server(model, usable, preset)

    def _read(self, model: type[Model], tree: Fields, prefix: str) -> Model | None:
        read, findings = validate(model, tree)
        self.problems += [problem(tree, finding, self.file, prefix) for finding in findings]
        return read


_PER_SERVER = frozenset({"defaults", "virtual_servers"})


def _name_of(tree: Fields) -> str:
    name = tree.get("name")
    return readable(str(name.value)) if isinstance(name, Leaf) else "?"
