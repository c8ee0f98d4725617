"""Files of the controller that are for their owner only: whole or not there, and in no repository."""

import contextlib
import os
from pathlib import Path

IGNORE_FILE = ".gitignore"


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, in one step; git is told to leave its folder alone.

    Raises:
        OSError: when there is no room, or no right to write.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), (path.parent / IGNORE_FILE).open("x", encoding="utf-8") as ignored:
        ignored.write("*\n")
    draft = path.with_suffix(".new")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
