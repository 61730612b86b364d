<#
.SYNOPSIS
Shows the module on a Fargate that runs on this machine: by a tour in a terminal, and elsewhere by a login with what standard input
says; then it exits as the shell does.
#>
[CmdletBinding()]
param()

$ErrorActionPreference = 'Stop'
$repository = Split-Path (Split-Path $PSScriptRoot)

. (Join-Path $PSScriptRoot 'functions.ps1')
$fargate = Start-LocalFargate -Option '--log-pace', 'yes'
try {
    $place = $fargate.Place
    # What the reader has for an account of their own does not reach this one, nor the other way round.
    $env:XDG_CONFIG_HOME = "$($place.home)/config"
    Remove-Item env:AWS_PROFILE, env:AWS_DEFAULT_PROFILE, env:AWS_ENDPOINT_URL_* -ErrorAction Ignore
    $env:AWS_REGION = $place.region
    $env:AWS_ENDPOINT_URL = $place.endpointUrl
    Import-Module (Join-Path $repository 'EcsFargateLogin.psd1')
    Save-FargateSessionPreset -TaskDefinition $place.taskDefinition -Cluster $place.cluster -Subnet $place.subnets `
        -SecurityGroup $place.securityGroups -Port $place.sshPort -UserName $place.userName
    if ([Console]::IsInputRedirected -or [Console]::IsOutputRedirected) {
        New-FargateSession | Enter-FargateShell
        $exitCode = $LASTEXITCODE
    }
    else {
        & (Join-Path $PSScriptRoot 'tour.ps1') $place
        $exitCode = 0
    }
}
finally {
    Stop-LocalFargate $fargate
}

exit $exitCode
