<#
.SYNOPSIS
Logs in to a task of a Fargate that runs on this machine, and exits as its shell does.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$repository = Split-Path (Split-Path $PSScriptRoot)
$state = Join-Path ([IO.Path]::GetTempPath()) "fargate-demo-$PID"

. (Join-Path $PSScriptRoot 'functions.ps1')
$fargate = Start-LocalFargate $state @('--log-pace', 'yes')
try {
    $place = $fargate.Place
    Import-Module (Join-Path $repository 'EcsFargateLogin.psd1')
    $session = @{
        TaskDefinition = $place.taskDefinition
        Cluster        = $place.cluster
        Subnet         = $place.subnets
        SecurityGroup  = $place.securityGroups
        Port           = $place.sshPort
        UserName       = $place.userName
        Region         = $place.region
        EndpointUrl    = $place.endpointUrl
    }
    New-FargateSession @session | Enter-FargateShell
    $exitCode = $LASTEXITCODE
}
finally {
    Stop-LocalFargate $fargate
    Remove-Item $state -Recurse -Force -ErrorAction Ignore
}

exit $exitCode
