#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    . "$root/tests/Examples/functions.ps1"
    $readme = "$root/README.md"
    $examples = @(Get-ReadmeExample $readme) + @(Get-InlineExample $readme)
    $localFargate = "$root/tests/LocalFargate/bin/Release/net10.0/LocalFargate.dll"
    $whyNotRun = if (-not $IsLinux) { 'the tasks of LocalFargate live in namespaces of Linux' }
    elseif (-not (Test-Path $localFargate)) { 'tests/LocalFargate is not built' }
    elseif ((id -u) -ne 0) { 'the tasks of LocalFargate take root' }
}

BeforeAll {
    $root = Split-Path (Split-Path $PSScriptRoot)
    Import-Module "$root/EcsFargateLogin.psd1" -Force
}

AfterAll {
    Remove-Module EcsFargateLogin -ErrorAction Ignore
}

Describe 'An example of the README' {
    It 'names cmdlets and parameters that there are: <_.Name>' -ForEach $examples {
        $problems = $null
        $script = [Management.Automation.Language.Parser]::ParseInput($_.Code, [ref]$null, [ref]$problems)
        $problems | Should -BeNullOrEmpty
        $commands = $script.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true) |
            Where-Object { $_.GetCommandName() -match '-Fargate' }
        foreach ($command in $commands) {
            $known = Get-Command $command.GetCommandName() -Module EcsFargateLogin -ErrorAction Stop
            $parameters = $command.CommandElements |
                Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }
            foreach ($parameter in $parameters) {
                # Save-FargateSessionPreset takes those of New-FargateSession, which are not there until it runs.
                $taking = $known.Name -eq 'Save-FargateSessionPreset' ? @($known, (Get-Command New-FargateSession)) : $known
                $taking.Parameters.Keys | Should -Contain $parameter.ParameterName -Because "the README says $($command.Extent)"
            }
        }
    }
}

Describe 'The examples of the README on a LocalFargate' {
    It 'run without an error' -Skip:([bool]$whyNotRun) {
        . "$root/tests/LocalFargate/functions.ps1"
        $state = "$TestDrive/state"
        $before = @{}
        foreach ($name in 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'XDG_STATE_HOME', 'XDG_CONFIG_HOME') {
            $before[$name] = [Environment]::GetEnvironmentVariable($name)
        }
        $env:XDG_CONFIG_HOME = "$TestDrive/config"
        $fargate = Start-LocalFargate $state -Option @(
            '--start-seconds', 0, '--clusters', 'prod,staging,default', '--services', 'web', '--stop-timeout', 1)
        try {
            $fargate.Place | ConvertTo-Json | Set-Content "$TestDrive/place.json"
            $report = "$TestDrive/report.json"
            # A process of its own, whose standard input is at its end: shells that are entered end at once.
            $engine = [Environment]::ProcessPath
            $script = @(if ((Split-Path $engine -LeafBase) -eq 'dotnet') { [Environment]::GetCommandLineArgs()[0] }) + @(
                '-NoProfile', '-File', "$root/tests/Examples/run-examples.ps1"
                '-Source', 'Readme', '-Place', "$TestDrive/place.json", '-Report', $report)
            $null = New-Item "$TestDrive/files" -ItemType Directory
            Push-Location "$TestDrive/files"
            try { $printed = @() | & $engine @script 2>&1 | Out-String } finally { Pop-Location }
            $report | Should -Exist -Because $printed
            $ran = Get-Content $report | ConvertFrom-Json
            . "$root/tests/Examples/functions.ps1"
            $ran.Count | Should -Be @(Get-ReadmeExample "$root/README.md").Count
            $ran | Where-Object Errors | ForEach-Object { "$($_.Name)`n$($_.Errors -join "`n")" } | Should -BeNullOrEmpty
            Join-Path $state 'EcsFargateLogin/sessions/*' | Should -Not -Exist
        }
        finally {
            Stop-LocalFargate $fargate
            foreach ($name in $before.Keys) { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
        }
    }

    It 'are not run, because <whyNotRun>' -Skip -ForEach @(if ($whyNotRun) { @{ whyNotRun = $whyNotRun } }) {
    }
}
