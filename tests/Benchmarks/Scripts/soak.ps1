# Starts sessions one after the other, as many as standard input says, and enters each with a command; its exit code
# is a number of its own. Where AWS lets none be started, it tries again, as a user would. Prints for each session the
# exit code that was wanted, the one that came, and how many starts it took. No task ends by itself before somebody has
# logged in: one that was lost would be seen.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

Import-Module $Manifest -ErrorAction Stop
$null = $PSBoundParameters.Remove('Manifest')
$count = [int][Console]::In.ReadLine()
for ($i = 0; $i -lt $count; $i++) {
    $wanted = Get-Random -Minimum 1 -Maximum 255
    $global:LASTEXITCODE = $null
    for ($tries = 1; $true; $tries++) {
        try {
            New-FargateSession @PSBoundParameters -LoginTimeout 0 |
                Enter-FargateShell -Option "RemoteCommand=exit $wanted"
        }
        catch {
            [Console]::Error.WriteLine($_)
        }
        if ($LASTEXITCODE -notin $null, 255 -or $tries -eq 20) { break }
    }
    "$wanted $($LASTEXITCODE ?? -1) $tries"
}
exit 0
