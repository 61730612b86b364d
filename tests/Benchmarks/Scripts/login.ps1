# Logs in as the module does it. The parameters besides the first are New-FargateSession's.
param([string] $Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$null = $PSBoundParameters.Remove('Manifest')
New-FargateSession @PSBoundParameters | Enter-FargateShell
exit $LASTEXITCODE
