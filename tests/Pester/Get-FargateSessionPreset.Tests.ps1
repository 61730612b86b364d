#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Get-FargateSessionPreset' {
    It 'takes names, and what has them' {
        Get-ParameterSetText Get-FargateSessionPreset | Should -BeExactly 'All: [Name]; value: Name; by name: Name'
    }

    It 'returns presets' {
        (Get-Command Get-FargateSessionPreset).OutputType.Type | Should -Be ([EcsFargateLogin.FargateSessionPreset])
    }
}

Describe 'Get-FargateSessionPreset in a project' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = @{}
    }

    BeforeEach {
        Reset-LocalFargate
        $project = (New-Item "$TestDrive/$([guid]::NewGuid())/app/models" -ItemType Directory).Parent.Parent.FullName
        $file = Join-Path $project .fargatelogin.json
        $env:XDG_CONFIG_HOME = "$project/config"
        Push-Location $project
    }

    AfterEach {
        Pop-Location
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'finds presets by name and by wildcards, also from the pipeline' {
        Save-FargateSessionPreset -Cluster prod
        Save-FargateSessionPreset staging -Cluster stage
        $found = Get-FargateSessionPreset s*
        $found | Should -BeOfType EcsFargateLogin.FargateSessionPreset
        $found.Name, $found.Parameter['Cluster'] | Should -BeExactly staging, stage
        ('default', 'staging' | Get-FargateSessionPreset).Name | Should -BeExactly default, staging
        ([pscustomobject]@{ Name = 'default' } | Get-FargateSessionPreset).Name | Should -BeExactly default
    }

    It 'has an error for a preset that is not there, with the nearest one, and none for a wildcard' {
        Save-FargateSessionPreset staging -Cluster stage
        $said = Get-ErrorOf { Get-FargateSessionPreset stagign }
        Assert-FargateError $said PresetNotFound ObjectNotFound stagign "did you mean 'staging'?"
        Get-ErrorOf { Get-FargateSessionPreset nothing* } | Should -BeNullOrEmpty
    }

    It 'completes names' {
        Save-FargateSessionPreset staging -Cluster stage
        Get-CompletionText 'Get-FargateSessionPreset s' | Should -BeExactly staging
    }
}
