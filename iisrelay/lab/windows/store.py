"""Keeps a machine on disk: one JSON file, replaced as a whole so that a crash leaves the old or the new one."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from iisrelay.lab.windows.machine import Machine

FORMAT = 1


def save(machine: Machine, path: Path) -> None:
    """Write a machine's state atomically, readable by its owner only."""
    document = {"format": FORMAT, "machine": machine.to_json()}
    data = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mkstemp makes it mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def load(path: Path) -> Machine:
    """Read a machine's state."""
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.get("format") != FORMAT:
        raise ValueError(f"{path} has format {document.get('format')!r}; this version reads format {FORMAT}")
    return Machine.from_json(document["machine"])


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too; not every system lets a folder be opened."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
