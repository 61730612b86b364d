# Prints how many milliseconds the import of a module takes.
param([string] $Module)

$ErrorActionPreference = 'Stop'
$watch = [Diagnostics.Stopwatch]::StartNew()
Import-Module $Module
$watch.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture)
