# Prints how long logins and copies take by each route: a name and seconds in each line.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$access = @{ Region = $Region; EndpointUrl = $EndpointUrl }
$new = @{ TaskDefinition = $TaskDefinition; Cluster = $Cluster; Subnet = $Subnet; SecurityGroup = $SecurityGroup; Port = $Port
    AssignPublicIp = 'Disabled' }
$folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid()))).FullName

function Write-Time($name, [scriptblock]$work) {
    "$name $((Measure-Command $work).TotalSeconds.ToString([cultureinfo]::InvariantCulture))"
}

try {
    # Logins to tasks that run, and whose agents run. The first turn warms all of them up.
    foreach ($turn in 0..5) {
        foreach ($route in 'Private', 'InstanceConnect', 'SessionManager') {
            # With the agent in each task, so that nothing but the route differs.
            $session = New-FargateSession @new -Route SessionManager @access
            $session | Get-FargateTaskAddress @access | Out-Null
            Start-Sleep 1
            $line = Write-Time "login-$route" { Invoke-FargateCommand true -Session $session -Route $route @access }
            if ($turn -gt 0) { $line }
            $session | Stop-FargateSession @access
        }
    }

    $session = New-FargateSession @new -Route SessionManager -Wait @access
    $bytes = [byte[]]::new(100000000)
    [Random]::new(1).NextBytes($bytes)
    [IO.File]::WriteAllBytes("$folder/big", $bytes)
    [IO.File]::WriteAllBytes("$folder/small", [ArraySegment[byte]]::new($bytes, 0, 30000000).ToArray())
    Write-Time upload { Copy-FargateItem "$folder/big" big -Session $session @access }
    Copy-FargateItem "$folder/small" small -Session $session @access
    Write-Time download { Copy-FargateItem small "$folder/back" -Session $session -FromSession @access }

    # The longest pause between two lines, while the channel is cut in the middle.
    $sessions = "$EndpointUrl/_local/sessions/connections"
    $times = Invoke-FargateCommand 'i=0; while [ $i -lt 100 ]; do echo $i; sleep 0.05; i=$((i+1)); done' -Session $session @access |
        ForEach-Object {
            if ($_ -eq 50) { Invoke-RestMethod -Method Delete $sessions | Out-Null }
            [Diagnostics.Stopwatch]::GetTimestamp()
        }
    $pauses = foreach ($i in 1..($times.Count - 1)) { [Diagnostics.Stopwatch]::GetElapsedTime($times[$i - 1], $times[$i]).TotalSeconds }
    "cut $(($pauses | Measure-Object -Maximum).Maximum.ToString([cultureinfo]::InvariantCulture))"
    if ($times.Count -ne 100) { throw "$($times.Count) of 100 lines came." }
    $session | Stop-FargateSession @access
}
finally {
    Get-FargateSession -Cluster $Cluster @access | Stop-FargateSession @access
    Remove-Item -Recurse $folder
}
