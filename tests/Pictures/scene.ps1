<#
.SYNOPSIS
Plays one scene on a Fargate on this machine, for take-pictures.sh. Shows each command at a prompt, as if it had been typed
there, and then runs it. What is typed into a remote shell comes from the terminal.
.PARAMETER Name
The scene.
.PARAMETER Folder
The current folder of the scene; the files of its sessions and presets are below it. Whoever calls deletes it.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Name,
    [Parameter(Mandatory)] [string] $Folder
)

$ErrorActionPreference = 'Stop'
$repository = Split-Path (Split-Path $PSScriptRoot)

# Of each scene: what it does before it is seen, and the commands, of one line or more.
$scenes = @{
    login    = @{
        Commands = @(
            "New-FargateSession rails-cli -EnvironmentVariable @{ RAILS_ENV = 'production' } |`n    Enter-FargateShell"
            '$LASTEXITCODE'
        )
    }
    waiting  = @{
        Commands = @(
            '$sessions = New-FargateSession rails-cli -Count 5 -Wait -MaxLifetime 3600'
            'Get-FargateSession'
        )
    }
    list     = @{
        Before   = { $null = New-FargateSession rails-cli -Wait -MaxLifetime 3600 -Tag @{ team = 'billing' } }
        Commands = @('Get-FargateSession | Format-List')
    }
    narrow   = @{ Commands = @("`$session = New-FargateSession ```n    rails-cli -Wait", 'Get-FargateSession') }
    doctor   = @{ Commands = @('Test-FargateLogin rails-cli -MyAddress 198.51.100.7') }
    commands = @{
        Before   = { $script:sessions = New-FargateSession rails-cli -Count 3 -Wait }
        Commands = @(
            'Invoke-FargateCommand -Session $sessions[0] ''cat /etc/debian_version; date +%Z'''
            "Invoke-FargateCommand -Session `$sessions 'hostname' -PassThru |`n    Format-Table"
            "Invoke-FargateCommand -Session `$sessions[0] 'ls /nowhere' -StandardErrorAs Output ```n    -PassThru | Format-Table"
        )
    }
    tunnels  = @{
        Before   = { $script:session = New-FargateSession rails-cli -Wait }
        Commands = @(
            "`$db = `$session | Start-FargateTunnel -RemoteHost db.internal -RemotePort 5432 ```n    -KeepSession -SkipTargetCheck"
            '$proxy = $session | Start-FargateTunnel -Socks -KeepSession'
            'Get-FargateTunnel'
            '$db, $proxy | Stop-FargateTunnel'
        )
    }
    files    = @{
        Before   = {
            $script:session = New-FargateSession rails-cli -Wait
            [IO.File]::WriteAllText("$Folder/import.csv", 'id;name' * 5000)
        }
        Commands = @(
            '$session | Copy-FargateItem ./import.csv /tmp/ -KeepSession -PassThru'
            '$session | Copy-FargateItem /etc/hosts, /etc/os-release . -FromSession -PassThru'
        )
    }
    presets  = @{
        Before   = { $PSDefaultParameterValues.Clear() }
        Commands = @(
            "Save-FargateSessionPreset -TaskDefinition rails-cli -Cluster prod ```n    -Subnet subnet-1,subnet-2 -SecurityGroup sg-1"
            "Save-FargateSessionPreset staging -Service web -Cluster staging -MaxLifetime 3600 ```n    -Project"
            'Get-FargateSessionPreset'
            'Get-FargateSessionPreset staging | Format-List'
        )
    }
    setup    = @{
        Commands = @(
            'Export-FargateLoginContainer my-app:1.2 ./my-app-cli -Distribution Alpine'
            'Register-FargateLoginTaskDefinition my-app-cli -FromTaskDefinition rails-cli -WhatIf'
        )
    }
}

# A line is written at once: whoever waits for an empty prompt must not see half of one.
function Show-Command([string[]] $Lines) {
    $prompt = 'PS> '
    foreach ($line in $Lines) {
        Write-Host "$prompt$($PSStyle.Foreground.BrightYellow)$line$($PSStyle.Reset)"
        $prompt = '>> '
    }
}

. (Join-Path $repository 'tests/LocalFargate/functions.ps1')
$fargate = Start-LocalFargate "$Folder/.local/state" '--start-seconds', '6'
try {
    $place = $fargate.Place
    $env:XDG_CONFIG_HOME = "$Folder/.config"
    Set-Location $Folder
    Import-Module (Join-Path $repository 'EcsFargateLogin.psd1')
    $account = @{
        '*-Fargate*:Region'        = $place.region
        '*-Fargate*:EndpointUrl'   = $place.endpointUrl
        '*-Fargate*:Cluster'       = $place.cluster
        '*-Fargate*:Subnet'        = $place.subnets[0]
        '*-Fargate*:SecurityGroup' = $place.securityGroups[0]
        '*-Fargate*:Port'          = $place.sshPort
    }
    $PSDefaultParameterValues = $account.Clone()
    $scene = $scenes[$Name]
    if ($scene.Before) { $null = . $scene.Before }
    Clear-Host
    foreach ($command in $scene.Commands) {
        Show-Command ($command -split "`n")
        . ([scriptblock]::Create($command)) | Out-Host
    }
    Write-Host 'PS> ' -NoNewline
    $null = Read-Host
    $PSDefaultParameterValues = $account
    Get-FargateSession | Stop-FargateSession
}
finally {
    Stop-LocalFargate $fargate
}
