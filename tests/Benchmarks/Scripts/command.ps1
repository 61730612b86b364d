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
$ours = foreach ($run in 1..5) { Measure-Duration { Invoke-FargateCommand -Session $session -Command $million | Out-Null } }
$grown = ((Get-Process -Id $PID).WorkingSet64 - $before) / 1MB
# Afterwards, because PowerShell's handling of native programs takes memory of its own.
$native = foreach ($run in 1..5) { Measure-Duration { ssh -F none -S $socket master $million | Out-Null } }
$lines = foreach ($run in 0..4) { $ours[$run] / $native[$run] }

# What PowerShell itself needs for as many lines: a cmdlet that writes one line again and again, with no ssh and no new text.
Add-Type -PassThru -TypeDefinition @'
using System.Management.Automation;

[Cmdlet(VerbsCommunications.Write, "SameLine")]
public sealed class WriteSameLineCommand : PSCmdlet
{
    [Parameter(Position = 0)]
    public int Count { get; set; }

    protected override void EndProcessing()
    {
        var line = new string('x', 99);
        for (var i = 0; i < Count; i++)
        {
            WriteObject(line);
        }
    }
}
'@ | ForEach-Object Assembly | Import-Module
Write-SameLine 1000000 | Out-Null
$same = foreach ($run in 0..4) { (Measure-Duration { Write-SameLine 1000000 | Out-Null }) / $native[$run] }

# A shell on a session that was entered before, beside ssh that logs in by itself, and knows the key.
$ssh = @(
    '-F', 'none', '-T', '-i', $session.KeyPath, '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'StrictHostKeyChecking=yes'
    '-o', "UserKnownHostsFile=$($session.KnownHostsPath)", '-o', "HostKeyAlias=$($session.TaskId)", '-p', $session.Port
    "$($session.UserName)@$($session.PublicAddress)", 'true')
$entered = foreach ($run in 0..10) {
    $ours = Measure-Duration { $session | Enter-FargateShell -KeepSession -Option RemoteCommand=true }
    $above = $ours - (Measure-Program ssh $ssh)
    # The first one is not the second.
    if ($run -gt 0) { $above }
}
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
@{ second = @($second); lines = @($lines); sameLines = @($same); entered = @($entered); grown = $grown; batch = $batch; both = $both } | ConvertTo-Json -Compress
