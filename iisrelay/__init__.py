"""iisrelay: the Windows SMTP Server feature as a file, a plan and a command."""

__version__ = "0.1.0"
