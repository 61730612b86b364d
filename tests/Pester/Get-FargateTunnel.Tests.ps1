#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Get-FargateTunnel' {
    It 'takes ids, and what has them' {
        Get-ParameterSetText Get-FargateTunnel | Should -BeExactly 'All: [Id]; by name: Id'
    }

    It 'returns tunnels' {
        (Get-Command Get-FargateTunnel).OutputType.Type | Should -Be ([EcsFargateLogin.FargateTunnel])
    }

    It 'returns nothing where there is no tunnel' {
        Get-FargateTunnel | Should -BeNullOrEmpty
    }

    It 'has an error for a tunnel that is not there, and goes on with the next' {
        Assert-FargateError (Get-ErrorOf { Get-FargateTunnel 987654 }) TunnelNotFound ObjectNotFound 987654
        (Get-ErrorOf { Get-FargateTunnel 987654, 987655 }).Target | Should -BeExactly 987654, 987655
    }
}
