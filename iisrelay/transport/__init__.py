"""Ways to run a script on a host: WinRM, or PowerShell on this very machine."""
