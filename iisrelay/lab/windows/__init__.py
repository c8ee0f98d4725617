"""A simulated Windows Server; importing this package registers its .NET types, cmdlets and programs."""
