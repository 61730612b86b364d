# Copies to a task and back: 100 MB and an empty file over the session's open connection, beside sftp over the same connection; 100 MB
# beside sftp that logs in, and 10,000 small files beside scp -r, which logs in too. Prints how many seconds each took.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
Import-Module $Manifest
$access = @{ Region = $Region; EndpointUrl = $EndpointUrl }
$folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid()))).FullName
$session = New-FargateSession $TaskDefinition -Cluster $Cluster -Subnet $Subnet -SecurityGroup $SecurityGroup -Port $Port -Wait @access

function Write-Time([Collections.Specialized.OrderedDictionary] $Times) {
    foreach ($time in $Times.GetEnumerator()) { "$($time.Key) $($time.Value.TotalSeconds.ToString([cultureinfo]::InvariantCulture))" }
}

try {
    $bytes = [byte[]]::new(100000000)
    [Random]::new(1).NextBytes($bytes)
    [IO.File]::WriteAllBytes("$folder/big", $bytes)
    [IO.File]::WriteAllBytes("$folder/empty", @())
    $login = @(
        '-F', 'none', '-P', $Port, '-i', $session.KeyPath, '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-q'
        '-o', "UserKnownHostsFile=$($session.KnownHostsPath)", '-o', "HostKeyAlias=$($session.TaskId)", '-o', 'StrictHostKeyChecking=yes')
    $open = @('-F', 'none', '-q', '-o', "ControlPath=$(Join-Path (Split-Path $session.KeyPath) 'control')")
    $there = "$($session.UserName)@$($session.PublicAddress)"
    $to = @{ Session = $session; KeepSession = $true } + $access
    $from = @{ FromSession = $true } + $to
    # The first turn opens the connection. What follows writes so much that it would have to wait for the disk.
    foreach ($turn in 0..10) {
        $times = [ordered]@{
            'fixed-to' = Measure-Command { Copy-FargateItem "$folder/empty" empty @to }
            'fixed-from' = Measure-Command { Copy-FargateItem empty "$folder/empty2" @from }
        }
        if ($turn -gt 0) { Write-Time $times }
        Remove-Item "$folder/empty2"
        Invoke-FargateCommand -Session $session -Command 'rm empty' @access
    }

    Copy-FargateItem "$folder/big" big @to
    $work = [ordered]@{
        upload = { Copy-FargateItem "$folder/big" copy @to }
        put = { "put `"$folder/big`" copy" | sftp @open -b - $there }
        'login-put' = { "put `"$folder/big`" copy" | sftp @login -b - $there }
        download = { Copy-FargateItem big "$folder/copy" @from }
        get = { "get big `"$folder/copy`"" | sftp @open -b - $there }
        'login-get' = { "get big `"$folder/copy`"" | sftp @login -b - $there }
    }
    foreach ($turn in 0..9) {
        # Each is the first, second and last in its turn. Nothing of one is left for the next: on a virtual machine, memory that a
        # file takes up for the first time is slower than memory that a deleted file has left. The first turn warms all of them up.
        $times = [ordered]@{}
        $order = if ($turn -eq 0) { 0, 1, 2 } else { 0..2 | ForEach-Object { ($_ + $turn) % 3 } }
        foreach ($i in @($order) + @($order | ForEach-Object { $_ + 3 })) {
            $name = @($work.Keys)[$i]
            $times[$name] = Measure-Command $work[$name]
            Remove-Item "$folder/copy" -ErrorAction Ignore
            Invoke-FargateCommand -Session $session -Command 'rm -f copy' @access
        }
        if ($turn -gt 0) { Write-Time $times }
    }

    $many = (New-Item -ItemType Directory "$folder/many").FullName
    foreach ($i in 1..10000) { [IO.File]::WriteAllBytes("$many/$i", [byte[]]::new(1000)) }
    foreach ($turn in 1..3) {
        Write-Time ([ordered]@{
            'upload-many' = Measure-Command { Copy-FargateItem $many there @to -Recurse }
            'put-many' = Measure-Command { scp @login -r $many "${there}:there2" }
            'download-many' = Measure-Command { Copy-FargateItem there "$folder/back" @from -Recurse }
            'get-many' = Measure-Command { scp @login -r "${there}:there2" "$folder/back2" }
        })
        if (@(Get-ChildItem "$folder/back").Count -ne 10000) { throw 'Not all files were copied.' }
        Remove-Item -Recurse "$folder/back", "$folder/back2"
        Invoke-FargateCommand -Session $session -Command 'rm -r there there2' @access
    }
}
finally {
    $session | Stop-FargateSession @access
    Remove-Item -Recurse $folder
}
