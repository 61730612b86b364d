<#
.SYNOPSIS
Builds the module, tests it, packs it, publishes it, or shows it at work. build.sh gets PowerShell where it is missing.
.DESCRIPTION
The tasks, for -Task:

Build    lays the module out in module/bin, and builds the tests. What happens without -Task.
Test     builds, and runs every test: xunit's, and Pester's of tests/Pester. With -Filter, some of xunit's.
Pester   runs the tests of tests/Pester alone, on what was built.
Analyze  runs PSScriptAnalyzer, which has to be installed, over the scripts.
Package  builds, and makes EcsFargateLogin/<version>/, a .nupkg and a .symbols.zip in -OutputPath.
Publish  packs, and publishes to -Repository with -ApiKey.
Demo     builds what it takes, and shows the module at work on a Fargate on this machine: in a terminal by a tour.
Compare  shows where LocalFargate answers the AWS CLI otherwise than moto does. Both have to be installed.
.PARAMETER Filter
Which of the xunit tests to run, as `dotnet test --filter` takes it; Pester is left out then.
.PARAMETER OutputPath
Where Package puts what it makes. Without it: out, beside this file.
.PARAMETER Repository
Where Publish publishes to, as Register-PSResourceRepository names it.
.PARAMETER ApiKey
What the repository asks for. It is never shown.
.PARAMETER NoBuild
Packs what module/bin holds already.
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pester', 'Analyze', 'Package', 'Publish', 'Demo', 'Compare')]
    [string] $Task = 'Build',

    [string] $Filter,

    [string] $OutputPath = (Join-Path $PSScriptRoot 'out'),

    [string] $Repository = 'PSGallery',

    [string] $ApiKey,

    [switch] $NoBuild
)

$ErrorActionPreference = 'Stop'
$artifacts = Join-Path $PSScriptRoot 'artifacts'
$results = Join-Path $artifacts 'test-results'

# One compiler for all projects, also where the environment says otherwise: a process for each would take twice the CPU time. It
# and the build's nodes end with the build: nothing is left running on the machine.
function Invoke-Build {
    param([string[]] $Project = 'EcsFargateLogin.sln', [string[]] $Property)

    try {
        foreach ($path in $Project) {
            $output = dotnet build (Join-Path $PSScriptRoot $path) --configuration Release --nologo `
                --verbosity quiet -nodeReuse:false -p:UseSharedCompilation=true @Property
            if ($LASTEXITCODE -ne 0) {
                $output | Out-Host
                exit $LASTEXITCODE
            }
        }
    }
    finally { $null = dotnet build-server shutdown --vbcscompiler }
}

# Runs the xunit projects side by side: one mostly computes, the other mostly waits.
function Invoke-XunitTest {
    $projects = @('EcsFargateLogin.Tests') + @(if ($IsLinux) { 'EcsFargateLogin.EndToEnd' })
    if (-not $IsLinux) { Write-Warning 'tests/EcsFargateLogin.EndToEnd is not run: its tasks live in namespaces of Linux.' }
    $assemblies = $projects | ForEach-Object { Join-Path $PSScriptRoot "tests/$_/bin/Release/net10.0/$_.dll" }
    $arguments = @('--logger', 'trx', '--results-directory', $results, '--nologo') + @(if ($Filter) { '--filter', $Filter })
    dotnet test @assemblies @arguments -- RunConfiguration.MaxCpuCount=0 | Out-Host
    $script:xunitExitCode = $LASTEXITCODE
}

function Invoke-PesterTest {
    # The build has put it there: see tests/EcsFargateLogin.Tests.
    Import-Module (Join-Path $artifacts 'modules/Pester')
    $null = New-Item $results -ItemType Directory -Force
    $run = Invoke-Pester -Configuration @{
        Run        = @{ Path = Join-Path $PSScriptRoot 'tests/Pester'; PassThru = $true }
        TestResult = @{ Enabled = $true; OutputFormat = 'JUnitXml'; OutputPath = Join-Path $results 'Pester.xml' }
    }
    # The LocalFargate of the run ends with it.
    Remove-Module Surface -ErrorAction Ignore
    exit [int]($run.Result -ne 'Passed')
}

# Pester runs in a process of its own beside xunit, which leaves it time: on two cores that is the shortest.
function Invoke-Test {
    # Most of the time goes into the compiler and hundreds of short processes, where compiling a method a second time does not pay,
    # and mapping its code twice, once to write and once to run, costs a tenth.
    $env:DOTNET_TieredPGO = $env:DOTNET_TC_CallCounting = $env:DOTNET_EnableWriteXorExecute = '0'
    Invoke-Build
    if (Test-Path $results) { Remove-Item $results -Recurse }
    $null = New-Item $results -ItemType Directory
    $pester = if (-not $Filter) {
        Start-Process pwsh -PassThru -NoNewWindow -RedirectStandardOutput (Join-Path $results 'Pester.txt') -ArgumentList (
            '-NoProfile', '-NonInteractive', '-File', "`"$PSCommandPath`"", '-Task', 'Pester')
    }
    try { Invoke-XunitTest }
    finally { if ($pester) { $pester.WaitForExit() } }
    if ($pester) { Get-Content (Join-Path $results 'Pester.txt') | Out-Host }

    $outcomes = foreach ($file in Get-ChildItem $results -Filter *.trx) {
        ([xml](Get-Content $file.FullName -Raw)).SelectNodes('//*[local-name()="UnitTestResult"]').outcome
    }
    if ($pester) { $outcomes += ([xml](Get-Content (Join-Path $results 'Pester.xml') -Raw)).SelectNodes('//testcase').status }
    $passed = @($outcomes -eq 'Passed').Count
    $skipped = @($outcomes | Where-Object { $_ -in "NotExecuted", "Skipped" }).Count
    $failed = $outcomes.Count - $passed - $skipped
    "$passed passed, $failed failed, $skipped skipped"
    exit [int]($xunitExitCode -ne 0 -or ($pester -and $pester.ExitCode -ne 0) -or $failed -ne 0 -or $passed -eq 0)
}

function Invoke-Analyzer {
    if (-not (Get-Module PSScriptAnalyzer -ListAvailable)) {
        throw 'PSScriptAnalyzer is not installed. Install it: Install-PSResource PSScriptAnalyzer'
    }
    $findings = @(git -C $PSScriptRoot ls-files '*.ps1' '*.psm1' '*.psd1' | ForEach-Object {
            Invoke-ScriptAnalyzer (Join-Path $PSScriptRoot $_) -Settings (Join-Path $PSScriptRoot 'PSScriptAnalyzerSettings.psd1')
        })
    $findings | Out-Host
    "$($findings.Count) findings"
    exit [int]($findings.Count -ne 0)
}

# A document as it ships: its links lead to the repository, because docs, the sources of the help and pictures do not ship.
function Get-ShippedText([string] $Path, [string] $Name, [string] $Repository) {
    [regex]::Replace([IO.File]::ReadAllText($Path), '(!?\[[^\]]*\])\((?!https?:|#)([^)\s]+)\)', {
            param($link)
            # GitHub shows a file of blob as a page, and one of raw as it is: pictures need the latter.
            $kind = $link.Value.StartsWith('!') ? 'raw' : 'blob'
            '{0}({1})' -f $link.Groups[1].Value, [uri]::new([uri]"$Repository/$kind/main/$Name", $link.Groups[2].Value)
        })
}

# Lays out what ships, and only that, as Install-PSResource will put it, with a list of its files and their hashes.
function New-Layout {
    $manifest = Import-PowerShellDataFile (Join-Path $PSScriptRoot 'EcsFargateLogin.psd1')
    $layout = Join-Path $OutputPath "EcsFargateLogin/$($manifest.ModuleVersion)"
    if (Test-Path $layout) { Remove-Item $layout -Recurse }
    $null = New-Item $layout -ItemType Directory -Force
    $files = @(Get-ChildItem (Join-Path $PSScriptRoot 'module'), (Join-Path $PSScriptRoot 'en-US') -Recurse -File) +
        ('EcsFargateLogin.psd1', 'LICENSE', 'README.md', 'SECURITY.md', 'CHANGELOG.md' |
            ForEach-Object { Get-Item (Join-Path $PSScriptRoot $_) })
    $hashes = foreach ($file in $files | Sort-Object FullName) {
        $name = [IO.Path]::GetRelativePath($PSScriptRoot, $file.FullName).Replace('\', '/')
        # Sources of the help, and the assemblies' documentation, which the help is made of, do not ship. Symbols go apart.
        if ($name -notlike 'module/help/*' -and $name -notmatch '^module/bin/.*((?<!-Help)\.xml|\.pdb)$') {
            $null = New-Item (Split-Path "$layout/$name") -ItemType Directory -Force
            if ($file.Extension -eq '.md') {
                $text = Get-ShippedText $file.FullName $name $manifest.PrivateData.PSData.ProjectUri
                [IO.File]::WriteAllText("$layout/$name", $text)
            }
            else { [IO.File]::Copy($file.FullName, "$layout/$name") }
            '{0}  {1}' -f (Get-FileHash "$layout/$name" -Algorithm SHA256).Hash.ToLowerInvariant(), $name
        }
    }
    [IO.File]::WriteAllText("$layout/EcsFargateLogin.sha256", ($hashes -join "`n") + "`n")
    # Catalogs are a thing of Windows, where they can be signed.
    if ($IsWindows -and (Get-Command New-FileCatalog -ErrorAction Ignore)) {
        $null = New-FileCatalog -Path $layout -CatalogFilePath "$layout/EcsFargateLogin.cat" -CatalogVersion 2
    }
    $layout
}

# What gives a stack trace its files and lines: unpacked over an installed module, which is a tenth smaller without it.
function New-SymbolArchive {
    param([string] $Version)

    $file = Join-Path $OutputPath "EcsFargateLogin.$Version.symbols.zip"
    if (Test-Path $file) { Remove-Item $file }
    $archive = [IO.Compression.ZipFile]::Open($file, 'Create')
    try {
        foreach ($symbols in Get-ChildItem (Join-Path $PSScriptRoot 'module/bin') -Recurse -Filter EcsFargateLogin*.pdb) {
            $name = [IO.Path]::GetRelativePath($PSScriptRoot, $symbols.FullName).Replace('\', '/')
            $null = [IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, $symbols.FullName, $name)
        }
    }
    finally { $archive.Dispose() }
}

function New-Package {
    if (-not $NoBuild) { Invoke-Build -Property '-p:ContinuousIntegrationBuild=true' }
    if (-not (Get-Command Compress-PSResource -ErrorAction Ignore)) {
        throw 'Compress-PSResource is missing: Microsoft.PowerShell.PSResourceGet 1.1 or later has it, and so PowerShell 7.5.'
    }
    $layout = New-Layout
    New-SymbolArchive (Split-Path $layout -Leaf)
    Compress-PSResource -Path $layout -DestinationPath $OutputPath -PassThru
}

switch ($Task) {
    'Build' { Invoke-Build }
    'Test' { Invoke-Test }
    'Pester' { Invoke-PesterTest }
    'Analyze' { Invoke-Analyzer }
    'Package' { New-Package }
    'Publish' { Publish-PSResource -NupkgPath (New-Package).FullName -Repository $Repository -ApiKey $ApiKey }
    'Demo' {
        # No more than it takes: who tries the module for the first time waits for this.
        Invoke-Build -Project 'src/EcsFargateLogin', 'src/EcsFargateLogin.Aws', 'tests/LocalFargate'
        & (Join-Path $PSScriptRoot 'tests/LocalFargate/demo.ps1')
        exit $LASTEXITCODE
    }
    'Compare' {
        Invoke-Build -Project 'tests/LocalFargate'
        & (Join-Path $PSScriptRoot 'tests/Compare/compare.ps1')
        exit $LASTEXITCODE
    }
}
