# Lists sessions where the journal has 10,000 entries, and prints how many seconds each listing took: that of a region in which one of
# them is, and that of one session by its id.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$access = @{ Region = $Region; EndpointUrl = $EndpointUrl }
$session = New-FargateSession $TaskDefinition -Cluster $Cluster -Subnet $Subnet -SecurityGroup $SecurityGroup -Port $Port -Wait @access
try {
    # The others are as this one, in another region.
    $folder = Split-Path $session.KeyPath
    $entry = [IO.File]::ReadAllText("$folder/session.json").Replace("`"$Region`"", '"eu-south-2"')
    foreach ($i in 1..10000) {
        $id = "fl-copy$i"
        $other = Join-Path (Split-Path $folder) $id
        $null = [IO.Directory]::CreateDirectory($other, [IO.UnixFileMode]'UserRead, UserWrite, UserExecute')
        [IO.File]::WriteAllText("$other/session.json", $entry.Replace($session.SessionId, $id))
    }

    $work = [ordered]@{
        region = { Get-FargateSession -Cluster $Cluster @access }
        one = { Get-FargateSession -SessionId $session.SessionId }
    }
    foreach ($name in $work.Keys) {
        foreach ($turn in 1..10) {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $found = @(& $work[$name])
            "$name $($watch.Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture))"
            if ($found.Count -ne 1) { throw "$($found.Count) sessions were listed." }
        }
    }
}
finally {
    $session | Stop-FargateSession @access
}
