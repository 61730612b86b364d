#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Get-FargateSession' {
    It 'takes ids, and what has them' {
        Get-ParameterSetText Get-FargateSession | Should -BeExactly 'All: [SessionId]; by name: Cluster SessionId'
    }

    It 'returns sessions' {
        (Get-Command Get-FargateSession).OutputType.Type | Should -Be ([EcsFargateLogin.FargateSession])
    }
}

Describe 'Get-FargateSession in an account' -Skip:(-not $IsLinux) {
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

    It 'finds sessions by status, with their addresses' {
        $sessions = 1..2 | ForEach-Object { New-FargateSession }
        Wait-Until { @(Get-FargateSession -Status RUN*).Count -eq 2 } 'both tasks run'
        Get-FargateSession -Status STOPP* | Should -BeNullOrEmpty
        $found = Get-FargateSession $sessions[1].SessionId
        $found.Status | Should -BeExactly RUNNING
        $found.PublicAddress | Should -BeExactly (Get-StartedTask | Where-Object arn -EQ $found.TaskArn).publicAddress
        $sessions | Stop-FargateSession
        Assert-NothingLeft -Started 2
    }

    It 'finds a session by its id, by a wildcard, by cluster and by who started it' {
        $session, $other = 1..2 | ForEach-Object { New-FargateSession }
        (Get-FargateSession -Cluster local).SessionId | Should -BeExactly "$session", "$other"
        $other | Stop-FargateSession
        foreach ($found in @(
                Get-FargateSession $session.SessionId
                Get-FargateSession "$($session.SessionId.Substring(0, 11))*"
                Get-FargateSession -Mine
            )) {
            $found | Should -BeOfType EcsFargateLogin.FargateSession
            "$found", $found.TaskArn, "$($found.Owner)" | Should -BeExactly "$session", $session.TaskArn, ThisProcess
        }
        Get-FargateSession -Orphaned | Should -BeNullOrEmpty
        $session | Stop-FargateSession
        Get-FargateSession -Mine | Should -BeNullOrEmpty
        Assert-NothingLeft -Started 2
    }

    It 'has an error for an id that is nobody''s, and none for a wildcard' {
        Assert-FargateError (Get-ErrorOf { Get-FargateSession fl-nobody }) SessionNotFound ObjectNotFound fl-nobody
        Get-ErrorOf { Get-FargateSession fl-nobod* } | Should -BeNullOrEmpty
    }

    It 'completes clusters' {
        Get-CompletionText 'Get-FargateSession -Cluster l' | Should -BeExactly local
    }

    It 'refuses a status that ECS does not have, with the nearest one: <Status>' -ForEach @(
        @{ Status = 'RUNING'; Text = "*'RUNING' is no status of ECS; did you mean 'RUNNING'?" }
        @{ Status = 'unknwon'; Text = "*did you mean 'UNKNOWN'?" }
        @{ Status = 'RUNNING', 'x'; Text = "*'x' is no status of ECS. Those are PROVISIONING, *" }
    ) {
        $said = Get-ErrorOf { Get-FargateSession -Status $Status }
        $said.Id | Should -Match '^ParameterArgumentValidationError,'
        $said.Message | Should -BeLike $Text
        $said.IsTerminating | Should -BeTrue
        Get-ErrorOf { Get-FargateSession -Status running, STOP*, unknown, [p]ending } | Should -BeNullOrEmpty
    }

    It 'completes statuses' {
        (Get-Completion 'Get-FargateSession -Status de').CompletionText | Should -BeExactly DEACTIVATING, DEPROVISIONING
    }
}
