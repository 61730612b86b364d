# What scripts need that log in to a Fargate on this machine: dot-source it.

<#
.SYNOPSIS
Starts a LocalFargate that ends with this script, however it ends, and makes it this process's AWS account.
.PARAMETER StateHome
The folder for the sessions' files; without it one that is deleted with them.
.PARAMETER Option
LocalFargate's own options.
.OUTPUTS
The process, with what it says of itself in Place.
#>
function Start-LocalFargate([string] $StateHome, [string[]] $Option = @()) {
    # Its standard input is ours to hold: it ends when that closes.
    $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
    $program = Join-Path $PSScriptRoot 'bin/Release/net10.0/LocalFargate.dll'
    foreach ($argument in @($program, '--owned') + $Option) { $start.ArgumentList.Add($argument) }
    # Of credentials that are there it would take these; its own are nobody else's.
    foreach ($name in 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN') { $null = $start.Environment.Remove($name) }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $place = $process.StandardOutput.ReadLine() | ConvertFrom-Json
    $env:AWS_ACCESS_KEY_ID = $place.accessKeyId
    $env:AWS_SECRET_ACCESS_KEY = $place.secretAccessKey
    $env:XDG_STATE_HOME = $StateHome ? $StateHome : "$($place.home)/state"
    $process | Add-Member Place $place -PassThru
}

<#
.SYNOPSIS
Ends a LocalFargate and its tasks.
#>
function Stop-LocalFargate($Process) {
    $Process.StandardInput.Close()
    if (-not $Process.WaitForExit(15000)) { $Process.Kill($true) }
}
