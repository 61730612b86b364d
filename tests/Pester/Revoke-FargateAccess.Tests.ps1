#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Revoke-FargateAccess' {
    It 'takes accesses, or sessions and names' {
        Get-ParameterSetText Revoke-FargateAccess | Should -BeExactly @(
            'Session*: [Name] Session!; value: Session'
            'Access: [] Access!; value: Access'
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

    It 'is listed by its session, only told with -WhatIf, and an error where there is none of that name' {
        $session = New-FargateSession
        $file = "$(Split-Path $session.KeyPath)/access-EDC6.json"
        @{ name = 'anna'; fingerprint = "SHA256:$('A' * 43)"; sessionId = "$session"; until = [DateTimeOffset]::UtcNow } |
            ConvertTo-Json | Set-Content $file
        chmod 600 $file
        "$($session.Access)" | Should -BeExactly 'anna'
        Get-WhatIf 'Revoke-FargateAccess -Session $args[0] -WhatIf' "$session" |
            Should -BeExactly "`"Revoke access of anna (SHA256:$('A' * 43))`" on target `"$session`"."
        Get-WhatIf '(Get-FargateSession -Mine).Access | Revoke-FargateAccess -WhatIf' | Should -HaveCount 1
        Assert-FargateError (Get-ErrorOf { $session | Revoke-FargateAccess ben }) AccessNotFound ObjectNotFound ben
        $access = $session.Access
        # A file that others can write is not trusted.
        chmod 666 $file
        $session.Access | Should -BeNullOrEmpty
        Get-ErrorOf { $session | Revoke-FargateAccess } | Should -BeNullOrEmpty
        $session | Stop-FargateSession
        Assert-FargateError (Get-ErrorOf { $session | Revoke-FargateAccess }) SessionEnded InvalidOperation $session
        $file | Should -Not -Exist
        Assert-FargateError (Get-ErrorOf { $access | Revoke-FargateAccess }) SessionNotFound ObjectNotFound $session
        Assert-NothingLeft -Started 1
    }
}
