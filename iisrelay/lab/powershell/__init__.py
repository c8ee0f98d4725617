"""The lab's PowerShell: parser, interpreter, .NET types and cmdlets of Windows PowerShell 2.0 to 5.1."""
