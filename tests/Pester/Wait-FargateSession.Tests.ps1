#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Wait-FargateSession' {
    It 'takes sessions, their ids, or the ARNs of their tasks' {
        Get-ParameterSetText Wait-FargateSession | Should -BeExactly @(
            'Session*: [Session!]; value: Session; by name: Cluster'
            'Id: [SessionId!]; by name: Cluster SessionId TaskArn'
            'Task: [] TaskArn!; by name: Cluster TaskArn'
        )
    }

    It 'returns sessions' {
        (Get-Command Wait-FargateSession).OutputType.Type | Should -Be ([EcsFargateLogin.FargateSession])
    }
}

Describe 'Wait-FargateSession in an account' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
    }

    BeforeEach {
        Reset-LocalFargate
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'refuses what is no session' {
        (Get-ErrorOf { 1, 'two' | Wait-FargateSession }).Id | Should -Match '^InputObjectNotBound,'
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }

    It 'has an error for an id that is nobody''s' {
        Assert-FargateError (Get-ErrorOf { Wait-FargateSession fl-nobody }) SessionNotFound ObjectNotFound fl-nobody
    }

    It 'says so where ECS does not know the task' {
        $nobody = 'arn:aws:ecs:us-east-1:123456789012:task/local/0123456789abcdef0123456789abcdef'
        $problem = Get-ErrorOf { Wait-FargateSession -TaskArn $nobody -Cluster local -Timeout 1 }
        $problem.Id | Should -Match '^TaskNotFound,'
    }

    It 'does not wait for a session that was stopped' {
        $session = New-FargateSession
        $session | Stop-FargateSession
        Assert-FargateError (Get-ErrorOf { $session | Wait-FargateSession }) SessionEnded InvalidOperation $session 'New-FargateSession'
        Assert-NothingLeft -Started 1
    }

    It 'completes clusters' {
        Get-CompletionText 'Wait-FargateSession -TaskArn x -Cluster l' | Should -BeExactly local
    }
}
