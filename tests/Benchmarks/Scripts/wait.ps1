# Starts as many sessions as standard input says, waits for all of them together and stops them.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$aws = @{ Region = $Region; EndpointUrl = $EndpointUrl }
$count = [int][Console]::In.ReadLine()
$sessions = New-FargateSession $TaskDefinition -Cluster $Cluster -Subnet $Subnet -SecurityGroup $SecurityGroup -Port $Port `
    -Count $count @aws
$ready = @($sessions | Wait-FargateSession)
$sessions | Stop-FargateSession
if ($ready.Count -ne $count) { exit 1 }
