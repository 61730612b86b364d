# A session as ecs-fargate-login has it: asks ECS every 5 s until the task is RUNNING, and only then starts ssh; afterwards asks every
# 5 s, twelve times at most, whether the task has stopped by itself, and stops it where it has not. Prints the time of its end.
# The parameters besides the first are New-FargateSession's.
param([string] $Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$null = $PSBoundParameters.Remove('Manifest')
$session = New-FargateSession @PSBoundParameters
try {
    do {
        Start-Sleep -Seconds 5
        $address = $session | Get-FargateTaskAddress -NoWait
    } until ($address.Status -eq 'RUNNING')

    # Not through the pipeline: ssh gets this process's own standard input and output, as it does from the module.
    $ssh = [Diagnostics.ProcessStartInfo]::new('ssh')
    foreach ($argument in '-F', 'none', '-T', '-i', $session.KeyPath,
        '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'LogLevel=ERROR',
        '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null',
        '-p', $session.Port, '-l', $session.UserName, '--', $address.PublicAddress) {
        $ssh.ArgumentList.Add($argument)
    }
    $process = [Diagnostics.Process]::Start($ssh)
    $process.WaitForExit()
    $exitCode = $process.ExitCode

    for ($tries = 0; $tries -lt 12; $tries++) {
        Start-Sleep -Seconds 5
        if (($session | Get-FargateTaskAddress -NoWait).Status -eq 'STOPPED') { break }
    }
}
finally {
    $session | Stop-FargateSession
}

[DateTimeOffset]::UtcNow.ToString('o')
exit $exitCode
