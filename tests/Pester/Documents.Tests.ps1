#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeDiscovery {
    $root = Split-Path (Split-Path $PSScriptRoot)
    . "$root/tests/Examples/functions.ps1"
    $examples = @(Get-Document | Get-DocumentExample) + @(Get-Document | Get-InlineExample)
    Import-Module "$PSScriptRoot/Surface.psm1"
    $localFargate = "$root/tests/LocalFargate/bin/Release/net10.0/LocalFargate.dll"
    $whyNotRun = if (-not $IsLinux) { 'the tasks of LocalFargate live in namespaces of Linux' }
    elseif (-not (Test-Path $localFargate)) { 'tests/LocalFargate is not built' }
    elseif ((id -u) -ne 0) { 'the tasks of LocalFargate take root' }
}

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
    $root = Split-Path (Split-Path $PSScriptRoot)
    . "$root/tests/Examples/functions.ps1"
    . "$root/tests/LocalFargate/functions.ps1"

    # Runs a share of the examples in a process of its own, with an account and a journal of its own. Its standard input is
    # at its end: shells that are entered end at once.
    function Start-Reader([int] $Share, [int] $Of) {
        $folder = (New-Item "$TestDrive/reader-$Share/files" -ItemType Directory).Parent.FullName
        $fargate = Start-LocalFargate "$folder/state" -Option @(
            '--start-seconds', 0, '--region', 'eu-central-1', '--clusters', 'prod,staging,default', '--services', 'web', '--stop-timeout', 1
            '--instance-connect', 1)
        $group = $fargate.Place.securityGroups[0]
        $null = Invoke-RestMethod "$($fargate.Place.endpointUrl)/_local/ingress-rules" -Method Post -Body (ConvertTo-Json @{
                securityGroup = $group; source = $group; port = $fargate.Place.sshPort; description = 'the endpoint'
            })
        $fargate.Place | ConvertTo-Json | Set-Content "$folder/place.json"
        $start = [Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath)
        # Where PowerShell is a tool of .NET, it is dotnet that runs it.
        if ((Split-Path $start.FileName -LeafBase) -eq 'dotnet') { $start.ArgumentList.Add([Environment]::GetCommandLineArgs()[0]) }
        foreach ($argument in @(
                '-NoProfile', '-File', "$root/tests/Examples/run-examples.ps1", '-Source', 'Documents', '-Share', $Share, '-Of', $Of
                '-Place', "$folder/place.json", '-Report', "$folder/report.json")) {
            $start.ArgumentList.Add($argument)
        }
        $start.WorkingDirectory = "$folder/files"
        $start.Environment['XDG_CONFIG_HOME'] = "$folder/config"
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $process = [Diagnostics.Process]::Start($start)
        $process.StandardInput.Close()
        @{
            Folder  = $folder
            Fargate = $fargate
            Process = $process
            Printed = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
        }
    }
}

Describe 'An example of README or docs' {
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
                $taking.Parameters.Keys | Should -Contain $parameter.ParameterName -Because "the documents say $($command.Extent)"
            }
        }
    }
}

Describe 'The examples of README and docs on a LocalFargate' {
    # Examples mostly wait: so two readers run their shares at the same time.
    It 'run without an error, and leave nothing' -Skip:([bool]$whyNotRun) {
        $null = Connect-LocalFargate $TestDrive
        $readers = @()
        try {
            foreach ($share in 0..1) { $readers += Start-Reader $share 2 }
            $ran = foreach ($reader in $readers) {
                $reader.Process.WaitForExit([timespan]::FromMinutes(15)) | Should -BeTrue -Because 'the examples end'
                "$($reader.Folder)/report.json" | Should -Exist -Because $reader.Printed.Result
                Get-Content "$($reader.Folder)/report.json" | ConvertFrom-Json
                "$($reader.Folder)/state/EcsFargateLogin/sessions/*" | Should -Not -Exist
                $tasks = Invoke-RestMethod "$($reader.Fargate.Place.endpointUrl)/_local/tasks"
                $tasks | Should -Not -BeNullOrEmpty
                $tasks | Where-Object { -not $_.stopCode } | ForEach-Object arn | Should -BeNullOrEmpty
            }
        }
        finally {
            foreach ($reader in $readers) {
                if (-not $reader.Process.HasExited) { $reader.Process.Kill($true) }
                Stop-LocalFargate $reader.Fargate
            }
            Disconnect-LocalFargate
        }
        $ran.Count | Should -Be @(Get-Document | Get-DocumentExample).Count
        $ran | Where-Object Errors | ForEach-Object { "$($_.Name)`n$($_.Errors -join "`n")" } | Should -BeNullOrEmpty
        ($ran | Where-Object WhyNotRun).Name | Should -BeExactly 'routes.md, Through a jump host: New-FargateSession rails-cli -Subnet subnet-9'
    }

    It 'are not run, because <whyNotRun>' -Skip -ForEach @(if ($whyNotRun) { @{ whyNotRun = $whyNotRun } }) -AllowNullOrEmptyForEach {
    }
}
