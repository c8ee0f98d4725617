"""The IIS metabase, as far as the SMTP service lives in it."""

from iisrelay.lab.windows.metabase.metabase import Metabase

__all__ = ["Metabase"]
