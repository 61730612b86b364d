#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Invoke-FargateCommand' {
    It 'takes a command or a file, and sessions or input from the pipeline' {
        Get-ParameterSetText Invoke-FargateCommand | Should -BeExactly @(
            'Pipeline*: [Command!] Session!; value: Session'
            'File: [] FilePath! Session!; value: Session'
            'Service: [Command] Service!; value: InputObject'
            'Session: [Command!] Session!; value: InputObject'
            'Task: [Command] TaskArn!; value: InputObject'
        )
    }

    It 'returns lines, bytes, results, a job or a detached command' {
        (Get-Command Invoke-FargateCommand).OutputType.Name | Should -BeExactly @(
            'System.String', 'System.Byte[]', 'EcsFargateLogin.FargateCommandResult', 'System.Management.Automation.Job',
            'EcsFargateLogin.FargateDetachedCommand')
    }

    It 'refuses a value that a parameter cannot take: -<Name> <Value>' -ForEach @(
        @{ Name = 'Command'; Value = '' }
        @{ Name = 'Timeout'; Value = -1 }
        @{ Name = 'ThrottleLimit'; Value = 0 }
    ) {
        $parameters = @{ Session = New-UnknownSession; Command = 'true' }
        $parameters[$Name] = $Value
        $said = Get-ErrorOf { Invoke-FargateCommand @parameters }
        $said.Id | Should -Match '^ParameterArgumentValidationError,'
        $said.Message | Should -BeLike "*'$Name'*"
    }
}

Describe 'Invoke-FargateCommand in an account' -Skip:(-not $IsLinux) {
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

    It 'has an error for a script that is not there, before anything is started' {
        $path = "$TestDrive/no-such-script"
        $said = Get-ErrorOf { New-FargateSession | Invoke-FargateCommand -FilePath $path }
        Assert-FargateError $said InvalidCommand InvalidArgument $path -Terminating -Text '-FilePath', 'there is no such file'
        Assert-NothingStarted
    }

    It 'needs either a command or a script for tasks that run already: <Command>' -ForEach @(
        @{ Command = { Invoke-FargateCommand -Service web }; Text = 'neither -Command nor -FilePath' }
        @{ Command = { Invoke-FargateCommand 'true' -Service web -FilePath ./script.sh }; Text = 'cannot go together' }
    ) {
        $said = Get-ErrorOf $Command
        $said.Id | Should -Match '^InvalidCommand,'
        $said.Message | Should -BeLike "*$Text*"
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }
}
