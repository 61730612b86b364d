#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Remove-FargateSessionPreset' {
    It 'takes names, and what has them' {
        Get-ParameterSetText Remove-FargateSessionPreset | Should -BeExactly 'All: [Name!]; value: Name; by name: Name'
    }

    It 'returns nothing' {
        (Get-Command Remove-FargateSessionPreset).OutputType.Type | Should -Be ([void])
    }
}

Describe 'Remove-FargateSessionPreset in a project' -Skip:(-not $IsLinux) {
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

    It 'removes what the pipeline names, of the project or of the user' {
        Save-FargateSessionPreset -Cluster prod
        Save-FargateSessionPreset staging -Cluster stage -Project
        Get-FargateSessionPreset staging | Remove-FargateSessionPreset -Project | Should -BeNullOrEmpty
        (Get-FargateSessionPreset).Name | Should -BeExactly default
        'default' | Remove-FargateSessionPreset
        Get-FargateSessionPreset | Should -BeNullOrEmpty
    }

    It 'removes nothing with -WhatIf, and says what it would' {
        Save-FargateSessionPreset staging -Cluster stage -Project
        Get-WhatIf '$PSDefaultParameterValues.Clear(); Remove-FargateSessionPreset staging -Project -WhatIf' |
            Should -BeExactly "`"Remove preset staging`" on target `"$file`"."
        (Get-FargateSessionPreset).Name | Should -BeExactly staging
    }

    It 'has an error for a preset that is not there' {
        Assert-FargateError (Get-ErrorOf { Remove-FargateSessionPreset nothing }) PresetNotFound ObjectNotFound nothing
    }

    It 'completes names' {
        Save-FargateSessionPreset staging -Cluster stage
        Get-CompletionText 'Remove-FargateSessionPreset s' | Should -BeExactly staging
    }
}
