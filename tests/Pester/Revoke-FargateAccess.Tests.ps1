#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
    $key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU'
}

Describe 'Revoke-FargateAccess' {
    It 'takes accesses, or sessions and names' {
        Get-ParameterSetText Revoke-FargateAccess | Should -BeExactly @(
            'Access*: [] Access!; value: Access'
            'Session: [Name] Session!; value: Session'
        )
    }
}

Describe 'An access that was granted' -Skip:(-not $IsLinux) {
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

    It 'is revoked by name, by fingerprint, or with all others, and not with -WhatIf' {
        $session = New-FargateSession -MaxLifetime 600
        $access = $session | Grant-FargateAccess $key -Name '[anna]'
        $access.Until | Should -BeLessOrEqual ([DateTimeOffset]::UtcNow.AddSeconds(600))
        Get-WhatIf 'Revoke-FargateAccess -Session $args[0] -WhatIf' "$session" | Should -BeLike '*Revoke access of `[anna`] (SHA256:*'
        Assert-FargateError (Get-ErrorOf { $session | Revoke-FargateAccess ben }) AccessNotFound ObjectNotFound ben
        "$($session.Access)" | Should -BeExactly '[anna]'
        $session | Revoke-FargateAccess '[anna]'
        $session.Access | Should -BeNullOrEmpty
        $null = $session | Grant-FargateAccess $key
        Revoke-FargateAccess $access.Fingerprint -Session "$session"
        $session.Access | Should -BeNullOrEmpty
        $null = $session | Grant-FargateAccess "$key anna"
        $session | Revoke-FargateAccess
        $session.Access | Should -BeNullOrEmpty
        $session | Stop-FargateSession
        Assert-FargateError (Get-ErrorOf { $access | Revoke-FargateAccess }) SessionNotFound ObjectNotFound $session
        Assert-NothingLeft -Started 1
    }
}
