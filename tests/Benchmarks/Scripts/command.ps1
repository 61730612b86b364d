# Runs commands on sessions and prints, as JSON, how long they took, beside ssh over the connection that the sessions have open.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$new = @{
    TaskDefinition = $TaskDefinition; Cluster = $Cluster; Subnet = $Subnet; SecurityGroup = $SecurityGroup; Port = $Port
    Region = $Region; EndpointUrl = $EndpointUrl
}

function Measure-Duration([scriptblock] $Work) { (Measure-Command $Work).TotalSeconds }

# Started as a program of its own, so that PowerShell's handling of native commands is not in its time.
function Measure-Program([string] $Program, [string[]] $Arguments) {
    $start = [Diagnostics.ProcessStartInfo]::new($Program, $Arguments)
    $start.RedirectStandardOutput = $true
    Measure-Duration {
        $process = [Diagnostics.Process]::Start($start)
        $null = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        if ($process.ExitCode) { throw "$Program ended with $($process.ExitCode)." }
    }
}

$session = New-FargateSession @new -Wait
Invoke-FargateCommand -Session $session -Command 'true'
$socket = Join-Path (Split-Path $session.KeyPath) 'control'
$second = foreach ($run in 1..15) {
    $ours = Measure-Duration { Invoke-FargateCommand -Session $session -Command 'true' }
    $ours - (Measure-Program ssh '-F', none, '-S', $socket, master, 'true')
}

# A million lines of a hundred bytes, as a log has them. The first run compiles what the others run.
$million = "yes $('x' * 99) | head -n 1000000"
Invoke-FargateCommand -Session $session -Command $million | Out-Null
$before = (Get-Process -Id $PID).WorkingSet64
$lines = foreach ($run in 1..5) {
    $ours = Measure-Duration { Invoke-FargateCommand -Session $session -Command $million | Out-Null }
    $ours / (Measure-Program sh '-c', "ssh -F none -S '$socket' master '$million' | wc -l")
}
$grown = ((Get-Process -Id $PID).WorkingSet64 - $before) / 1MB
$session | Stop-FargateSession

function Measure-Batch([int] $Count) {
    $sessions = @(New-FargateSession @new -Count $Count -Wait)
    $seconds = Measure-Duration {
        $results = Invoke-FargateCommand -Session $sessions -Command 'sleep 1' -ThrottleLimit 32 -PassThru
        if (@($results | Where-Object ExitCode -EQ 0).Count -ne $Count) { throw "Not all of $Count commands ran." }
    }
    $sessions | Stop-FargateSession
    $seconds
}

$batch = Measure-Batch 32
$both = Measure-Batch 64
@{ second = @($second); lines = @($lines); grown = $grown; batch = $batch; both = $both } | ConvertTo-Json -Compress
