# Waits for all sessions of this machine, as many as standard input says. Prints each one's task and when it came, and
# last what the wait took: CPU time in milliseconds and the process's peak memory in bytes.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$sessions = @(Get-FargateSession -Mine -Cluster $Cluster -Region $Region -EndpointUrl $EndpointUrl)
$process = [System.Diagnostics.Process]::GetCurrentProcess()
$cpu = $process.TotalProcessorTime
$lines = @($sessions | Wait-FargateSession | ForEach-Object {
        "$($_.TaskArn) $([DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds())"
    })
$process.Refresh()
$lines
"$(($process.TotalProcessorTime - $cpu).TotalMilliseconds) $($process.PeakWorkingSet64)"
if ($lines.Count -ne [int][Console]::In.ReadLine()) { exit 1 }
