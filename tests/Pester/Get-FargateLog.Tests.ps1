#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Get-FargateLog' {
    It 'takes sessions, a service, or the ARNs of tasks' {
        Get-ParameterSetText Get-FargateLog | Should -BeExactly @(
            'Session*: [Session!]; value: Session'
            'Service: [] Service!'
            'Task: [] TaskArn!; by name: TaskArn'
        )
    }

    It 'returns messages' {
        (Get-Command Get-FargateLog).OutputType.Type | Should -Be ([EcsFargateLogin.FargateLogEvent])
    }
}

Describe 'Get-FargateLog in an account' -Skip:(-not $IsLinux) {
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

    It 'asks for the last messages, from a time on' {
        $session = New-FargateSession
        $null = Get-FargateLog $session -Tail 7 -Since 0:10
        $asked = @(Get-ReceivedCall GetLogEvents)[-1]
        $asked.limit | Should -Be 7
        $asked.startFromHead | Should -BeFalse
        [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() - $asked.startTime | Should -BeGreaterOrEqual 600000
        $asked.logStreamName | Should -BeLike "*/cli/$($session.TaskId)"
        $session | Stop-FargateSession
        # It can still be read, although ECS may have forgotten the task.
        Get-ErrorOf { $session | Get-FargateLog } | Should -BeNullOrEmpty
        Assert-NothingLeft -Started 1
    }

    It 'takes the time of the first message as a time, too, and says what it takes: <_>' -ForEach @('10m', '10', 'yesterday') {
        $session = New-FargateSession
        $null = Get-FargateLog $session -Since '2026-01-02 03:04Z'
        @(Get-ReceivedCall GetLogEvents)[-1].startTime | Should -Be ([DateTimeOffset]'2026-01-02T03:04Z').ToUnixTimeMilliseconds()
        $since = $_
        (Get-ErrorOf { Get-FargateLog $session -Since $since }).Message | Should -BeLike "*'$since' is neither a time*0:10 for ten minutes*"
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'says which log driver it is where that is not awslogs' {
        $null = Register-TaskDefinition other-driver @(
            @{ name = 'cli'; logConfiguration = @{ logDriver = 'splunk' } }, @{ name = 'side' })
        $session = New-FargateSession other-driver -ContainerName cli
        Assert-FargateError (Get-ErrorOf { $session | Get-FargateLog }) LogUnavailable InvalidOperation $session "container 'cli' uses the driver splunk"
        $said = Get-ErrorOf { Get-FargateLog $session -ContainerName side }
        Assert-FargateError $said LogUnavailable InvalidOperation $session "container 'side' uses no log driver"
        Assert-FargateError (Get-ErrorOf { Get-FargateLog $session -ContainerName web }) ContainerNotFound ObjectNotFound web 'cli, side'
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'has an error for a task or service that is not there' {
        $unknown = "arn:aws:ecs:us-east-1:123456789012:task/local/$('0123456789abcdef' * 2)"
        Assert-FargateError (Get-ErrorOf { Get-FargateLog -TaskArn $unknown }) TaskNotFound ObjectNotFound $unknown
        Assert-FargateError (Get-ErrorOf { Get-FargateLog -Service none -Cluster local }) ServiceNotFound ObjectNotFound none
    }
}
