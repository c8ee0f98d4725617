# Reads a script and its inputs from standard input and runs the script with them. Windows PowerShell 2.0 only.
#   line 1: base64 of the gzipped script
#   line 2: the same of the inputs, each a line of two base64 texts with a colon between them: name, value
#   line 3: the end mark; an input that was cut off never runs
# The comments and the indentation of this file stay at home.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
function ConvertFrom-Base64($text) {
    [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($text))
}
function Expand-Payload($line) {
    $packed = New-Object IO.MemoryStream(,[Convert]::FromBase64String($line))
    $stream = New-Object IO.Compression.GZipStream($packed, [IO.Compression.CompressionMode]::Decompress)
    (New-Object IO.StreamReader($stream, [Text.Encoding]::UTF8)).ReadToEnd()
}
try {
    $script = [Console]::In.ReadLine()
    $values = [Console]::In.ReadLine()
    if ([Console]::In.ReadLine() -cne 'IISRELAY-END') { throw 'The script did not arrive completely.' }
    $inputs = @{}
    foreach ($line in (Expand-Payload $values).Split("`n")) {
        $pair = $line.Split(':')
        if ($pair.Length -eq 2) { $inputs[(ConvertFrom-Base64 $pair[0])] = ConvertFrom-Base64 $pair[1] }
    }
    & ([ScriptBlock]::Create((Expand-Payload $script))) $inputs
    exit 0
} catch {
    [Console]::Error.WriteLine($_.Exception.Message)
    [Console]::Error.WriteLine($_.InvocationInfo.PositionMessage)
    exit 1
}
