"""A simulated Windows Server. Importing the package registers its .NET types, cmdlets and programs."""

from iisrelay.lab.windows import adsi, cmdlets, dotnet, firewall_com, native, wmi

__all__ = ["adsi", "cmdlets", "dotnet", "firewall_com", "native", "wmi"]
