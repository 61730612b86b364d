# Prints how long Tab takes to complete names that this machine knows: a name and milliseconds in each line, the first of each name
# being the first one in this PowerShell.
param($Manifest, $TaskDefinition, $Cluster, $Subnet, $SecurityGroup, $Port, $Region, $EndpointUrl)

$ErrorActionPreference = 'Stop'
Import-Module $Manifest
$folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid()))).FullName
try {
    $env:AWS_CONFIG_FILE = "$folder/config"
    $env:AWS_SHARED_CREDENTIALS_FILE = "$folder/credentials"
    1..50 | ForEach-Object { "[profile name-$_]`nregion = eu-west-1`n" } | Set-Content $env:AWS_CONFIG_FILE
    foreach ($i in 1..20) {
        Save-FargateSessionPreset "name-$i" -TaskDefinition $TaskDefinition -Cluster $Cluster -Subnet $Subnet -SecurityGroup $SecurityGroup
    }

    $typed = [ordered]@{
        presets = 'New-FargateSession -Preset na'
        profiles = 'New-FargateSession -ProfileName na'
        regions = 'New-FargateSession -Region eu'
        sizes = 'New-FargateSession -Cpu 1 -Memory 2'
        statuses = 'Get-FargateSession -Status R'
    }
    # PowerShell's own part, which it needs once.
    $null = TabExpansion2 'Get-ChildItem -Path /'
    $null = TabExpansion2 'Get-Process -Name p'
    foreach ($name in $typed.Keys) {
        foreach ($i in 1..5) {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $found = (TabExpansion2 $typed[$name]).CompletionMatches
            "$name $($watch.Elapsed.TotalMilliseconds.ToString([cultureinfo]::InvariantCulture))"
            if ($found.Count -eq 0) { throw "Tab has completed nothing for $name." }
        }
    }
}
finally {
    Remove-Item -Recurse $folder
}
