#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Get-FargateTaskAddress' {
    It 'takes sessions, their ids, or the ARNs of tasks' {
        Get-ParameterSetText Get-FargateTaskAddress | Should -BeExactly @(
            'Session*: [Session!]; value: Session; by name: Cluster'
            'Id: [SessionId!]; by name: Cluster SessionId TaskArn'
            'Task: [] TaskArn!; by name: Cluster TaskArn'
        )
    }

    It 'returns addresses, or parameters for PowerShell''s remoting' {
        (Get-Command Get-FargateTaskAddress).OutputType.Type |
            Should -Be ([EcsFargateLogin.FargateTaskAddress]), ([hashtable])
    }
}

Describe 'Get-FargateTaskAddress in an account' -Skip:(-not $IsLinux) {
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

    It 'finds a task by its session, its ARN, its id, and the columns of a table' {
        $session = New-FargateSession
        $file = "$TestDrive/sessions.csv"
        $session | Export-Csv $file
        $found = @(
            $session | Get-FargateTaskAddress
            Get-FargateTaskAddress -TaskArn $session.TaskArn
            Get-FargateTaskAddress -TaskArn $session.TaskId -Cluster local
            [pscustomobject]@{ TaskArn = $session.TaskArn; Cluster = 'local' } | Get-FargateTaskAddress
            Import-Csv $file | Get-FargateTaskAddress
        )
        $found | Should -BeOfType EcsFargateLogin.FargateTaskAddress
        $found.TaskArn | Should -BeExactly (@($session.TaskArn) * 5)
        $found | ForEach-Object Address | Should -BeExactly (@((Get-StartedTask).publicAddress) * 5)
        Import-Csv $file | Get-FargateTaskAddress -NoWait | ForEach-Object PrivateAddress |
            Should -BeExactly (Get-StartedTask).privateAddress
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'polls once with -NoWait, and does not claim to have waited' {
        $unknown = "arn:aws:ecs:us-east-1:123456789012:task/local/$('0123456789abcdef' * 2)"
        $said = Get-ErrorOf { Get-FargateTaskAddress -NoWait -TaskArn $unknown }
        Assert-FargateError $said TaskNotFound ObjectNotFound ('0123456789abcdef' * 2)
        $said.Message | Should -BeLike "ECS knows no task '$unknown'.*"
        Get-ReceivedOperation | Should -BeExactly DescribeTasks
    }

    It 'does not poll a session that was stopped' {
        $session = New-FargateSession
        $session | Stop-FargateSession
        Assert-FargateError (Get-ErrorOf { $session | Get-FargateTaskAddress }) SessionEnded InvalidOperation $session 'New-FargateSession'
        Assert-NothingLeft -Started 1
    }

    It 'refuses what is no session' {
        (Get-ErrorOf { 1, 'two' | Get-FargateTaskAddress }).Id | Should -Match '^InputObjectNotBound,'
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }

    It 'has no parameters of ssh for a session without it' {
        $session = New-FargateSession -Transport EcsExec
        $said = Get-ErrorOf { $session | Get-FargateTaskAddress -ForPSSession }
        Assert-FargateError $said TransportUnavailable InvalidOperation $session
        $said.Message | Should -BeLike "PowerShell's remoting needs ssh*"
        Get-ReceivedOperation | Should -Not -Contain StopTask
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'completes clusters, and regions under the name of AWS Tools' {
        Get-CompletionText 'Get-FargateTaskAddress -TaskArn x -Cluster l' | Should -BeExactly local
        $frankfurt = Get-Completion 'Get-FargateTaskAddress -RegionToCall EU-CENTRAL-1'
        $frankfurt.CompletionText, $frankfurt.ToolTip | Should -BeExactly 'eu-central-1', 'Europe (Frankfurt)'
    }
}
