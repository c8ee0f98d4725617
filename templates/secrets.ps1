function Get-Secret([string]$Key) {
    # Secrets came as data beside the script, and are nowhere in its text.
    if (-not $Inputs.ContainsKey("secret:$Key")) { throw "the secret for $Key did not arrive" }
    [string]$Inputs["secret:$Key"]
}
