# Copies 100 MB to a task and back, by Copy-FargateItem and by sftp in turns, and prints how many seconds each took.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$access = @{ Region = $Region; EndpointUrl = $EndpointUrl }
$folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid()))).FullName
$session = New-FargateSession $TaskDefinition -Cluster $Cluster -Subnet $Subnet -SecurityGroup $SecurityGroup -Port $Port -Wait @access
try {
    $bytes = [byte[]]::new(100000000)
    [Random]::new(1).NextBytes($bytes)
    [IO.File]::WriteAllBytes("$folder/big", $bytes)
    $options = @(
        '-F', 'none', '-P', $Port, '-i', $session.KeyPath, '-o', "UserKnownHostsFile=$($session.KnownHostsPath)"
        '-o', "HostKeyAlias=$($session.TaskId)", '-o', 'StrictHostKeyChecking=accept-new', '-q', '-b', '-')
    $there = "$($session.UserName)@$($session.PublicAddress)"
    foreach ($turn in 0..3) {
        $times = [ordered]@{
            upload = Measure-Command { $session | Copy-FargateItem "$folder/big" big -KeepSession @access }
            put = Measure-Command { "put `"$folder/big`" big2" | sftp @options $there }
            download = Measure-Command { $session | Copy-FargateItem big "$folder/back" -FromSession -KeepSession @access }
            get = Measure-Command { "get big2 `"$folder/back2`"" | sftp @options $there }
        }
        # The first turn warms both up.
        if ($turn -gt 0) {
            $times.GetEnumerator() | ForEach-Object { "$($_.Key) $($_.Value.TotalSeconds.ToString([cultureinfo]::InvariantCulture))" }
        }
    }
}
finally {
    $session | Stop-FargateSession @access
    Remove-Item -Recurse $folder
}
