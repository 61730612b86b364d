<#
.SYNOPSIS
Builds the module, runs its tests, or shows it at work. On a machine without PowerShell, build.sh runs this file.
.PARAMETER Task
Build lays the module out in module/bin. Test builds and runs every test. Demo builds and logs in to a task of a
Fargate on this machine.
.PARAMETER Filter
Which of the xunit tests to run, as `dotnet test --filter` takes it; Pester is left out then.
#>
#Requires -Version 7.4
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Demo')]
    [string] $Task = 'Build',

    [string] $Filter
)

$ErrorActionPreference = 'Stop'
$artifacts = Join-Path $PSScriptRoot 'artifacts'
$pesterVersion = [version]'5.5.0'

# Compiler and build nodes end with the build: nothing is left running on the machine.
function Invoke-Build {
    $output = dotnet build (Join-Path $PSScriptRoot 'EcsFargateLogin.sln') --configuration Release --nologo `
        --verbosity quiet -nodeReuse:false -p:UseSharedCompilation=false
    if ($LASTEXITCODE -ne 0) {
        $output | Out-Host
        exit $LASTEXITCODE
    }
}

# Runs the xunit projects, one after the other for the sake of small machines, and returns the outcome of each test.
function Invoke-XunitTest {
    $results = Join-Path $artifacts 'test-results'
    if (Test-Path $results) { Remove-Item $results -Recurse }
    $assemblies = 'EcsFargateLogin.Tests', 'EcsFargateLogin.EndToEnd' |
        ForEach-Object { Join-Path $PSScriptRoot "tests/$_/bin/Release/net10.0/$_.dll" }
    $arguments = @('--logger', 'trx', '--results-directory', $results, '--nologo')
    if ($Filter) { $arguments += '--filter', $Filter }
    dotnet test @assemblies @arguments | Out-Host
    $script:xunitExitCode = $LASTEXITCODE
    foreach ($file in Get-ChildItem $results -Filter *.trx -ErrorAction Ignore) {
        ([xml](Get-Content $file.FullName -Raw)).SelectNodes('//*[local-name()="UnitTestResult"]').outcome
    }
}

# Pester from the folder that ECSFARGATELOGIN_PESTER names, from this machine, or from the PowerShell Gallery.
function Find-Pester {
    $saved = Join-Path $artifacts 'modules'
    $find = {
        $named = $env:ECSFARGATELOGIN_PESTER
        @(if ($named) { $named, "$named/Pester.psd1" }) + "$saved/Pester" + 'Pester' |
            ForEach-Object { Get-Module $_ -ListAvailable -ErrorAction Ignore } |
            Where-Object Version -GE $pesterVersion | Select-Object -First 1
    }
    if ($module = & $find) { return $module }
    $null = New-Item $saved -ItemType Directory -Force
    $job = Start-ThreadJob {
        Save-PSResource Pester -Version '[5.5.0, 6.0.0)' -Repository PSGallery -TrustRepository -Path $using:saved
    }
    $null = Wait-Job $job -Timeout 60
    Remove-Job $job -Force
    & $find
}

function Invoke-PesterTest {
    $pester = Find-Pester
    if (-not $pester) {
        Write-Warning ("Pester $pesterVersion or later is not on this machine and could not be had from the " +
            'PowerShell Gallery: tests/Pester is not run. Install Pester, or name its folder in ECSFARGATELOGIN_PESTER.')
        return
    }
    Import-Module $pester.Path
    $run = Invoke-Pester -Path (Join-Path $PSScriptRoot 'tests/Pester') -PassThru
    @('Passed') * $run.PassedCount + @('Failed') * ($run.FailedCount + $run.FailedContainersCount) +
        @('NotExecuted') * ($run.SkippedCount + $run.InconclusiveCount)
}

Invoke-Build
if ($Task -eq 'Test') {
    $outcomes = @(Invoke-XunitTest)
    if (-not $Filter) { $outcomes += @(Invoke-PesterTest) }
    $passed = @($outcomes -eq 'Passed').Count
    $skipped = @($outcomes -eq 'NotExecuted').Count
    $failed = $outcomes.Count - $passed - $skipped
    "$passed passed, $failed failed, $skipped skipped"
    exit [int]($xunitExitCode -ne 0 -or $failed -ne 0 -or $passed -eq 0)
}
if ($Task -eq 'Demo') {
    & (Join-Path $PSScriptRoot 'tests/LocalFargate/demo.ps1')
    exit $LASTEXITCODE
}
