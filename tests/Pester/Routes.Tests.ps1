#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeDiscovery {
    $logins = @(
        @{ Cmdlet = 'Enter-FargateShell'; Needed = @{} }
        @{ Cmdlet = 'Invoke-FargateCommand'; Needed = @{ Command = 'true' } }
        @{ Cmdlet = 'Copy-FargateItem'; Needed = @{ Path = '/etc/hostname'; Destination = '/tmp' } }
        @{ Cmdlet = 'Start-FargateTunnel'; Needed = @{ RemoteHost = 'db.internal'; RemotePort = 5432 } }
        @{ Cmdlet = 'Wait-FargateSession'; Needed = @{} }
    )
    # What contradicts what, for every cmdlet that has both parameters and -JumpHost.
    $contradictions = @(
        @{ Given = @{ Route = 'SessionManager'; JumpHost = 'ops@bastion' }; Target = 'SessionManager'; Text = 'the jump host ops@bastion' }
        @{ Given = @{ Route = 'InstanceConnect'; ProxyCommand = 'nc %h %p' }; Target = 'InstanceConnect'; Text = '-Route InstanceConnect cannot go with' }
        @{ Given = @{ Route = 'Public'; InstanceConnectEndpoint = 'eice-1' }; Target = 'eice-1'; Text = '-InstanceConnectEndpoint eice-1' }
        @{ Given = @{ JumpHost = 'ops@bastion'; InstanceConnectEndpoint = 'eice-1' }; Target = 'eice-1'; Text = '-InstanceConnectEndpoint eice-1' }
    )
    $ofLogins = foreach ($login in $logins) { foreach ($one in $contradictions) { $login + $one } }
}

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe '-Route and -InstanceConnectEndpoint' {
    It 'are parameters of <_>, with help, and in no position' -ForEach @(
        'New-FargateSession', 'Wait-FargateSession', 'Enter-FargateShell', 'Invoke-FargateCommand', 'Copy-FargateItem'
        'Start-FargateTunnel', 'Test-FargateLogin'
    ) {
        $parameters = (Get-Command $_ -Module EcsFargateLogin).Parameters
        ($parameters.Route.ParameterType | ForEach-Object { [Nullable]::GetUnderlyingType($_) ?? $_ }) | Should -Be ([EcsFargateLogin.FargateRoute])
        $parameters.InstanceConnectEndpoint.ParameterType | Should -Be ([string])
        $parameters.Route.Attributes.Where({ $_ -is [Parameter] }).Position | Should -BeLessThan 0
    }

    It 'have the values of the documents' {
        [enum]::GetNames([EcsFargateLogin.FargateRoute]) | Should -BeExactly Auto, Public, Private, InstanceConnect, SessionManager
    }

    It 'take no other value, with those that there are: <_>' -ForEach @(
        'New-FargateSession', 'Wait-FargateSession', 'Enter-FargateShell', 'Get-FargateTaskAddress', 'Test-FargateLogin'
    ) {
        $cmdlet = $_
        $said = Get-ErrorOf { & $cmdlet -Route Bastion }
        $said.Id | Should -BeLike '*CannotConvertArgumentNoMessage,*' -Because $said.Message
        $said.Message | Should -BeLike '*Auto, Public, Private, InstanceConnect, SessionManager*'
    }

    It 'do not contradict each other or a proxy: <Cmdlet> <Text>, target <Target>' -ForEach $ofLogins {
        $session = New-UnknownSession
        $said = Get-ErrorOf { $session | & $Cmdlet @Needed @Given }
        Assert-FargateError $said InvalidRoute InvalidArgument $Target -Text $Text -Terminating
    }

    It 'are checked by Test-FargateLogin before anything is examined' {
        $said = Get-ErrorOf { Test-FargateLogin -Route Private -InstanceConnectEndpoint eice-1 }
        Assert-FargateError $said InvalidRoute InvalidArgument eice-1 -Terminating
        $said = Get-ErrorOf { Test-FargateLogin -Transport EcsExec -Route SessionManager }
        Assert-FargateError $said InvalidTransport InvalidArgument '-Route' -Text '-Transport EcsExec' -Terminating
    }
}

Describe '-Route and -InstanceConnectEndpoint, in an account,' -Skip:(-not $IsLinux) {
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

    It 'of New-FargateSession do not contradict each other or a proxy: <Text>' -ForEach @(
        @{ Given = @{ Route = 'SessionManager'; JumpHost = 'ops@bastion' }; Target = 'SessionManager'; Text = 'the jump host ops@bastion' }
        @{ Given = @{ Route = 'Public'; InstanceConnectEndpoint = 'eice-1' }; Target = 'eice-1'; Text = '-InstanceConnectEndpoint eice-1' }
    ) {
        Assert-FargateError (Get-ErrorOf { New-FargateSession @Given }) InvalidRoute InvalidArgument $Target -Text $Text -Terminating
        Assert-NothingStarted
    }

    It 'have to lead to the task, before anything is started: <Target>' -ForEach @(
        @{ Given = @{ Route = 'InstanceConnect'; Port = 2222 }; Target = '2222' }
        @{ Given = @{ Route = 'Public'; AssignPublicIp = 'Disabled' }; Target = 'Public' }
    ) {
        Assert-FargateError (Get-ErrorOf { New-FargateSession @Given }) InvalidRoute InvalidArgument $Target -Terminating
        Assert-NothingStarted
    }

    It 'are about ssh alone' {
        $said = Get-ErrorOf { New-FargateSession -Transport EcsExec -Route SessionManager }
        Assert-FargateError $said InvalidTransport InvalidArgument '-Route' -Terminating
        Assert-NothingStarted
    }

    It 'of a session are shown by it: <Route>' -ForEach @(
        @{ Given = @{}; Route = 'Auto' }
        @{ Given = @{ Route = 'Private'; AssignPublicIp = 'Disabled' }; Route = 'Private' }
        @{ Given = @{ Route = 'InstanceConnect'; InstanceConnectEndpoint = 'eice-1'; Port = 22 }; Route = 'InstanceConnect' }
        @{ Given = @{ Route = 'SessionManager' }; Route = 'SessionManager' }
    ) {
        $session = New-FargateSession @Given
        $session.Route | Should -Be $Route
        ($session | Format-List | Out-String) | Should -MatchExactly "(?m)^Route +: $Route\r?$"
        (Get-FargateSession $session.SessionId).Route | Should -Be $Route
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'come from presets, also of a project, and what is typed wins' {
        $project = (New-Item "$TestDrive/project" -ItemType Directory -Force).FullName
        Set-Content "$project/.fargatelogin.json" (
            '{"presets":{"default":{"Route":"InstanceConnect","InstanceConnectEndpoint":"eice-project"}}}') -NoNewline
        $seen = Invoke-Recorded -Path $project @'
$sessions = (New-FargateSession -Port 22 -Verbose), (New-FargateSession -Route Auto), (New-FargateSession -NoPreset)
$sessions | Stop-FargateSession
$sessions
'@
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Output.Route | Should -Be 'InstanceConnect', 'Auto', 'Auto'
        $seen.Output[0].ParameterSource.Keys | Should -Contain InstanceConnectEndpoint
        $seen = Invoke-Recorded -Path $project 'try { New-FargateSession -JumpHost ops@bastion } catch { $_.FullyQualifiedErrorId }'
        $seen.Output | Should -BeLike 'InvalidRoute,*'
    }

    It 'are kept by Save-FargateSessionPreset' {
        Save-FargateSessionPreset routed -Route InstanceConnect -InstanceConnectEndpoint eice-1
        $preset = Get-FargateSessionPreset routed
        $preset.Parameter.Route | Should -BeExactly InstanceConnect
        $preset.Parameter.InstanceConnectEndpoint | Should -BeExactly eice-1
        Remove-FargateSessionPreset routed -Confirm:$false
    }

    It 'complete the values of a route' {
        Get-CompletionText 'New-FargateSession -Route ' | Should -BeExactly Auto, InstanceConnect, Private, Public, SessionManager
    }

    It 'complete the ids of endpoints, shown with their states: <_>' -ForEach @(
        'New-FargateSession', 'Wait-FargateSession', 'Enter-FargateShell', 'Invoke-FargateCommand', 'Copy-FargateItem'
        'Start-FargateTunnel', 'Test-FargateLogin'
    ) {
        $all = Get-Completion "$_ -InstanceConnectEndpoint " -Wait
        $all.CompletionText | Should -BeExactly $fargate.instanceConnectEndpoints
        $all[0].ToolTip | Should -MatchExactly '^create-complete, subnet-[0-9a-f]+, vpc-[0-9a-f]+$'
    }
}
