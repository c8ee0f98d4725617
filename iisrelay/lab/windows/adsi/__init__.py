"""ADSI: the IIS provider over the metabase, and the little of WinNT that scripts use to name operators."""

from iisrelay.lab.windows.adsi import net_types
from iisrelay.lab.windows.adsi.binding import bind_moniker, create_com_object

__all__ = ["bind_moniker", "create_com_object", "net_types"]
