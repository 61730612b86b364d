# Where examples stand, and what they take for granted: dot-source it.

# The names of the cmdlets, without loading the module.
function Get-CmdletName {
    (Import-PowerShellDataFile (Join-Path $PSScriptRoot '../../EcsFargateLogin.psd1')).CmdletsToExport | Sort-Object
}

# The examples of Get-Help.
function Get-HelpExample {
    foreach ($name in Get-CmdletName) {
        foreach ($example in (Get-Help $name).examples.example) {
            $title = $example.title -replace '^-+ Example \d+: | -+$'
            @{ Group = $name; Name = "${name}: $title"; Code = $example.code }
        }
    }
}

# README, the pages of docs, and the runbooks.
function Get-Document {
    $root = Split-Path (Split-Path $PSScriptRoot)
    "$root/README.md"
    Get-ChildItem "$root/docs/*.md", "$root/docs/runbooks/*.md" | ForEach-Object FullName | Sort-Object
}

# The indented blocks of a markdown file that name a cmdlet, with the page and the heading above them.
function Get-DocumentExample([Parameter(ValueFromPipeline)] [string] $Path) {
    process {
        $names = (Get-CmdletName) -join '|'
        $heading = ''
        $block = [Collections.Generic.List[string]]::new()
        foreach ($line in @(Get-Content $Path) + 'The end.') {
            if ($line -match '^ {4,}\S' -or ($line -eq '' -and $block.Count)) {
                $block.Add($line)
                continue
            }
            $code = ($block -join "`n").TrimEnd() -replace '(?m)^ {4,7}(?=\S)'
            if ($code -match "\b($names)\b") {
                # The words of its first line up to the third, which are enough to tell it from the others.
                $start = ($code -split "`n")[0] -split ' -(?!Subnet)' | Select-Object -First 1
                $group = "$(Split-Path $Path -Leaf), $heading"
                @{ Group = $group; Name = "${group}: $start"; Code = $code }
            }
            $block.Clear()
            if ($line -match '^#+ (.*)') { $heading = $Matches[1] }
        }
    }
}

# What is code in the text of a markdown file and begins with a cmdlet.
function Get-InlineExample([Parameter(ValueFromPipeline)] [string] $Path) {
    process {
        $names = (Get-CmdletName) -join '|'
        $text = (Get-Content $Path -Raw) -replace '(?m)^ {4,}.*$'
        foreach ($match in [regex]::Matches($text, "``(($names) -?\w[^``|]*)``")) {
            $code = $match.Groups[1].Value -replace '\s+', ' '
            @{ Name = $code; Code = $code }
        }
    }
}

# The files that examples take for granted, in the current folder.
function New-ExampleFile($Fargate) {
    Set-Content ./sessions.csv @(
        'TaskDefinition,Cluster,Subnet,SecurityGroup'
        'rails-cli,prod,"{0}",{1}' -f ($Fargate.subnets[0..1] -join ','), $Fargate.securityGroups[0]
    )
    Set-Content ./query.sql 'select 1;'
    Set-Content ./repair.sh "#!/bin/sh`necho `"`$1`""
    Set-Content ./import.csv 'id,name'
    Set-Content ./anna.pub 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU anna@laptop'
}
