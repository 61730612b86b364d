#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
    $key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU'
}

Describe 'Grant-FargateAccess' {
    It 'takes a key or its file, and sessions' {
        Get-ParameterSetText Grant-FargateAccess | Should -BeExactly @(
            'PublicKey*: [PublicKey!] Session!; value: Session'
            'Path: [] Path! Session!; value: Session'
        )
    }

    It 'returns what the colleague needs' {
        (Get-Command Grant-FargateAccess).OutputType.Type | Should -Be ([EcsFargateLogin.FargateAccess])
    }

    It 'refuses what is no public key before anything is started, and repeats none of it' -ForEach @(
        @{ Text = "command=`"id`" $key" }
        @{ Text = "$key`ncommand=`"id`" $key" }
        @{ Text = "-----BEGIN OPENSSH PRIVATE KEY-----`ns3cr3t" }
        @{ Text = "$key $('a' * 1MB)" }
    ) {
        $said = Get-ErrorOf { New-FargateSession x -Subnet subnet-1 -Region local | Grant-FargateAccess $Text }
        Assert-FargateError $said InvalidAccess InvalidArgument '-PublicKey' -Terminating
        $said.Message.Length | Should -BeLessThan 300
    }

    It 'refuses a file that is not there, and an address that is none' {
        Assert-FargateError (Get-ErrorOf { Grant-FargateAccess -Session (New-UnknownSession) -Path "$TestDrive/none" }) `
            InvalidAccess InvalidArgument "$TestDrive/none" 'no such file' -Terminating
        Assert-FargateError (Get-ErrorOf { Grant-FargateAccess $key -Session (New-UnknownSession) -FromAddress '10.0.0.1",command="id' }) `
            InvalidFromAddress InvalidArgument '10.0.0.1",command="id'
    }

    It 'refuses times that are over, and two times' {
        $session = New-UnknownSession
        Assert-FargateError (Get-ErrorOf { Grant-FargateAccess $key -Session $session -Until (Get-Date) }) `
            InvalidAccess InvalidArgument '-Until' -Terminating
        Assert-FargateError (Get-ErrorOf { Grant-FargateAccess $key -Session $session -For 30 }) `
            InvalidAccess InvalidArgument '-For' '0:30' -Terminating
        Assert-FargateError (Get-ErrorOf { Grant-FargateAccess $key -Session $session -For -1:00 }) `
            InvalidAccess InvalidArgument '-For' -Terminating
        Assert-FargateError (Get-ErrorOf { Grant-FargateAccess $key -Session $session -For 1:00 -Until 23:59 }) `
            InvalidAccess InvalidArgument '-For' -Terminating
    }
}

Describe 'Access to a session' -Skip:(-not $IsLinux) {
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

    It 'is only told with -WhatIf' {
        $global:session = New-FargateSession
        $said = Get-WhatIf '$input = Get-FargateSession -Mine; Grant-FargateAccess $args[0] -Session $args[1] -For 2:00 -WhatIf' $key, "$session"
        $said | Should -BeLike "*Grant access to SHA256:* until *on target `"$session`"."
        $session.Access | Should -BeNullOrEmpty
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'needs ssh, and a session that runs' {
        $session = New-FargateSession -Transport EcsExec
        Assert-FargateError (Get-ErrorOf { $session | Grant-FargateAccess $key }) TransportUnavailable InvalidOperation $session
        $session | Stop-FargateSession
        Assert-FargateError (Get-ErrorOf { $session | Grant-FargateAccess $key }) SessionEnded InvalidOperation $session
        Assert-NothingLeft -Started 1
    }

    It 'has no answer for sessions of others, and completes those of this machine' {
        $session = New-FargateSession
        Get-CompletionText 'Grant-FargateAccess key -Session fl-' | Should -Contain "$session"
        Get-CompletionText 'Revoke-FargateAccess -Session fl-' | Should -Contain "$session"
        (Get-ErrorOf { Grant-FargateAccess $key -Session fl-none }).Message | Should -BeLike "*no session 'fl-none'*"
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }
}
