<#
.SYNOPSIS
Runs the examples of the help or of README and docs one after the other, as their reader would type them, and reports on each.
.DESCRIPTION
It wants a process of its own, without standard input: shells that the examples enter end at once. Credentials and the
folders for files are the environment's, the files of the examples are written into the current folder.
.PARAMETER Source
Help runs what Get-Help shows of each cmdlet, Documents the blocks of README.md and docs that name a cmdlet.
.PARAMETER Place
The file with what a LocalFargate says of itself. It has the clusters default, prod and staging, and a service web.
.PARAMETER Report
The JSON file to write: for each example its Name, WhyNotRun, and Errors.
.PARAMETER Share
Which part of the examples to run, from 0.
.PARAMETER Of
How many parts there are.
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [ValidateSet('Help', 'Documents')] [string] $Source,
    [Parameter(Mandatory)] [string] $Place,
    [Parameter(Mandatory)] [string] $Report,
    [int] $Share = 0,
    [int] $Of = 1
)

. (Join-Path $PSScriptRoot 'functions.ps1')
$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module (Join-Path $root 'EcsFargateLogin.psd1')
$fargate = Get-Content $Place | ConvertFrom-Json
# Examples say for themselves what is started, and where. The account is the environment's.
$PSDefaultParameterValues = @{ 'New-FargateSession:Port' = $fargate.sshPort; 'New-FargateSession:UserName' = $fargate.userName }
$env:AWS_REGION = $fargate.region
$env:AWS_ENDPOINT_URL = $fargate.endpointUrl

# Examples that cannot be run here, and why.
$notRun = @{
    'New-FargateSession: Reach a task in a private subnet through a bastion'        = 'There is no such bastion. JumpHostTests has one.'
    'routes.md, Through a jump host: New-FargateSession rails-cli -Subnet subnet-9' = 'There is no such bastion. JumpHostTests has one.'
}

# What stands in the examples for things of the reader's own, and what it is here. Longer words come first.
$words = [ordered]@{
    'subnet-1'                     = $fargate.subnets[0]
    'subnet-2'                     = $fargate.subnets[1]
    'sg-1'                         = $fargate.securityGroups[0]
    'db.internal'                  = '127.0.0.1'
    'cache.internal'               = '127.0.0.1'
    # Any free port: others may run these tests at the same time.
    ' -LocalPort 1080'             = ''
    # Whoever runs the tests has a configuration of ssh.
    'Export-FargateSshConfig'      = 'Export-FargateSshConfig -ConfigPath ./config-of-ssh'
    'Remove-FargateSshConfig'      = 'Remove-FargateSshConfig -ConfigPath ./config-of-ssh'
    # There are no browsers here.
    'Enter-FargateShell -Online'   = 'Enter-FargateShell'
    # Nothing of Rails is in the container.
    "'bin/"                        = "'echo bin/"
    "'pg_dump "                    = "'echo pg_dump "
    "'psql "                       = "'cat; : "
    '$pattern, '                   = "'root', "
    'log/production.log'           = '/etc/passwd'
    '/var/log/app/*.log'           = '/etc/*.conf'
    '/app/config'                  = '/etc/ssh'
    # As many as a small machine bears.
    '-Count 20'                    = '-Count 2'
    '-Count 64'                    = '-Count 2'
}

# Programs of others, which show what they were asked for, and those of PowerShell that need one in the container.
foreach ($program in 'psql', 'curl', 'docker', 'asciinema', 'pwsh', 'Invoke-Command', 'New-PSSession', 'Enter-PSSession', 'Remove-PSSession') {
    Set-Item "Function:$program" { "$($MyInvocation.MyCommand.Name) $args" }
}

function Invoke-Example($Example) {
    $code = $Example.Code
    foreach ($word in $words.Keys) { $code = $code.Replace($word, $words[$word]) }
    if ($code -match '\$session\b(?! =)' -and $code -notmatch '\$session =' -and -not (Test-Session $session)) {
        $session = New-FargateSession rails-cli -Cluster prod -Subnet $fargate.subnets[0]
    }
    $Error.Clear()
    try { . ([scriptblock]::Create($code)) | Out-Default } catch { $null = $_ }
    @{ Name = $Example.Name; WhyNotRun = ''; Errors = @($Error | ForEach-Object { "$($_.FullyQualifiedErrorId): $_" }) }
}

function Test-Session($Session) { $Session -and $Session.Status -ne 'Stopped' }

New-ExampleFile $fargate
if ($Source -eq 'Documents') {
    # The help's examples make it themselves.
    $null = New-Item ./logs -ItemType Directory
    # The application's own.
    $null = Register-FargateLoginTaskDefinition ecs-fargate-login -FromTaskDefinition rails-cli -Family rails -ErrorAction Stop
}
$groups = @(if ($Source -eq 'Help') { Get-HelpExample } else { Get-Document | Get-DocumentExample }) |
    Group-Object Group
$seen = for ($i = $Share; $i -lt $groups.Count; $i += $Of) {
    # Later examples of a group use earlier ones' variables.
    & {
        foreach ($example in $groups[$i].Group) {
            $why = $notRun[$example.Name]
            if ($why) { @{ Name = $example.Name; WhyNotRun = $why; Errors = @() } } else { . Invoke-Example $example }
        }
    }
    # A preset of one group is not for the next one.
    Remove-Item "$env:XDG_CONFIG_HOME/EcsFargateLogin", ./.fargatelogin.json -Recurse -ErrorAction Ignore
    Get-FargateTunnel | Stop-FargateTunnel
    Get-FargateSession -Mine | Stop-FargateSession
}
ConvertTo-Json -InputObject @($seen) -Depth 4 | Set-Content $Report
