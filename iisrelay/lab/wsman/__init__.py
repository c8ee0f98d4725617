"""The WinRM service of lab hosts: HTTP, authentication, message encryption, SOAP and the shell verbs of [MS-WSMV]."""
