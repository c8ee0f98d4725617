"""Prints the peak memory of a controller that has a session open to every lab host of a folder at the same time."""

import resource
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from iisrelay.lab import control
from iisrelay.script import observe_script
from iisrelay.state.request import Request
from iisrelay.transport.connect import connect


def main(folder: Path) -> None:
    names = [state.name for state in control.status(folder)]
    inputs = Request().inputs()
    together = threading.Barrier(len(names))

    def run(name: str) -> None:
        with connect(control.connection(folder, name)) as transport:
            transport.run(observe_script(), inputs, 600)
            together.wait()  # every session is open now
            transport.run(observe_script(), inputs, 600)
            together.wait()

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(run, names))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
