"""How objects become console text: views of known types, tables and lists for the rest."""

from __future__ import annotations

from iisrelay.lab.powershell.formatting import known_views
from iisrelay.lab.powershell.formatting.documents import Document
from iisrelay.lab.powershell.formatting.rendering import render
from iisrelay.lab.powershell.formatting.views import ListView, TableView, TextView, ViewColumn, register_view

__all__ = ["Document", "ListView", "TableView", "TextView", "ViewColumn", "known_views", "register_view", "render"]
