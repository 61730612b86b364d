#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Save-FargateSessionPreset' {
    It 'takes the name of a preset' {
        Get-ParameterSetText Save-FargateSessionPreset | Should -BeExactly 'All: [Name]'
    }

    It 'returns nothing' {
        (Get-Command Save-FargateSessionPreset).OutputType.Type | Should -Be ([void])
    }
}

Describe 'Save-FargateSessionPreset in a project' -Skip:(-not $IsLinux) {
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

    It 'saves for the user or for the project, and replaces what was there' {
        Save-FargateSessionPreset -Cluster prod -Tag @{ team = 'billing' } | Should -BeNullOrEmpty
        Save-FargateSessionPreset staging -Cluster stage -Project
        Save-FargateSessionPreset staging -Cluster stage-2 -ContainerName x -Project
        (Get-FargateSessionPreset | Out-String -Width 500).Trim() -replace '\s+', ' ' -replace '\S*/' | Should -BeExactly (
            'Name Parameter Path ---- --------- ---- default Cluster=prod; Tag={team} presets.json ' +
            'staging Cluster=stage-2; ContainerName=x .fargatelogin.json')
    }

    It 'saves nothing with -WhatIf, and says what it would' {
        (Get-WhatIf '$PSDefaultParameterValues.Clear(); Save-FargateSessionPreset -Cluster prod -WhatIf') -replace '"/[^"]*/', '"' |
            Should -BeExactly '"Save preset default" on target "presets.json".'
        Get-FargateSessionPreset | Should -BeNullOrEmpty
    }

    It 'changes nothing of a damaged file' {
        Set-Content $file '{"presets":no JSON}' -NoNewline
        $said = Get-ErrorOf { Save-FargateSessionPreset -Cluster x -Project }
        Assert-FargateError $said InvalidPreset InvalidData $file -Terminating
        Get-Content $file -Raw | Should -BeExactly '{"presets":no JSON}'
    }

    It 'saves nothing for a project that its file must not say, or that no parameter takes: -<Parameter>' -ForEach @(
        @{ Parameter = 'Command'; Id = 'InvalidPreset' }
        @{ Parameter = 'SecretKey'; Id = 'NamedParameterNotFound' }
        @{ Parameter = 'Port'; Id = 'ParameterArgumentValidationError' }
    ) {
        $given = @{ $Parameter = 0 }
        $said = Get-ErrorOf { Save-FargateSessionPreset @given -Project }
        $said.Id -replace ',.*' | Should -BeExactly $Id
        $said.Message | Should -MatchExactly $Parameter
        $file | Should -Not -Exist
    }

    It 'gives sessions what nobody types, and they say who gave what' {
        Save-FargateSessionPreset -TaskDefinition rails-cli -Cluster local -Subnet $fargate.subnets[1] -Port $fargate.sshPort -Project
        Save-FargateSessionPreset -Cluster mine -Region us-east-1 -EndpointUrl $fargate.endpointUrl `
            -EnvironmentVariable @{ RAILS_ENV = 'test' }
        Set-Location app/models
        $session = New-FargateSession
        $session.Cluster, $session.EndpointUrl | Should -BeExactly 'local', $fargate.endpointUrl
        'Cluster', 'Subnet', 'Region', 'EnvironmentVariable' | ForEach-Object { Split-Path $session.ParameterSource[$_] -Leaf } |
            Should -BeExactly .fargatelogin.json, .fargatelogin.json, presets.json, presets.json
        (Get-ReceivedCall RunTask).networkConfiguration.awsvpcConfiguration.subnets | Should -BeExactly $fargate.subnets[1]
        $session | Stop-FargateSession
        (Get-FargateSessionPreset).Source['Cluster'] | Should -BeExactly $file
        Assert-NothingLeft -Started 1
    }
}
