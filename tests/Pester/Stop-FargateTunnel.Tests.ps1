#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Stop-FargateTunnel' {
    It 'takes tunnels or their ids' {
        Get-ParameterSetText Stop-FargateTunnel | Should -BeExactly @(
            'Tunnel*: [Tunnel!]; value: Tunnel'
            'Id: [Id!]; by name: Id'
        )
    }

    It 'returns tunnels, when it is asked to' {
        (Get-Command Stop-FargateTunnel).OutputType.Type | Should -Be ([EcsFargateLogin.FargateTunnel])
        (Get-Command Stop-FargateTunnel).Parameters.Keys | Should -Contain PassThru
    }

    It 'has an error for a tunnel that is not there, and goes on with the next' {
        Assert-FargateError (Get-ErrorOf { Stop-FargateTunnel -Id 987654 }) TunnelNotFound ObjectNotFound 987654
        (Get-ErrorOf { 987654, 987655 | ForEach-Object { [pscustomobject]@{ Id = $_ } } | Stop-FargateTunnel }).Target |
            Should -BeExactly 987654, 987655
    }

    It 'refuses what is no tunnel' {
        (Get-ErrorOf { 'two' | Stop-FargateTunnel }).Id | Should -Match '^InputObjectNotBound,'
    }
}
