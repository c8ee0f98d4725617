"""The work that is compared: one site applied to many lab hosts, and the scripts that this takes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from iisrelay.engine import apply_hosts, plan_hosts
from iisrelay.lab import control
from iisrelay.results import Report
from iisrelay.script import apply_script, literal, observe_script
from iisrelay.site.loader import load_site
from iisrelay.site.target import Target
from iisrelay.site.targets import targets
from iisrelay.state.request import Request
from iisrelay.transport.base import resolved
from iisrelay.transport.connect import connect

WINDOWS = "2019"
SERVER = """
  - name: Relay {number}
    state: started
    general:
      bindings: ['127.0.0.1:{port}']
      fqdn: relay.contoso.example
    access:
      relay: {{allow: only_listed, addresses: [127.0.0.1, 10.0.0.0/24]}}
    messages: {{max_size: 25MB, max_session_size: 50MB, max_messages_per_connection: 20, max_recipients: 500}}
    delivery:
      smart_host: smtp.example.net
      outbound_port: 587
      hop_count: 30
      retry: {{intervals: [15m, 30m, 1h, 4h], delay_notification: 12h, expiration: 2d}}
"""


@dataclass(frozen=True)
class Fleet:
    """Lab hosts that run, and what the site asks of each."""

    folder: Path
    targets: tuple[Target, ...]

    @property
    def names(self) -> list[str]:
        return [target.name for target in self.targets]

    def requests(self) -> int:
        """Count the HTTP requests that the hosts have had."""
        return sum(control.request_count(self.folder, name) for name in self.names)

    def reset(self) -> None:
        """Make all hosts fresh again."""
        control.reset(self.folder, self.names, smtp=True)


@contextmanager
def running(folder: Path, count: int, *, servers: int = 1) -> Iterator[Fleet]:
    """Have lab hosts for a site with so many virtual servers on each."""
    names = [f"web{number:03}" for number in range(1, count + 1)]
    site = folder / "site.yaml"
    site.parent.mkdir(parents=True, exist_ok=True)
    site.write_text(_site(names, servers), encoding="utf-8")
    lab = folder / "lab"
    control.start(lab, names, windows=WINDOWS, smtp=True)
    try:
        wanted = targets(load_site(site))
        yield Fleet(lab, tuple(replace(target, connection=control.connection(lab, target.name)) for target in wanted))
    finally:
        control.stop(lab)


def _site(names: Sequence[str], servers: int) -> str:
    hosts = "".join(f"  {name}: {{connection: winrm, winrm: {{username: x, password: env:X}}}}\n" for name in names)
    return f"version: 1\nhosts:\n{hosts}virtual_servers:" + "".join(
        SERVER.format(number=number, port=2525 + number) for number in range(servers)
    )


def plan(fleet: Fleet, jobs: int) -> Report:
    """Plan for all hosts."""
    return _good(plan_hosts(fleet.targets, connect, jobs=jobs))


def apply(fleet: Fleet, jobs: int) -> Report:
    """Apply to all hosts: observe, change, observe again."""
    return _good(apply_hosts(fleet.targets, connect, jobs=jobs))


def _good(report: Report) -> Report:
    failed = [host for host in report.hosts if host.error is not None]
    if failed:
        raise SystemExit(f"{len(failed)} hosts failed, the first: {failed[0].host}: {failed[0].error}")
    return report


def scripts(fleet: Fleet) -> list[str]:
    """Give the three scripts of an apply, each with its inputs in it, for tools that have no way for inputs."""
    target = fleet.targets[0]
    (host,) = _good(plan_hosts([target], connect)).hosts
    applying = apply_script(host.plan)
    observing = _closed(observe_script(), Request.of(target).inputs())
    return [observing, _closed(applying.text, resolved(applying.secrets)), observing]


def _closed(script: str, inputs: dict[str, str]) -> str:
    return f"& {{\n{script}\n}} {literal.write(dict(inputs))}\n"
