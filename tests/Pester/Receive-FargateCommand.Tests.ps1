#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Receive-FargateCommand' {
    It 'takes commands, sessions, or none' {
        Get-ParameterSetText Receive-FargateCommand | Should -BeExactly @(
            'All*: []'
            'Command: [Command!]; value: Command'
            'Session: [Session!]; value: Session'
        )
    }

    It 'returns what Invoke-FargateCommand -Detach returns' {
        (Get-Command Receive-FargateCommand).OutputType.Type | Should -Be ([EcsFargateLogin.FargateDetachedCommand])
        (Get-Command Invoke-FargateCommand).OutputType.Type | Should -Contain ([EcsFargateLogin.FargateDetachedCommand])
    }
}

Describe 'A command that is detached' -Skip:(-not $IsLinux) {
    BeforeAll {
        $null = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
    }

    BeforeEach {
        Reset-LocalFargate
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'goes with nothing that waits for it' {
        $session = New-FargateSession
        $said = Get-ErrorOf { Invoke-FargateCommand -Session $session 'true' -Detach -AsJob -Timeout 3 }
        Assert-FargateError $said InvalidCommand InvalidArgument '' '-AsJob, -Timeout' -Terminating
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'needs a session with ssh' {
        $said = Get-ErrorOf { Invoke-FargateCommand -Service web -Cluster local 'true' -Detach }
        Assert-FargateError $said InvalidCommand InvalidArgument '' '-Service or -TaskArn' -Terminating
        $session = New-FargateSession -Transport EcsExec
        Assert-FargateError (Get-ErrorOf { Invoke-FargateCommand -Session $session 'true' -Detach }) TransportUnavailable InvalidOperation $session
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'is received by its session, and by the id of that' {
        $session = New-FargateSession
        Get-ErrorOf { $session | Receive-FargateCommand; Receive-FargateCommand $session; Receive-FargateCommand $session.SessionId } | Should -BeNullOrEmpty
        Get-ErrorOf { Receive-FargateCommand fl-nobody } | Should -BeLike '*There is no session*fl-nobody*'
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'is received where there is none without a word' {
        Get-ErrorOf { Receive-FargateCommand } | Should -BeNullOrEmpty
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }
}
