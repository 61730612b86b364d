#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Remove-FargateSshConfig' {
    It 'takes the ids of sessions, or none' {
        Get-ParameterSetText Remove-FargateSshConfig | Should -BeExactly 'All: [SessionId]; by name: SessionId'
    }
}

Describe 'Remove-FargateSshConfig where something was exported' -Skip:(-not $IsLinux) {
    BeforeAll {
        $null = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
        $file = "$env:XDG_STATE_HOME/EcsFargateLogin/ssh_config"
        $config = "$TestDrive/config"
    }

    BeforeEach {
        Reset-LocalFargate
        Remove-Item $file, $config -ErrorAction Ignore
        Set-Content $config "Host other`n    User me" -NoNewline
        $null = Export-FargateSshConfig -AddInclude -ConfigPath $config
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'deletes the file and the line that includes it, and leaves the rest as it was' {
        Get-Content $config -TotalCount 2 | Select-Object -Last 1 | Should -BeExactly "Include `"$file`""
        Remove-FargateSshConfig -ConfigPath $config
        Get-Content $config -Raw | Should -BeExactly "Host other`n    User me"
        $file | Should -Not -Exist
        # It may be repeated.
        Remove-FargateSshConfig -ConfigPath $config
    }

    It 'changes nothing with -WhatIf, and says what it would' {
        $said = Get-WhatIf 'Remove-FargateSshConfig -ConfigPath $args[0] -WhatIf' $config
        $file | Should -Exist
        Get-Content $config -Raw | Should -BeLike '*Include*'
        @($said)[-1] | Should -BeExactly "`"Delete file`" on target `"$file`"."
    }

    It 'removes only the entries of the sessions that are named' {
        Add-Content $file "`nHost fl-one`n    Port 1`n`nHost fl-two`n    Port 2"
        Remove-FargateSshConfig fl-o* -ConfigPath $config
        Get-Content $file | Where-Object { $_ -like 'Host *' } | Should -BeExactly 'Host fl-two'
        Get-Content $config -Raw | Should -BeLike '*Include*'
    }

    It 'leaves a file alone that it has not written' {
        Set-Content $file 'Host mine'
        Assert-FargateError (Get-ErrorOf { Remove-FargateSshConfig fl-one -ConfigPath $config }) SshConfigUnavailable WriteError $file 'Move the file'
        Get-Content $file | Should -BeExactly 'Host mine'
    }
}
