"""The lab: simulated Windows Servers on loopback. It knows nothing of iisrelay's scripts and is reached only by WinRM."""
