# Prints the ids of the sessions that an earlier PowerShell has left, and stops them. The parameters besides the first are
# New-FargateSession's.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$sessions = @(Get-FargateSession -Cluster $Cluster -Region $Region -EndpointUrl $EndpointUrl)
$sessions.SessionId
$sessions | Stop-FargateSession
