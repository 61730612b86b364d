# Prints how long whole sessions take from a place that reaches no address: a name and seconds in each line.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$access = @{ Region = $Region; EndpointUrl = $EndpointUrl }
$new = @{ TaskDefinition = $TaskDefinition; Cluster = $Cluster; Subnet = $Subnet; SecurityGroup = $SecurityGroup; Port = $Port
    AssignPublicIp = 'Disabled' }
foreach ($turn in 0..4) {
    foreach ($route in 'InstanceConnect', 'SessionManager', 'Auto') {
        $time = Measure-Command { New-FargateSession @new -Route $route @access | Invoke-FargateCommand true @access }
        # The first turn warms all of them up.
        if ($turn -gt 0) { "$route $($time.TotalSeconds.ToString([cultureinfo]::InvariantCulture))" }
    }
}
