# Starts as many sessions as standard input says, and leaves them running.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$null = $PSBoundParameters.Remove('Manifest')
for ($left = [int][Console]::In.ReadLine(); $left -gt 0; $left -= 100) {
    $null = New-FargateSession @PSBoundParameters -Count ([Math]::Min($left, 100))
}
