r"""The metabase's files below C:\Windows\System32\inetsrv: MetaBase.xml, its history, backups and exports."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from iisrelay.lab.powershell.errors import NetError
from iisrelay.lab.windows.metabase.document import write_document
from iisrelay.lab.windows.metabase.document_reading import read_document
from iisrelay.lab.windows.metabase.failures import READ_METABASE_FILE, failure
from iisrelay.lab.windows.metabase.schema_document import write_schema_document

if TYPE_CHECKING:
    from iisrelay.lab.windows.metabase.metabase import Metabase

FOLDER = r"C:\Windows\System32\inetsrv"
METABASE_FILE = rf"{FOLDER}\MetaBase.xml"
SCHEMA_FILE = rf"{FOLDER}\MBSchema.xml"
HISTORY_FOLDER = rf"{FOLDER}\History"
_KEPT_IN_HISTORY = 10  # MaxHistoryFiles of IIS 6


class Disk:
    """Saves the tree, and reads the file again when somebody has edited it while IISADMIN was stopped."""

    def __init__(self, metabase: Metabase) -> None:
        self.metabase = metabase
        self.version = 0
        self.saved_digest = ""

    def save(self) -> None:
        """Write MetaBase.xml, MBSchema.xml and a numbered copy of both."""
        self.version += 1
        text = write_document(self.metabase.root.walk(), self.metabase.sealer, self.version)
        files = self.metabase.machine.files
        files.make_directory(HISTORY_FOLDER)
        for path, content in ((METABASE_FILE, text), (SCHEMA_FILE, write_schema_document())):
            files.write_text(path, content)
            files.write_text(self._history_path(path, self.version), content)
            outdated = self._history_path(path, self.version - _KEPT_IN_HISTORY)
            if files.exists(outdated):
                files.delete(outdated)
        self.saved_digest = _digest(text)

    def load_if_changed(self) -> None:
        """Read MetaBase.xml unless it is as it was saved. A file that cannot be read keeps IISADMIN from starting.

        Raises:
            NetError: 0x800CC819 when the file cannot be understood.
        """
        files = self.metabase.machine.files
        if not files.is_file(METABASE_FILE):
            return
        text = files.read_text(METABASE_FILE)
        if _digest(text) == self.saved_digest:
            return
        try:
            self.metabase.root = read_document(text, self.metabase.sealer, drop_foreign_secrets=True)
        except NetError:
            self._refuse_to_start()
            raise failure(READ_METABASE_FILE) from None
        self.metabase.change_number += 1
        self.saved_digest = _digest(text)

    def to_json(self) -> dict[str, Any]:
        """Give what has to be remembered beside the files."""
        return {"version": self.version, "saved_digest": self.saved_digest}

    def load_json(self, data: dict[str, Any]) -> None:
        """Read what ``to_json`` gave."""
        self.version = data["version"]
        self.saved_digest = data["saved_digest"]

    def _refuse_to_start(self) -> None:
        services = self.metabase.machine.services
        services.states["iisadmin"] = "Stopped"

    @staticmethod
    def _history_path(path: str, version: int) -> str:
        stem = path.rpartition("\\")[2].removesuffix(".xml")
        return rf"{HISTORY_FOLDER}\{stem}_{version:010}_0000000000.xml"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
