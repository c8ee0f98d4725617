"""Loading a site file: everything that is wrong with it at once, or the targets of all its hosts."""

from dataclasses import dataclass
from pathlib import Path

from iisrelay.errors import Problem, SiteFileError
from iisrelay.site.build import Builder
from iisrelay.site.checks import check_hosts
from iisrelay.site.model import SiteFile
from iisrelay.site.problems import problem, pruned, validate
from iisrelay.site.resolve import Resolver
from iisrelay.site.target import Target
from iisrelay.site.tree import Fields, Node, Unreadable, read_tree

HINT = "Correct the file and run `iisrelay validate` again."


@dataclass(frozen=True)
class Site:
    """A site file that loads: the targets of its hosts in order, and warnings with their lines."""

    file: str
    targets: tuple[Target, ...]
    warnings: tuple[Problem, ...] = ()


def load_site(path: Path | str) -> Site:
    """Load a site file.

    Raises:
        SiteFileError: with every problem of the file.
    """
    file = str(path)
    tree, problems = _read(Path(path), file)
    if not isinstance(tree, Fields):
        raise SiteFileError((Problem(file, tree.line, "(file)", "expected keys such as version: and hosts:"),), HINT)
    found = list(problems)
    _, findings = validate(SiteFile, tree)
    found += [problem(tree, finding, file) for finding in findings]
    # What is wrong is left out, and the rest is looked at as if it were the file: nobody wants to repair twice.
    rest = pruned(tree, findings)
    resolver = Resolver(file, rest if isinstance(rest, Fields) else tree)
    hosts = tuple(resolver.hosts())
    report = check_hosts(hosts, file, found)
    found += [item for item in resolver.problems if not findings or "is missing" not in item.message]
    found += report.errors
    if found:
        raise SiteFileError(_ordered(found), HINT)
    builder = Builder(file)
    targets = tuple(builder.target(host, report.warnings_of(host.name)) for host in hosts)
    return Site(file, targets, _ordered(report.all_warnings()))


def _read(path: Path, file: str) -> tuple[Node, tuple[Problem, ...]]:
    try:
        return read_tree(path)
    except Unreadable as error:
        raise SiteFileError((Problem(file, error.line, error.key_path, error.message),), HINT) from None


def _ordered(problems: list[Problem]) -> tuple[Problem, ...]:
    """Give problems by line; one that defaults or overrides bring up for many servers or hosts is said once."""
    once = {(item.line, item.message, item.key_path.partition("]")[2]): item for item in reversed(problems)}
    return tuple(sorted(once.values(), key=lambda item: (item.line, item.key_path)))
