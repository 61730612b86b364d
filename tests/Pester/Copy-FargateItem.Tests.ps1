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
            'Service: [Path Destination] Service!; by name: LiteralPath'
            'Task: [Path Destination] TaskArn!; by name: LiteralPath'
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

    It 'needs no ssh for a session without it' {
        Set-Content "$TestDrive/file" content
        # The containers of this account have no processes.
        $said = Get-ErrorOf { New-FargateSession -Transport EcsExec | Copy-FargateItem "$TestDrive/file" -Destination /tmp/copy }
        $said.Id | Should -BeLike 'SessionManagerFailed,*'
        Get-ReceivedOperation | Should -Contain ExecuteCommand
        Assert-NothingLeft -Started 1
    }

    It 'takes one kind of path, before anything is asked of AWS' {
        Set-Content "$TestDrive/file" content
        $said = Get-ErrorOf { Copy-FargateItem -Service web }
        Assert-FargateError $said InvalidPath InvalidArgument -Terminating
        $said.Message | Should -BeLike '*neither -Path nor -LiteralPath*'
        $said = Get-ErrorOf { Copy-FargateItem -LiteralPath "$TestDrive/file" /tmp -Service web }
        Assert-FargateError $said InvalidPath InvalidArgument -Terminating
        $said = Get-ErrorOf { Get-Item "$TestDrive/file" | Copy-FargateItem "$TestDrive/file" -Service web }
        Assert-FargateError $said InvalidPath InvalidArgument -Terminating
        @() | Copy-FargateItem -Service web -Destination /tmp
        Assert-NothingStarted
    }

    It 'refuses what is about ssh beside a task that runs already' {
        Set-Content "$TestDrive/file" content
        $said = Get-ErrorOf { Copy-FargateItem "$TestDrive/file" -Service web -JumpHost bastion }
        Assert-FargateError $said InvalidTransport InvalidArgument '-JumpHost' -Terminating
        Assert-NothingStarted
    }
}
