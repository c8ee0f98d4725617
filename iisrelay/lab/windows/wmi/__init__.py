r"""WMI: the namespaces that administrative scripts read, and root\MicrosoftIISv2 over the metabase."""

from iisrelay.lab.windows.wmi import cim_cmdlets, cmdlets, net_types, views

__all__ = ["cim_cmdlets", "cmdlets", "net_types", "views"]
