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

# LocalFargate's standard input is ours to hold: it ends when that closes, however this script ends.
$start = [Diagnostics.ProcessStartInfo]::new('dotnet')
$program = Join-Path $repository 'tests/LocalFargate/bin/Release/net10.0/LocalFargate.dll'
foreach ($argument in $program, '--owned', '--start-seconds', '6') { $start.ArgumentList.Add($argument) }
$start.RedirectStandardInput = $true
$start.RedirectStandardOutput = $true
$fargate = [Diagnostics.Process]::Start($start)
try {
    $place = $fargate.StandardOutput.ReadLine() | ConvertFrom-Json
    $env:AWS_ACCESS_KEY_ID = $place.accessKeyId
    $env:AWS_SECRET_ACCESS_KEY = $place.secretAccessKey
    $env:XDG_STATE_HOME = $StateHome

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
    $fargate.StandardInput.Close()
    if (-not $fargate.WaitForExit(15000)) { $fargate.Kill($true) }
}
