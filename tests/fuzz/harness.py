"""What the harnesses share: a property is a function of bytes; atheris or hypothesis finds the bytes."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

Property = Callable[[bytes], object]


def fuzz(check: Property, *, seeds: Iterable[bytes] = ()) -> None:
    """Run a property under atheris, with the options of libFuzzer from the command line; never returns.

    Seeds are written to the first folder that the command line names, if it is empty.
    """
    import atheris

    folders = [Path(word) for word in sys.argv[1:] if not word.startswith("-") and Path(word).is_dir()]
    if folders and not any(folders[0].iterdir()):
        for number, seed in enumerate(seeds):
            (folders[0] / f"seed-{number}").write_bytes(seed)
    with atheris.instrument_imports(include=["iisrelay", "ruamel", "winrm"]):
        for seed in seeds:
            check(seed)  # checks import what they need, so that it is instrumented here
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()
