#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Stop-FargateSession' {
    It 'takes sessions, their ids, or the ARNs of their tasks' {
        Get-ParameterSetText Stop-FargateSession | Should -BeExactly @(
            'Session*: [Session!]; value: Session; by name: Cluster'
            'Id: [SessionId!]; by name: Cluster SessionId TaskArn'
            'Task: [] TaskArn!; by name: Cluster TaskArn'
        )
        (Get-Command Stop-FargateSession).Parameters['Session'].ParameterType | Should -Be ([EcsFargateLogin.FargateSession[]])
    }

    It 'returns sessions, when it is asked to' {
        (Get-Command Stop-FargateSession).OutputType.Type | Should -Be ([EcsFargateLogin.FargateSession])
        (Get-Command Stop-FargateSession).Parameters.Keys | Should -Contain PassThru
    }
}

Describe 'Stop-FargateSession in an account' -Skip:(-not $IsLinux) {
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

    It 'stops the task with a reason and deletes the key' {
        $session = New-FargateSession
        Stop-FargateSession $session | Should -BeNullOrEmpty
        $sent = Get-ReceivedCall StopTask
        @($sent).Count | Should -Be 1
        $sent.task, $sent.cluster | Should -BeExactly @($session.TaskArn, 'local')
        $sent.reason | Should -BeExactly "EcsFargateLogin session $($session): Stop-FargateSession"
        $session.Status | Should -BeExactly STOPPING
        $session.KeyPath | Should -Not -Exist
        Assert-NothingLeft -Started 1
    }

    It 'stops nothing with -WhatIf, and says what it would' {
        $session = New-FargateSession
        Get-WhatIf 'param($session) Stop-FargateSession $session -WhatIf' -Argument $session |
            Should -BeExactly "`"Stop Fargate task`" on target `"$session ($($session.TaskArn))`"."
        $session.KeyPath | Should -Exist
        Get-ReceivedOperation | Should -Not -Contain StopTask
        Stop-FargateSession $session
        Assert-NothingLeft -Started 1
    }

    It 'makes no error of a session that was stopped already, and asks AWS no more' {
        $session = New-FargateSession
        $session | Stop-FargateSession
        $session | Stop-FargateSession -PassThru | Should -Be $session
        @(Get-ReceivedCall StopTask).Count | Should -Be 1
        # By its ARN alone it is not known to have been stopped.
        Get-ErrorOf { Stop-FargateSession -TaskArn $session.TaskArn } | Should -BeNullOrEmpty
        @(Get-ReceivedCall StopTask).Count | Should -Be 2
        Assert-NothingLeft -Started 1
    }

    It 'finds a session by what was kept of it: <_>' -ForEach @(
        { $session | Export-Csv $file; Import-Csv $file | Stop-FargateSession }
        { $session | Select-Object SessionId | Export-Csv $file; Import-Csv $file | Stop-FargateSession }
        { Stop-FargateSession $session.SessionId }
        { Stop-FargateSession -SessionId $session.SessionId }
        { Stop-FargateSession -TaskArn $session.TaskArn }
        { Get-FargateSession -Mine $session.SessionId | Stop-FargateSession }
        { $session | Get-FargateSession | Stop-FargateSession }
    ) {
        $file = "$TestDrive/sessions.csv"
        $session = New-FargateSession
        Get-ErrorOf $_ | Should -BeNullOrEmpty
        @(Get-ReceivedCall StopTask).Count | Should -Be 1
        Assert-NothingLeft -Started 1
    }

    It 'does not take a task that nobody knows for a stopped one: <_>' -ForEach @(
        'arn:aws:ecs:us-east-1:123456789012:task/local/0123456789abcdef0123456789abcdef'
        '0123456789abcdef0123456789abcdef'
        'not a task at all; rm -rf /'
        'arn:aws:s3:::bucket/key'
    ) {
        $said = Get-ErrorOf { Stop-FargateSession -TaskArn $_ -Cluster local }
        Assert-FargateError $said TaskNotFound ObjectNotFound $_.Split('/')[-1] -Text $_, '-Cluster'
    }

    It 'stops the other tasks of a list although one is unknown' {
        $session = New-FargateSession
        $unknown = '0123456789abcdef' * 2
        $said = Get-ErrorOf { Stop-FargateSession -TaskArn $unknown, $session.TaskArn -Cluster local }
        Assert-FargateError $said TaskNotFound ObjectNotFound $unknown
        Assert-NothingLeft -Started 1
    }

    It 'has an error for an id that is nobody''s' {
        Assert-FargateError (Get-ErrorOf { Stop-FargateSession fl-nobody }) SessionNotFound ObjectNotFound fl-nobody
    }

    It 'refuses what is no session' {
        (Get-ErrorOf { 1, 'two' | Stop-FargateSession }).Id | Should -Match '^InputObjectNotBound,'
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }

    It 'keeps what could not be stopped, and gives the commands that stop it' {
        $session = New-FargateSession
        Add-Fault @{ fault = 'expiredCredentials'; operation = 'StopTask'; times = 1 }
        $said = Get-ErrorOf { $session | Stop-FargateSession }
        Assert-FargateError $said StopFailed InvalidResult $session 'may still run'
        $said.NextStep | Should -BeLike ("*aws ecs stop-task --cluster local --task $($session.TaskArn) " +
            "--region us-east-1 --endpoint-url $($fargate.endpointUrl)*")
        $session.KeyPath | Should -Exist
        # The first of the commands, as it stands.
        $command = [scriptblock]::Create(($said.NextStep -replace '^Stop it with: ' -split ' or: ')[0])
        Get-ErrorOf { & $command } | Should -BeNullOrEmpty
        Assert-NothingLeft -Started 1
    }

    It 'names the action that is not allowed' {
        $session = New-FargateSession
        Add-Fault @{ fault = 'accessDenied'; operation = 'StopTask'; times = 1 }
        Assert-FargateError (Get-ErrorOf { $session | Stop-FargateSession }) StopFailed InvalidResult $session 'ecs:StopTask'
        Stop-FargateSession $session
        Assert-NothingLeft -Started 1
    }

    It 'completes clusters' {
        Get-CompletionText 'Stop-FargateSession -TaskArn x -Cluster l' | Should -BeExactly local
    }
}
