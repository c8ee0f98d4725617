function Get-Secret([string]$Key) {
    # From the environment variable of that name, or from whoever runs the script. It is never printed.
    $plain = [Environment]::GetEnvironmentVariable($Key)
    if ($plain) { return $plain }
    try { $typed = Read-Host -Prompt "Secret $Key" -AsSecureString }
    catch { throw "set the environment variable $Key, or run the script where it can ask" }
    $pointer = [Runtime.InteropServices.Marshal]::SecureStringToBSTR($typed)
    try { [Runtime.InteropServices.Marshal]::PtrToStringBSTR($pointer) }
    finally { [Runtime.InteropServices.Marshal]::ZeroFreeBSTR($pointer) }
}
