<#
.SYNOPSIS
Logs in to a task of a Fargate on this machine, for take-picture.sh. Shows each command at a prompt, as if it had been
typed there, and then runs it. What is typed into the remote shell comes from the terminal.
.PARAMETER StateHome
The folder for the session's files. Whoever calls deletes it.
#>
[CmdletBinding()]
param([Parameter(Mandatory)] [string] $StateHome)

$ErrorActionPreference = 'Stop'
$repository = Split-Path (Split-Path $PSScriptRoot)

function Show-Command([string[]] $Lines) {
    $prompt = 'PS> '
    foreach ($line in $Lines) {
        Write-Host $prompt -NoNewline
        Write-Host $line -ForegroundColor Yellow
        $prompt = '>> '
    }
}

. (Join-Path $repository 'tests/LocalFargate/functions.ps1')
$fargate = Start-LocalFargate $StateHome '--start-seconds', '6'
try {
    $place = $fargate.Place
    Import-Module (Join-Path $repository 'EcsFargateLogin.psd1')
    $PSDefaultParameterValues = @{
        'New-FargateSession:Cluster'       = $place.cluster
        'New-FargateSession:Subnet'        = $place.subnets
        'New-FargateSession:SecurityGroup' = $place.securityGroups
        'New-FargateSession:Port'          = $place.sshPort
        'New-FargateSession:Region'        = $place.region
        'New-FargateSession:EndpointUrl'   = $place.endpointUrl
    }
    Clear-Host
    $logIn = @(
        "New-FargateSession $($place.taskDefinition) -EnvironmentVariable @{ RAILS_ENV = 'production' } |"
        '    Enter-FargateShell'
    )
    foreach ($command in $logIn, '$LASTEXITCODE') {
        Show-Command $command
        . ([scriptblock]::Create($command -join "`n")) | Out-Host
    }
    Show-Command ''
    $null = Read-Host
}
finally {
    Stop-LocalFargate $fargate
}
