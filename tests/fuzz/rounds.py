"""Rounds of a fuzzed site on a lab host: change the site, let others change the host, apply, and compare everything."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from fuzz.drift import drift_lines
from fuzz.lab_host import LabHost
from fuzz.reading import read_adsi, read_wmi, run, server_paths
from fuzz.samples import Sample
from fuzz.sites import Check, Maker, Server, nest, raw_sample
from ruamel.yaml import YAML

from iisrelay.engine import SecretLedger, apply_hosts, plan_hosts, verify_hosts
from iisrelay.plan.guard import GUARDS
from iisrelay.results import ChangeResult, HostReport, Report
from iisrelay.script import render_standalone
from iisrelay.settings.metabase_schema import PROPERTIES
from iisrelay.site.loader import load_site
from iisrelay.site.target import Target
from iisrelay.site.targets import targets
from iisrelay.status import ExitCode, Outcome

VERSIONS = ("2008r2", "2012", "2012r2", "2016", "2019", "2022")
OVERRIDDEN = 77
DEFAULTS = (
    "general.connections.timeout",
    "messages.max_recipients",
    "delivery.retry.quick_retries",
    "protocol.pipelining_in",
    "protocol.timeouts.data",
)
SERVICE_PROPERTIES = (
    "SmtpMaxRemoteQThreads",
    "MaxMailObjects",
    "EtrnDays",
    "LimitRemoteConnections",
    "SmtpAqueueWait",
    "DefaultLogonDomain",
)
PASSWORDS = {f"FUZZ_PASSWORD_{number}": f"p{number}'\u2019\u201b\"$(1)`%x%\u4e2d;#" for number in (1, 2, 3)}
NOT_IN_WMI = (
    "PostmasterName",
    "PostmasterEmail",
    "ServerState",
)  # on the class of the virtual server, not of its settings
ALLOW = frozenset(GUARDS)


@dataclass
class Fuzz:
    """One host, its site, and a source of chance; a seed says it all."""

    seed: int
    folder: Path
    set_variable: Callable[[str, str], None]
    share: float = 0.15
    random: Random = field(init=False)
    servers: list[Server] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - a test that can be repeated
        self.version = self.random.choice(VERSIONS)
        self.installed = self.random.random() < 0.7
        self.host = LabHost.create(self.version, smtp=self.installed)
        self.maker = Maker(self.random, tuple(self.host.machine.addresses))
        self.ledger = SecretLedger(self.folder / f"{self.seed}.secrets.json")
        self.common = self.make_common()
        self.defaults = {key: self.maker.settings[key][2](self.random) for key in self.random.sample(DEFAULTS, 3)}
        self.service = dict(self.make_service())
        self.maker.reserved = {self.maker.settings[key][1] for key in DEFAULTS} | set(self.service) | {"HopCount"}
        for name, value in PASSWORDS.items():
            self.set_variable(name, value)

    def run(self, *, servers: int, rounds: int) -> int:
        """Make a site, apply it, and go on changing site and host; gives how many rounds held."""
        self.servers = [self.maker.server(self.share) for _ in range(servers)]
        self.servers[0].state = "started"
        for turn in range(rounds):
            if turn:
                self.change_site()
                self.drift()
            self.check_round()
        return rounds

    def make_common(self) -> dict[str, Any]:
        """Make what the site says of the host."""
        random = self.random
        common: dict[str, Any] = {"features": {"install": True, "also": ["Web-WMI"]}}
        if random.random() < 0.7:
            common["service"] = {
                "startup": random.choice(("automatic", "delayed-automatic", "manual")),
                "state": "running",
            }
        if random.random() < 0.4:
            common["tls"] = {
                "policy": random.choice(("tls12", "tls12_only", "modern")),
                "dotnet": random.random() < 0.5,
                "winhttp": random.random() < 0.5,
            }
        if random.random() < 0.3:
            common["firewall"] = {
                "manage": True,
                "remote_addresses": random.sample(
                    ["10.0.0.0/8", "192.168.1.0/24", "203.0.113.9", "LocalSubnet", "fd00::/8"], 2
                ),
            }
        return common

    def make_service(self) -> Iterator[tuple[str, Sample]]:
        """Make properties of the service, whence virtual servers inherit."""
        schemas = [PROPERTIES[name] for name in SERVICE_PROPERTIES]
        for schema in self.random.sample(schemas, self.random.randint(0, 3)):
            sample = raw_sample(self.random, schema)
            if sample is not None:
                yield schema.name, sample

    def expected(self, server: Server) -> list[Check]:
        """Give what must be stored for a virtual server, with defaults and overrides."""
        checks = list(server.expected())
        if server.state is not None:
            checks.append(Check("", "ServerState", 2 if server.state == "started" else 4))
        for key, sample in self.defaults.items():
            if key not in server.written:
                checks.append(Check("", self.maker.settings[key][1], sample.stored))
        if server is not self.servers[0]:
            return checks
        return [*(check for check in checks if check.name != "HopCount"), Check("", "HopCount", OVERRIDDEN)]

    def overridden(self) -> dict[str, Any]:
        """Make what the site says of the first virtual server on this host alone."""
        return {"virtual_servers": [{"name": self.servers[0].name, "delivery": {"hop_count": OVERRIDDEN}}]}

    def target(self) -> Target:
        """Give the target that the site file makes, through the file."""
        path = self.folder / f"{self.seed}.yaml"
        document: dict[str, Any] = {"version": 1, "hosts": {"fuzz": {"overrides": self.overridden()}}, **self.common}
        document["service"] = {
            **self.common.get("service", {}),
            "metabase": {name: sample.written for name, sample in self.service.items()},
        }
        document["defaults"] = {}
        for key, sample in self.defaults.items():
            nest(document["defaults"], key, sample.written)
        document["virtual_servers"] = [server.document() for server in self.servers]
        with path.open("w", encoding="utf-8") as file:
            YAML().dump(document, file)
        return targets(load_site(path))[0]

    def connect(self, _connection: object) -> LabHost:
        """Give the transport."""
        return self.host

    def check_round(self) -> None:
        """Plan, apply, plan again, verify, read everything, and do the same with the self-contained script."""
        target = self.target()
        twin = self.host.copy()
        before = self.host.records()
        planned = self._report(plan_hosts([target], self.connect, ledger=self.ledger, allow=ALLOW))
        applied = self._report(apply_hosts([target], self.connect, ledger=self.ledger, allow=ALLOW))
        problems = [
            (*told(item), item.outcome, item.message)
            for item in applied.changes
            # What comes from the schema or from Setup is known only when it is there; secrets are never compared.
            if item.outcome is not Outcome.APPLIED
            and not (item.outcome is Outcome.UNCHANGED and (item.change.before is None or item.change.sensitive))
        ]
        assert not problems, problems
        assert [item.change.identity for item in planned.changes] == [item.change.identity for item in applied.changes]
        reboots = any(item.change.restart == "reboot" for item in applied.changes) and self.version == "2008r2"
        assert applied.exit_code is (ExitCode.REBOOT_REQUIRED if reboots else ExitCode.OK), applied.exit_code
        self.check_quiet(target, self.host)
        self.check_only(planned, before, self.host.records())
        self.check_stored(self.host)
        self.check_standalone(target, twin)

    def check_quiet(self, target: Target, host: LabHost) -> None:
        """Insist on an empty plan and a successful verification."""
        for report in (
            plan_hosts([target], lambda _: host, ledger=self.ledger),
            verify_hosts([target], lambda _: host, ledger=self.ledger),
        ):
            left = [told(item) for item in self._report(report).changes]
            assert left == [], left

    def check_only(
        self, planned: HostReport, before: dict[tuple[str, str], object], after: dict[tuple[str, str], object]
    ) -> None:
        """Insist that nothing else changed: of what was there, only what was planned."""
        if not before:
            return
        changed = {place for place in before.keys() | after.keys() if before.get(place) != after.get(place)}
        allowed = {(item.change.path.lower(), item.change.name.lower()) for item in planned.changes}
        keys = {item.change.path.lower() for item in planned.changes if item.change.name == "KeyType"}
        extra = [
            place
            for place in changed - allowed
            if not any(place[0] == key or place[0].startswith(key + "/") for key in keys)
            and not place[0].endswith("/domain")
        ]
        assert extra == [], [(place, before.get(place), after.get(place)) for place in extra]

    def check_stored(self, host: LabHost) -> None:
        """Compare what ADSI and WMI show with what was meant."""
        paths = server_paths(host)
        records = host.records()
        wanted: list[tuple[str, Check]] = []
        for server in self.servers:
            if server.state == "absent":
                assert server.name not in paths
                continue
            path = paths[server.name]
            wanted += [(path, check) for check in self.expected(server)]
            kept = {(check.below, check.name) for check in self.expected(server)}
            for below, name in set(server.cleared.values()) - kept:
                assert (f"{path}/{below}".rstrip("/").lower(), name.lower()) not in records, (server.name, name)
        wanted += [("SmtpSvc", Check("", name, sample.stored, sample.mask)) for name, sample in self.service.items()]
        places = [(f"{path}/{check.below}".rstrip("/"), check.name) for path, check in wanted]
        self.compare("ADSI", wanted, read_adsi(host, places))
        plain = [
            (path, check)
            for path, check in wanted
            if path != "SmtpSvc"
            and not check.below
            and check.name not in NOT_IN_WMI
            and not isinstance(check.stored, (frozenset, tuple))
        ]
        sample = self.random.sample(plain, min(len(plain), 12))
        if "web-wmi" in host.machine.features.to_json():
            self.compare("WMI", sample, read_wmi(host, [(path, check.name) for path, check in sample]))

    def compare(self, kind: str, wanted: list[tuple[str, Check]], found: list[object]) -> None:
        """Compare values one by one."""
        pairs = zip(wanted, found, strict=True)
        wrong = [(kind, path, check, value) for (path, check), value in pairs if not check.holds(value)]
        assert not wrong, wrong

    def check_standalone(self, target: Target, host: LabHost) -> None:
        """Run the self-contained script twice on a host that is as this one was."""
        script = render_standalone(target, allow=ALLOW)
        first = host.powershell(script, **PASSWORDS)
        assert first.stdout.strip(), first
        summary = json.loads(first.stdout.strip().splitlines()[-1])
        assert first.exit_code in (0, 8), (summary, first.stderr)
        second = host.powershell(script, **PASSWORDS)
        summary = json.loads(second.stdout.strip().splitlines()[-1])
        assert summary["changes"] == [], summary
        assert second.exit_code == 0, summary
        self.check_quiet(target, host)
        self.check_stored(host)

    def change_site(self) -> None:
        """Change some of everything in the site file."""
        random = self.random
        alive = [server for server in self.servers if server.state != "absent"]
        for server in alive:
            for key in random.sample(list(self.maker.settings), 6):
                if key != "delivery.outbound_port":
                    self.maker.change(server, key)
            dropped = [key for key in list(server.checks) if key in self.maker.settings and random.random() < 0.15]
            for key in dropped:
                if not key.startswith(("delivery.m", "delivery.outbound_port")):
                    server.drop(key)
            if random.random() < 0.3:
                self.maker.delivery(server)
            if random.random() < 0.3:
                self.maker.make_domains(server)
            self.maker.make_raw(server, self.share)
            if random.random() < 0.3:
                server.state = random.choice(("started", "stopped"))
        if len(alive) > 1:
            one, other = random.sample(alive, 2)
            one.bindings, other.bindings = other.bindings, one.bindings
        if len(alive) > 1 and random.random() < 0.4:
            random.choice(alive[1:]).state = "absent"
        if random.random() < 0.5:
            self.servers.append(self.maker.server(self.share))

    def drift(self) -> None:
        """Let somebody else change the host."""
        paths = server_paths(self.host)
        for server in [server for server in self.servers if server.name in paths]:
            run(self.host, "\n".join(drift_lines(self.random, server, paths[server.name])))

    def _report(self, report: Report) -> HostReport:
        (host,) = report.hosts
        assert host.error is None, (host.error, host.error and host.error.__cause__)
        return host


def told(item: ChangeResult) -> tuple[object, ...]:
    """Say what a change is, for whoever looks into a failure."""
    change = item.change
    return (change.action, change.setting, change.path, change.name, change.before, change.after)
