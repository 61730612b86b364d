#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Export-FargateSshConfig' {
    It 'takes sessions, their ids, the ARNs of tasks, or none' {
        Get-ParameterSetText Export-FargateSshConfig | Should -BeExactly @(
            'Own*: []; by name: Cluster'
            'Id: [SessionId!]; by name: Cluster SessionId TaskArn'
            'Session: [Session!]; value: Session; by name: Cluster'
            'Task: [] TaskArn!; by name: Cluster TaskArn'
        )
    }

    It 'returns the file' {
        (Get-Command Export-FargateSshConfig).OutputType.Type | Should -Be ([IO.FileInfo])
    }
}

Describe 'Export-FargateSshConfig in an account' -Skip:(-not $IsLinux) {
    BeforeAll {
        $null = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
        $file = "$env:XDG_STATE_HOME/EcsFargateLogin/ssh_config"
        $config = "$TestDrive/config"
    }

    BeforeEach {
        Reset-LocalFargate
        Remove-Item $file, $config -ErrorAction Ignore
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'writes a file that only its owner can read, and removes entries of sessions that are gone' {
        (Export-FargateSshConfig).FullName | Should -BeExactly $file
        Add-Content $file "`nHost fl-gone`n    Port 1"
        $written = Export-FargateSshConfig
        $written.FullName | Should -BeExactly $file
        # The table shows it as it shows what Get-Item returns.
        $written.UnixMode | Should -BeExactly '-rw-------'
        Get-Content $file | Should -HaveCount 1
        (Get-Item $file).UnixMode | Should -BeExactly '-rw-------'
        Get-ChildItem (Split-Path $file) | Where-Object Name -Like 'ssh_config.*' | ForEach-Object Name | Should -BeExactly ssh_config.lock
    }

    It 'shows the difference with -WhatIf, and writes nothing' {
        $said = (Invoke-Recorded 'Export-FargateSshConfig -AddInclude -ConfigPath $args[0] -WhatIf' -Argument $config).Host
        $file | Should -Not -Exist
        $config | Should -Not -Exist
        $said -join "`n" | Should -BeLike "*Change '$file':*Change '$config':*+ Include `"$file`"*"
        $null = Export-FargateSshConfig
        Add-Content $file "`nHost fl-gone`n    Port 1"
        $seen = Invoke-Recorded 'Export-FargateSshConfig -WhatIf'
        $seen.Output | Should -BeNullOrEmpty
        $seen.Host -join "`n" | Should -BeLike "*- Host fl-gone`n-     Port 1*"
        Get-Content $file | Should -Contain 'Host fl-gone'
    }

    It 'adds its line once, before all others, and follows a link' {
        $target = "$TestDrive/dotfiles"
        Set-Content $target "Host *`r`n    User caf$([char]0xE9)" -NoNewline -Encoding latin1
        $before = [IO.File]::ReadAllBytes($target)
        & chmod 644 $target
        $null = New-Item $config -ItemType SymbolicLink -Value $target
        $null = Export-FargateSshConfig -AddInclude -ConfigPath $config
        $null = Export-FargateSshConfig -AddInclude -ConfigPath $config
        (Get-Item $config).LinkTarget | Should -BeExactly $target
        (Get-Item $target).UnixMode | Should -BeExactly '-rw-r--r--'
        @(Get-Content $target | Where-Object { $_ -like 'Include *' }) | Should -BeExactly "Include `"$file`""
        $after = [IO.File]::ReadAllBytes($target)
        $after[($after.Count - $before.Count)..($after.Count - 1)] | Should -Be $before
    }

    It 'leaves a file alone that it has not written, and a link' {
        $null = New-Item (Split-Path $file) -ItemType Directory -Force
        Set-Content $file 'Host mine'
        Assert-FargateError (Get-ErrorOf { Export-FargateSshConfig }) SshConfigUnavailable WriteError $file 'Move the file'
        Get-Content $file | Should -BeExactly 'Host mine'
        Remove-Item $file
        $null = New-Item $file -ItemType SymbolicLink -Value "$TestDrive/elsewhere"
        Assert-FargateError (Get-ErrorOf { Export-FargateSshConfig }) SshConfigUnavailable WriteError $file
        "$TestDrive/elsewhere" | Should -Not -Exist
    }

    It 'does not add to a configuration that others can write' {
        Set-Content $config 'Host *'
        & chmod 666 $config
        Assert-FargateError (Get-ErrorOf { Export-FargateSshConfig -AddInclude -ConfigPath $config }) SshConfigUnavailable WriteError $config 'chmod'
        Get-Content $config | Should -BeExactly 'Host *'
    }

    It 'has an error for sessions without ssh, and for those that have ended' {
        $session = New-FargateSession -Transport EcsExec
        Assert-FargateError (Get-ErrorOf { $session | Export-FargateSshConfig }) TransportUnavailable InvalidOperation $session
        $session | Stop-FargateSession
        Assert-FargateError (Get-ErrorOf { $session | Export-FargateSshConfig }) SessionEnded InvalidOperation $session
        Assert-NothingLeft -Started 1
    }
}
