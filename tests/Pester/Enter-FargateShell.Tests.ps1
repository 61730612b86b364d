#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Enter-FargateShell' {
    It 'takes sessions, or tasks that run already' {
        Get-ParameterSetText Enter-FargateShell | Should -BeExactly @(
            'Session*: [Session!]; value: Session'
            'Service: [] Service!'
            'Task: [] TaskArn!'
        )
    }

    It 'returns nothing: the shell has the terminal' {
        (Get-Command Enter-FargateShell).OutputType.Type | Should -Be ([void])
    }
}

Describe 'Enter-FargateShell in an account' -Skip:(-not $IsLinux) {
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
        $said = Get-ErrorOf { 1, 'fl-nosuch' | Enter-FargateShell }
        $said[0].Id | Should -Match '^InputObjectNotBound,'
        $said[1].Id | Should -Match '^ParameterArgumentTransformationError,'
        $said[1].Message | Should -BeLike "*There is no session 'fl-nosuch'*Get-FargateSession lists the sessions there are*"
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }

    It 'refuses an option of ssh that is malformed or its own, before anything is started: <Option>' -ForEach @(
        @{ Option = 'Compression'; Hint = 'Compression=yes' }
        @{ Option = "Compression=`n"; Hint = 'Compression=yes' }
        @{ Option = 'StrictHostKeyChecking=no'; Hint = 'known_hosts' }
        @{ Option = 'userknownhostsfile /dev/null'; Hint = 'known_hosts' }
    ) {
        $said = Get-ErrorOf { New-FargateSession | Enter-FargateShell -Option 'Compression=yes', $Option }
        Assert-FargateError $said InvalidSshOption InvalidArgument $Option -Terminating -Text $Hint
        Assert-NothingStarted
    }

    It 'refuses what is no jump host, before anything is started: <Target>' -ForEach @(
        @{ Parameter = @{ JumpHost = 'bastion;reboot' }; Target = 'bastion;reboot' }
        @{ Parameter = @{ JumpHost = '-oProxyCommand=reboot' }; Target = '-oProxyCommand=reboot' }
        @{ Parameter = @{ JumpHost = 'bastion'; ProxyCommand = 'nc %h %p' }; Target = '-ProxyCommand' }
    ) {
        $said = Get-ErrorOf { New-FargateSession | Enter-FargateShell @Parameter }
        Assert-FargateError $said InvalidSshOption InvalidArgument $Target -Terminating
        Assert-NothingStarted
    }

    It 'refuses for a session what names a running task, before anything is started: <Target>' -ForEach @(
        @{ Target = '-Cluster'; Parameter = @{ Cluster = 'other' } }
        @{ Target = '-ContainerName'; Parameter = @{ ContainerName = 'sidecar' } }
    ) {
        $said = Get-ErrorOf { New-FargateSession | Enter-FargateShell @Parameter }
        Assert-FargateError $said InvalidTransport InvalidArgument $Target -Terminating -Text 'TaskArn'
        Assert-NothingStarted
    }

    It 'does not enter a session that was stopped' {
        $session = New-FargateSession
        $session | Stop-FargateSession
        $global:LASTEXITCODE = 0
        Assert-FargateError (Get-ErrorOf { $session | Enter-FargateShell }) SessionEnded InvalidOperation $session 'New-FargateSession'
        $LASTEXITCODE | Should -Be 255 -Because 'no shell has ended with 0'
        Assert-NothingLeft -Started 1
    }

    It 'enters each session by what it was started for' {
        $session = New-FargateSession
        Assert-FargateError (Get-ErrorOf { $session | Enter-FargateShell -Transport EcsExec }) TransportUnavailable InvalidOperation $session
        $session | Stop-FargateSession
        $other = New-FargateSession -Transport EcsExec
        $said = Get-ErrorOf { $other | Enter-FargateShell -Transport Ssh }
        Assert-FargateError $said TransportUnavailable InvalidOperation $other
        $said.Message | Should -BeLike 'Enter-FargateShell needs ssh*'
        $other | Stop-FargateSession
        Assert-NothingLeft -Started 2
    }

    It 'refuses for ECS Exec what only ssh takes: <Named>' -ForEach @(
        @{ Named = '-Option'; Command = { New-FargateSession -Transport EcsExec | Enter-FargateShell -Option Compression=yes } }
        @{ Named = '-JumpHost'; Command = { New-FargateSession | Enter-FargateShell -Transport EcsExec -JumpHost bastion } }
        @{ Named = '-Route'; Command = { Enter-FargateShell -Service web -Route Private } }
    ) {
        $said = @(Get-ErrorOf $Command)
        $said.Count | Should -Be 1
        $said.Id | Should -Match '^InvalidTransport,'
        $said.Category, $said.IsTerminating | Should -Be InvalidArgument, $true
        $said.Message | Should -BeLike "$Named cannot go with -Transport EcsExec*"
        Assert-NothingLeft -Started @(Get-StartedTask).Count
    }

    It 'has an error for a service or a task that is not there: <Command>' -ForEach @(
        @{ Command = { Enter-FargateShell -Service nosuch -Cluster $cluster }; Id = 'ServiceNotFound'; Target = 'nosuch'; Hint = 'list-services' }
        @{ Command = { Enter-FargateShell -TaskArn nosuch -Cluster $cluster }; Id = 'TaskNotFound'; Target = 'nosuch'; Hint = 'TaskArn' }
        @{ Command = { Enter-FargateShell -Service web -Cluster nosuch }; Id = 'ClusterNotFound'; Target = 'nosuch'; Hint = 'Cluster' }
    ) {
        $cluster = $PSDefaultParameterValues['New-FargateSession:Cluster']
        Assert-FargateError (Get-ErrorOf $Command) $Id ObjectNotFound $Target -Text $Hint
        Assert-NothingStarted
    }

    It 'completes regions in the quotes that were begun' {
        Get-CompletionText "Enter-FargateShell -Region 'eu-w" | Should -BeExactly "'eu-west-1'", "'eu-west-2'", "'eu-west-3'"
    }
}
