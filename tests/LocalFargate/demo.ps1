<#
.SYNOPSIS
Logs in to a task of a Fargate that runs on this machine, and exits as its shell does.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$repository = Split-Path (Split-Path $PSScriptRoot)
$state = Join-Path ([IO.Path]::GetTempPath()) "fargate-demo-$PID"

# LocalFargate's standard input is ours to hold: it ends when that closes, however this script ends.
$start = [Diagnostics.ProcessStartInfo]::new('dotnet')
$start.ArgumentList.Add((Join-Path $PSScriptRoot 'bin/Release/net10.0/LocalFargate.dll'))
$start.ArgumentList.Add('--owned')
$start.RedirectStandardInput = $true
$start.RedirectStandardOutput = $true
$fargate = [Diagnostics.Process]::Start($start)
try {
    $place = $fargate.StandardOutput.ReadLine() | ConvertFrom-Json
    $env:AWS_ACCESS_KEY_ID = $place.accessKeyId
    $env:AWS_SECRET_ACCESS_KEY = $place.secretAccessKey
    $env:XDG_STATE_HOME = $state

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
    $fargate.StandardInput.Close()
    if (-not $fargate.WaitForExit(15000)) { $fargate.Kill($true) }
    Remove-Item $state -Recurse -Force -ErrorAction Ignore
}

exit $exitCode
