#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Start-FargateTunnel' {
    It 'takes sessions, and either a host and its port or any host' {
        Get-ParameterSetText Start-FargateTunnel | Should -BeExactly @(
            'Host*: [Session!] RemoteHost! RemotePort!; value: Session'
            'Service: [] RemoteHost! RemotePort! Service!'
            'Socks: [Session!] Socks!; value: Session'
            'Task: [] RemoteHost! RemotePort! TaskArn!'
        )
    }

    It 'returns tunnels' {
        (Get-Command Start-FargateTunnel).OutputType.Type | Should -Be ([EcsFargateLogin.FargateTunnel])
    }
}

Describe 'Start-FargateTunnel in an account' -Skip:(-not $IsLinux) {
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

    It 'opens nothing with -WhatIf, and says what it would' {
        $session = New-FargateSession
        Get-WhatIf 'param($session) $session | Start-FargateTunnel -Socks -WhatIf' -Argument $session |
            Should -BeExactly "`"Open tunnel`" on target `"$session (any host (SOCKS))`"."
        Get-FargateTunnel | Should -BeNullOrEmpty
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'has an error for a local port in use, before anything is started' {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        try {
            $port = $listener.LocalEndpoint.Port
            $said = Get-ErrorOf { New-FargateSession | Start-FargateTunnel -Socks -LocalPort $port }
        }
        finally { $listener.Stop() }
        Assert-FargateError $said LocalPortUnavailable ResourceUnavailable "127.0.0.1:$port" -Terminating -Text 'in use'
        Assert-NothingStarted
    }

    It 'needs ssh for a SOCKS proxy, and leaves a session without it alone' {
        $session = New-FargateSession -Transport EcsExec
        $said = Get-ErrorOf { $session | Start-FargateTunnel -Socks }
        Assert-FargateError $said TransportUnavailable InvalidOperation $session
        $said.Message | Should -BeLike 'Start-FargateTunnel needs ssh*'
        Get-ReceivedOperation | Should -Not -Contain StopTask
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }
}
