"""The targets of the hosts that a command is about."""

from collections.abc import Sequence
from difflib import get_close_matches

from iisrelay.errors import UsageError
from iisrelay.site.loader import Site
from iisrelay.site.target import Target


def targets(site: Site, names: Sequence[str] = ()) -> tuple[Target, ...]:
    """Give the targets of the named hosts (none named: of all), in the order of the file.

    Raises:
        UsageError: a name that the file does not have.
    """
    known = {target.name for target in site.targets}
    for name in names:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Its hosts are {', '.join(sorted(known)[:20])}."
            raise UsageError(f"{site.file} has no host {name!r}.", hint)
    return tuple(target for target in site.targets if not names or target.name in names)
