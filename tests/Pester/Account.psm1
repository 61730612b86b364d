#Requires -Version 7.4
# The AWS account of the tests of the surface: one LocalFargate for the whole run, and ways to read what commands asked it
# for. It starts no processes for its tasks: what logs in to one is tested by xunit.

$script:root = Split-Path (Split-Path $PSScriptRoot)
$script:fargate = $null
$script:client = [Net.Http.HttpClient]::new()
$script:replaced = @{}

. "$script:root/tests/LocalFargate/functions.ps1"

$MyInvocation.MyCommand.ScriptBlock.Module.OnRemove = {
    Disconnect-LocalFargate
    if ($script:fargate) { Stop-LocalFargate $script:fargate }
    $script:client.Dispose()
}

<#
.SYNOPSIS
Makes the LocalFargate of this run the account of this process until Disconnect-LocalFargate, and returns what it says of
itself. The first call starts it; it ends with this module, or with the process.
.PARAMETER Path
The folder for files of sessions and presets, such as $TestDrive.
#>
function Connect-LocalFargate([string] $Path) {
    Disconnect-LocalFargate
    $script:replaced = Set-Environment @{
        XDG_STATE_HOME              = "$Path/state"
        XDG_CONFIG_HOME             = "$Path/config"
        AWS_ACCESS_KEY_ID           = $null
        AWS_SECRET_ACCESS_KEY       = $null
        AWS_SESSION_TOKEN           = $null
        AWS_PROFILE                 = $null
        AWS_REGION                  = $null
        AWS_DEFAULT_REGION          = $null
        AWS_ENDPOINT_URL            = $null
        AWS_SHARED_CREDENTIALS_FILE = "$Path/no-credentials"
        AWS_CONFIG_FILE             = "$Path/no-config"
        AWS_EC2_METADATA_DISABLED   = 'true'
    }
    if (-not $script:fargate) {
        $script:fargate = Start-LocalFargate $env:XDG_STATE_HOME -Option @(
            '--start-seconds', 0, '--containers', 'no', '--revision-limit', 3, '--instance-connect', 1
            '--clusters', 'local,default,blue green,blue-green')
    }
    # Its keys are made anew at each start.
    $env:AWS_ACCESS_KEY_ID = $script:fargate.Place.accessKeyId
    $env:AWS_SECRET_ACCESS_KEY = $script:fargate.Place.secretAccessKey
    Reset-LocalFargate
    $script:fargate.Place
}

<#
.SYNOPSIS
Gives the process back the environment that it had.
#>
function Disconnect-LocalFargate {
    $null = Set-Environment $script:replaced
    $script:replaced = @{}
}

# Sets environment variables, of which null takes one away, and returns what they were.
function Set-Environment([hashtable] $Variable) {
    $before = @{}
    foreach ($name in $Variable.Keys) {
        $before[$name] = [Environment]::GetEnvironmentVariable($name)
        # PowerShell would make an empty text of null.
        [Environment]::SetEnvironmentVariable($name, $Variable[$name] ?? [NullString]::Value)
    }
    $before
}

<#
.SYNOPSIS
Runs a command with other environment variables; null takes one away.
#>
function Use-Environment([hashtable] $Variable, [scriptblock] $Command) {
    $before = Set-Environment $Variable
    try { & $Command } finally { $null = Set-Environment $before }
}

<#
.SYNOPSIS
What tests assign to $PSDefaultParameterValues, so that they type what they are about and nothing else.
#>
function Get-DefaultParameter {
    if (-not $script:fargate) { return @{} }
    $place = $script:fargate.Place
    @{
        '*-Fargate*:Region'                 = $place.region
        '*-Fargate*:EndpointUrl'            = $place.endpointUrl
        'New-FargateSession:TaskDefinition' = $place.taskDefinition
        'New-FargateSession:Cluster'        = $place.cluster
        'New-FargateSession:Subnet'         = $place.subnets[0]
        'New-FargateSession:SecurityGroup'  = $place.securityGroups[0]
        'New-FargateSession:Port'           = $place.sshPort
    }
}

function Invoke-Control([string] $Method, [string] $Path, $Body) {
    $request = [Net.Http.HttpRequestMessage]::new($Method, "$($script:fargate.Place.endpointUrl)/_local/$Path")
    if ($Body) { $request.Content = [Net.Http.StringContent]::new(($Body -is [string] ? $Body : (ConvertTo-Json $Body -Depth 9))) }
    $reply = $script:client.Send($request)
    $text = $reply.Content.ReadAsStringAsync().GetAwaiter().GetResult()
    if (-not $reply.IsSuccessStatusCode) { throw "LocalFargate answered $Method $Path with $($reply.StatusCode): $text" }
    if ($text) { ConvertFrom-Json $text }
}

<#
.SYNOPSIS
Forgets what other tests have asked for and left, and takes their faults away.
#>
function Reset-LocalFargate {
    Get-SessionFolder | Remove-Item -Recurse
    Invoke-Control DELETE calls
    Invoke-Control DELETE faults
}

<#
.SYNOPSIS
Makes something go wrong, as tests/LocalFargate/README.md lists it.
#>
function Add-Fault([hashtable] $Fault) {
    Invoke-Control POST faults -Body $Fault
}

<#
.SYNOPSIS
Registers a task definition for Fargate, or the one of a JSON text. Returns its ARN.
#>
function Register-TaskDefinition([string] $Family, [hashtable[]] $Container, [hashtable] $Property = @{}, [string] $Json) {
    if ($Json) { return Invoke-Control POST task-definitions -Body $Json }
    $containers = foreach ($own in $Container) { Merge-Table @{ image = 'ecs-fargate-login'; essential = $true } $own }
    Invoke-Control POST task-definitions -Body (Merge-Table @{
            family                  = $Family
            networkMode             = 'awsvpc'
            requiresCompatibilities = @('FARGATE')
            cpu                     = '256'
            memory                  = '512'
            executionRoleArn        = 'arn:aws:iam::123456789012:role/local-execution'
            containerDefinitions    = @($containers)
        } $Property)
}

<#
.SYNOPSIS
Registers a service of the cluster "local", in the subnets and security groups that there are. Returns its ARN.
#>
function Register-Service([string] $Name, [hashtable] $Property = @{}) {
    Invoke-Control POST services -Body (Merge-Table @{
            name           = $Name
            cluster        = $script:fargate.Place.cluster
            taskDefinition = 'rails'
            subnets        = @($script:fargate.Place.subnets)
            securityGroups = @($script:fargate.Place.securityGroups)
        } $Property)
}

# The first table, with what the second one says in its place.
function Merge-Table([hashtable] $Table, [hashtable] $Own) {
    foreach ($key in $Own.Keys) { $Table[$key] = $Own[$key] }
    $Table
}

<#
.SYNOPSIS
The parameters of the calls since the last reset, of one operation or as "name" of all.
#>
function Get-ReceivedCall([string] $Operation) {
    Invoke-Control GET calls | Where-Object operation -EQ $Operation | ForEach-Object parameters
}

<#
.SYNOPSIS
The operations that were called since the last reset, in order.
#>
function Get-ReceivedOperation {
    Invoke-Control GET calls | ForEach-Object operation
}

<#
.SYNOPSIS
The tasks that were started since the last reset.
#>
function Get-StartedTask {
    $ids = @(Get-ReceivedCall RunTask | ForEach-Object startedBy)
    Invoke-Control GET tasks | Where-Object startedBy -In $ids
}

<#
.SYNOPSIS
The folders of sessions that this machine remembers.
#>
function Get-SessionFolder {
    Get-ChildItem "$env:XDG_STATE_HOME/EcsFargateLogin/sessions" -Directory -ErrorAction Ignore
}

<#
.SYNOPSIS
Waits until a condition holds.
#>
function Wait-Until([scriptblock] $Condition, [string] $What) {
    $limit = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($limit.Elapsed.TotalSeconds -gt 60) { throw "It did not come to be that $What." }
        Start-Sleep -Milliseconds 50
    }
}

<#
.SYNOPSIS
Asserts that ECS was not asked to start anything since the last reset, and that nothing was written down.
#>
function Assert-NothingStarted {
    Get-ReceivedOperation | Should -Not -Contain RunTask
    Get-SessionFolder | Should -BeNullOrEmpty
}

<#
.SYNOPSIS
Asserts that so many tasks were started since the last reset, that each was stopped, and that nothing is remembered.
#>
function Assert-NothingLeft([int] $Started) {
    $tasks = @(Get-StartedTask)
    $tasks.Count | Should -Be $Started -Because 'so many tasks were to be started'
    $tasks | Where-Object { -not $_.stopCode } | ForEach-Object arn | Should -BeNullOrEmpty -Because 'no task runs on'
    Get-SessionFolder | Should -BeNullOrEmpty
}

Export-ModuleMember -Function Connect-LocalFargate, Disconnect-LocalFargate, Use-Environment, Get-DefaultParameter,
    Reset-LocalFargate, Add-Fault, Register-TaskDefinition, Register-Service, Get-ReceivedCall, Get-ReceivedOperation,
    Get-StartedTask, Get-SessionFolder, Wait-Until, Assert-NothingStarted, Assert-NothingLeft
