"""From a resolved host to its target."""

from collections.abc import Iterator

from iisrelay.secret import Secret, parse_reference
from iisrelay.settings.catalog import Scope
from iisrelay.settings.domains import Domain
from iisrelay.settings.host import feature_names, service_may_run, service_values, tls_values
from iisrelay.settings.lists import parse_binding
from iisrelay.settings.numbers import parse_duration
from iisrelay.settings.raw import RawSection
from iisrelay.site.assign import assignments, host_assignments, origin, raw_assignments
from iisrelay.site.model import Host, WinRm
from iisrelay.site.resolve import ResolvedHost, Server, Settings
from iisrelay.site.target import (
    Assignment,
    Connection,
    DomainTarget,
    FirewallTarget,
    Target,
    VirtualServerTarget,
)
from iisrelay.site.tree import Fields, Items

DEFAULT_TIMEOUT_S = 300.0


class Builder:
    """Builds the targets of one file; what hosts share is built once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._servers: dict[int, tuple[VirtualServerTarget, ...]] = {}

    def target(self, resolved: ResolvedHost, warnings: tuple[str, ...]) -> Target:
        """Give the target of a host."""
        common = resolved.settings.common
        firewall = common.firewall
        return Target(
            name=resolved.name,
            connection=connection(resolved.name, resolved.host),
            virtual_servers=self._virtual_servers(resolved.settings),
            assignments=tuple(self._host_wide(resolved.settings)),
            features=feature_names(common.features),
            firewall=FirewallTarget(
                manage=bool(firewall and firewall.manage),
                remote_addresses=tuple((firewall.remote_addresses if firewall else None) or ()),
            ),
            save_to_disk=common.save_to_disk is not False,
            reboot_allowed=bool(common.reboot_allowed),
            warnings=warnings,
        )

    def _virtual_servers(self, settings: Settings) -> tuple[VirtualServerTarget, ...]:
        key = id(settings)  # hosts without overrides share their settings, and the loader keeps them alive
        if key not in self._servers:
            serves = service_may_run(settings.common.service)
            self._servers[key] = tuple(virtual_server(server, self.file, serves=serves) for server in settings.servers)
        return self._servers[key]

    def _host_wide(self, settings: Settings) -> Iterator[Assignment]:
        common, tree = settings.common, settings.tree
        if common.tls is not None:
            yield from host_assignments(tls_values(common.tls), tree, self.file)
        if common.service is not None:
            yield from host_assignments(service_values(common.service), tree, self.file)
            raw = common.service.metabase
            if isinstance(raw, RawSection):
                yield from raw_assignments(raw, tree, self.file, prefix=("service", "metabase"))


def virtual_server(server: Server, file: str, *, serves: bool = True) -> VirtualServerTarget:
    """Give the target of a virtual server; ``serves`` tells whether the service may run at all."""
    model, tree = server.model, server.tree
    bindings = model.general.bindings if model.general else None
    made = tuple(assignments(model, Scope.VIRTUAL_SERVER, tree, file))
    asked = {item.address.name: item.value for item in made if not item.address.path}
    listens = isinstance(asked.get("ServerBindings"), tuple)
    return VirtualServerTarget(
        name=model.name,
        state=model.state,
        assignments=made,
        domains=tuple(_domains(model.domains or [], tree, file)),
        folders=tuple(folders(server)),
        bindings=tuple(parse_binding(binding) for binding in bindings or ()),
        origin=origin(tree, (), file),
        starts_when_new=serves and listens and asked.get("ServerAutoStart") is not False,
    )


def folders(server: Server) -> list[str]:
    """Give the mail folders that a virtual server manages, each once."""
    model = server.model
    named = [getattr(model.folders, key) for key in ("queue", "pickup", "drop")] if model.folders else []
    bad_mail = model.messages.bad_mail_folder if model.messages else None
    return list(dict.fromkeys(folder for folder in (*named, bad_mail) if folder))


def connection(name: str, host: Host) -> Connection:
    """Give the way to a host."""
    details = host.winrm or WinRm.model_validate({})
    https = details.https is not False
    return Connection(
        kind=host.connection or "winrm",
        address=host.address or name,
        port=details.port or (5986 if https else 5985),
        https=https,
        auth=details.auth or "ntlm",
        username=details.username,
        password=_secret(details.password),
        certificate=details.certificate,
        certificate_key=details.certificate_key,
        ca_file=details.ca_file,
        verify_certificate=details.verify_certificate is not False,
        allow_unencrypted=bool(details.allow_unencrypted),
        kerberos_hostname=details.kerberos_hostname,
        proxy=details.proxy,
        timeout_s=float(parse_duration(details.timeout)) if details.timeout else DEFAULT_TIMEOUT_S,
    )


def _secret(written: object) -> Secret | None:
    return None if written is None else parse_reference(written)


def _domains(domains: list[Domain], tree: Fields, file: str) -> Iterator[DomainTarget]:
    nodes = tree.get("domains")
    for index, domain in enumerate(domains):
        node = nodes.items[index] if isinstance(nodes, Items) else tree
        fields = node if isinstance(node, Fields) else tree
        yield DomainTarget(
            name=domain.name,
            present=domain.state == "present",
            assignments=tuple(assignments(domain, Scope.DOMAIN, fields, file, f"Domain/{domain.name}")),
            origin=origin(fields, (), file),
        )
