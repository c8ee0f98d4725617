function Get-FailureText($Record) {
    # The innermost exception knows the cause; the outer ones only say which call failed.
    $exception = $Record.Exception
    while ($null -ne $exception.InnerException) { $exception = $exception.InnerException }
    $text = ([string]$exception.Message).Trim()
    if ($exception -is [Runtime.InteropServices.ExternalException]) {
        $text = '{0} (0x{1:X8})' -f $text, $exception.ErrorCode
    }
    $text
}
