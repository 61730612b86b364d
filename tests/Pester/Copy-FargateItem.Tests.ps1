#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Copy-FargateItem' {
    It 'takes paths, a destination, and sessions from the pipeline' {
        Get-ParameterSetText Copy-FargateItem | Should -BeExactly @(
            'Path*: [Path! Destination] Session!; value: Session'
            'LiteralPath: [Destination] LiteralPath! Session!; value: Session; by name: LiteralPath'
        )
    }

    It 'returns what it has copied, when it is asked to' {
        (Get-Command Copy-FargateItem).OutputType.Type | Should -Be ([EcsFargateLogin.FargateCopiedItem])
        (Get-Command Copy-FargateItem).Parameters.Keys | Should -Contain PassThru
    }
}

Describe 'Copy-FargateItem in an account' -Skip:(-not $IsLinux) {
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

    It 'copies nothing with -WhatIf, and says what it would and where to' {
        $session = New-FargateSession
        Set-Content "$TestDrive/file" content
        Get-WhatIf 'param($session) $session | Copy-FargateItem ./file /tmp -WhatIf' -Argument $session -Path $TestDrive |
            Should -BeExactly "`"Copy to session $session`" on target `"$TestDrive/file to /tmp`"."
        Get-WhatIf 'param($session) $session | Copy-FargateItem /etc/passwd . -FromSession -WhatIf' -Argument $session -Path $TestDrive |
            Should -BeExactly "`"Copy from session $session`" on target `"/etc/passwd to $TestDrive`"."
        "$TestDrive/passwd" | Should -Not -Exist
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'has an error for a file that is not here, before anything is started' {
        $said = Get-ErrorOf { New-FargateSession | Copy-FargateItem ./no-such-file /tmp }
        Assert-FargateError $said LocalItemNotFound ObjectNotFound ./no-such-file -Terminating
        Assert-NothingStarted
    }

    It 'needs ssh, and leaves a session without it alone' {
        $session = New-FargateSession -Transport EcsExec
        Set-Content "$TestDrive/file" content
        $said = Get-ErrorOf { $session | Copy-FargateItem "$TestDrive/file" -Destination b }
        Assert-FargateError $said TransportUnavailable InvalidOperation $session
        $said.Message | Should -BeLike 'Copy-FargateItem needs ssh*'
        Get-ReceivedOperation | Should -Not -Contain StopTask
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }
}
