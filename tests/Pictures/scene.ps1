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
    log      = @{
        Before   = {
            $script:session = New-FargateSession rails-cli -Command sh, -c, (
                'echo 2 migrations are pending; sleep 2; echo add index on orders: done; echo >&2 orders is locked; sleep 2; exit 3')
        }
        Commands = @('$session | Get-FargateLog -Follow', '$LASTEXITCODE')
    }
    detached = @{
        Before   = { $script:session = New-FargateSession rails-cli -Wait }
        Commands = @(
            "Invoke-FargateCommand -Session `$session ```n    'echo 0 of 2 indexes; sleep 4; echo 2 of 2 indexes; exit 3' -Detach"
            'Start-Sleep 1; Receive-FargateCommand'
            'Start-Sleep 4; Receive-FargateCommand'
        )
    }
    ssh      = @{
        Before   = { $script:session = New-FargateSession rails-cli -Wait }
        Commands = @('Export-FargateSshConfig -AddInclude -ConfigPath ./.ssh/config -WhatIf')
    }
    history  = @{
        Before   = {
            New-FargateSession rails-cli -Reason 'INC-7' -Wait | Stop-FargateSession
            $null = New-FargateSession rails-cli -Cpu 1 -Memory 4GB -Wait
        }
        Commands = @('Get-FargateSession -History', 'Get-FargateSession -History | Select-Object -Last 1 | Format-List')
    }
    advice   = @{ IsTyped = $true }
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
        Commands = @(
            "Save-FargateSessionPreset -TaskDefinition rails-cli ```n    -Cluster prod -Subnet subnet-1,subnet-2 -SecurityGroup sg-1"
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
    $env:AWS_REGION = $place.region
    $env:AWS_ENDPOINT_URL = $place.endpointUrl
    Set-Location $Folder
    Import-Module (Join-Path $repository 'EcsFargateLogin.psd1')
    # What stands in a preset, or on the line that is shown, with a reader.
    $PSDefaultParameterValues = @{}
    foreach ($cmdlet in 'New-FargateSession', 'Test-FargateLogin') {
        $PSDefaultParameterValues["${cmdlet}:Cluster"] = $place.cluster
        $PSDefaultParameterValues["${cmdlet}:Subnet"] = $place.subnets[0]
        $PSDefaultParameterValues["${cmdlet}:SecurityGroup"] = $place.securityGroups[0]
        $PSDefaultParameterValues["${cmdlet}:Port"] = $place.sshPort
    }
    $scene = $scenes[$Name]
    if ($scene.Before) { $null = . $scene.Before }
    Clear-Host
    if ($scene.IsTyped) {
        # PowerShell's own prompt, where commands come from the terminal too. `exit` ends it.
        function global:prompt { 'PS> ' }
        $ErrorActionPreference = 'Continue'
        $Host.EnterNestedPrompt()
    }
    else {
        foreach ($command in $scene.Commands) {
            Show-Command ($command -split "`n")
            . ([scriptblock]::Create($command)) | Out-Host
        }
        Write-Host 'PS> ' -NoNewline
        $null = Read-Host
    }
    Get-FargateSession | Stop-FargateSession
}
finally {
    Stop-LocalFargate $fargate
}
