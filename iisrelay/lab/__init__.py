"""The lab: simulated Windows Servers on loopback, reached only by WinRM; it knows nothing of our scripts."""
