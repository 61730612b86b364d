# Holds 64 tunnels, and runs a command in 200 sessions at the same time again and again, for as many minutes as standard input says. Prints
# after each round the threads, open files and MB of this process.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$minutes = [double]::Parse([Console]::In.ReadLine(), [cultureinfo]::InvariantCulture)
$new = @{
    TaskDefinition = $TaskDefinition; Cluster = $Cluster; Subnet = $Subnet; SecurityGroup = $SecurityGroup; Port = $Port
    Region = $Region; EndpointUrl = $EndpointUrl
}
$sessions = @(New-FargateSession @new -Count 100; New-FargateSession @new -Count 100)
try {
    $null = $sessions | Wait-FargateSession
    $tunnels = @(foreach ($i in 1..64) { $sessions[$i] | Start-FargateTunnel -RemoteHost $sessions[$i].PrivateAddress -RemotePort $Port -KeepSession })
    $watch = [Diagnostics.Stopwatch]::StartNew()
    do {
        $results = @(Invoke-FargateCommand -Session $sessions -Command 'true' -ThrottleLimit 200 -PassThru)
        if (@($results | Where-Object ExitCode -EQ 0).Count -ne 200) { throw 'Not all commands ran.' }
        foreach ($tunnel in $tunnels) {
            $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $tunnel.LocalPort)
            if ($client.GetStream().ReadByte() -ne [byte][char] 'S') { throw 'A tunnel did not lead to the SSH server.' }
            $client.Dispose()
        }
        $results = $client = $null
        [GC]::Collect()
        [GC]::WaitForPendingFinalizers()
        $process = Get-Process -Id $PID
        "threads $($process.Threads.Count)"
        "files $(@(Get-ChildItem "/proc/$PID/fd").Count)"
        "memory $(($process.WorkingSet64 / 1MB).ToString([cultureinfo]::InvariantCulture))"
    } while ($watch.Elapsed.TotalMinutes -lt $minutes)
    $tunnels | Stop-FargateTunnel
}
finally {
    $sessions | Stop-FargateSession
}
