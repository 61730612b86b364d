#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

# What ECS and EC2 refuse is named by the user's own words, and leaves nothing behind.
Describe 'New-FargateSession, refused by AWS,' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
        $null = Register-TaskDefinition roleless @{ name = 'cli' }
    }

    BeforeEach {
        Reset-LocalFargate
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    AfterEach {
        Assert-NothingLeft -Started 0
    }

    It 'names what ECS does not know: <Target>' -ForEach @(
        @{ Name = 'Cluster'; Target = 'nowhere'; Id = 'ClusterNotFound' }
        @{ Name = 'Subnet'; Target = 'subnet-0nowhere'; Id = 'SubnetNotFound' }
        @{ Name = 'SecurityGroup'; Target = 'sg-0nobody'; Id = 'SecurityGroupNotFound' }
    ) {
        $given = @{ $Name = $Target }
        Assert-FargateError (Get-ErrorOf { New-FargateSession @given }) $Id ObjectNotFound $Target -Text "-$Name"
    }

    It 'names the one unknown subnet among several' {
        $said = Get-ErrorOf { New-FargateSession -Subnet $fargate.subnets[0], subnet-0nowhere }
        Assert-FargateError $said SubnetNotFound ObjectNotFound subnet-0nowhere
    }

    It 'needs a task role for ECS Exec' {
        $said = Get-ErrorOf { New-FargateSession roleless -Transport EcsExec }
        Assert-FargateError $said TaskDefinitionUnsuitable InvalidArgument roleless
        $said.NextStep | Should -MatchExactly '-TaskRoleArn'
    }

    It 'refuses a task definition with a task that outlives the container of the session: <Why>' -ForEach @(
        @{ Container = @{ essential = $false }; Why = "its container 'cli' is not essential" }
        @{ Container = @{ restartPolicy = @{ enabled = $true } }; Why = "its container 'cli' has a restartPolicy" }
        @{
            Container = @{ restartPolicy = @{ enabled = $true; ignoredExitCodes = @(0); restartAttemptPeriod = 60 } }
            Why       = "its container 'cli' has a restartPolicy"
        }
    ) {
        $null = Register-TaskDefinition outliving ($Container + @{ name = 'cli' }), @{ name = 'app'; image = 'plain' }
        foreach ($transport in 'Ssh', 'EcsExec', 'Auto') {
            $said = Get-ErrorOf { New-FargateSession outliving -Transport $transport -TaskRoleArn arn:aws:iam::123456789012:role/task }
            Assert-FargateError $said TaskDefinitionUnsuitable InvalidArgument outliving -Text $Why
            $said.NextStep | Should -MatchExactly 'Register-FargateLoginTaskDefinition'
        }
        Get-ReceivedOperation | Should -Not -Contain RunTask
    }

    It 'refuses a size that Fargate does not have before RunTask, with the nearest one: <Line>' -ForEach @(
        @{ Line = '-Cpu 1'; Near = '-Cpu 1024 -Memory 2048.' }
        @{ Line = '-Memory 4GB'; Near = '-Cpu 512 -Memory 4096.' }
        @{ Line = '-Cpu 0.5 -Memory 512'; Near = '-Cpu 512 -Memory 1024.' }
        @{ Line = '-Cpu 8 -Memory 18GB'; Near = '-Cpu 8192 -Memory 20480.' }
        @{ Line = '-EphemeralStorage 50 -PlatformVersion 1.3.0'; Near = '-PlatformVersion 1.4.0' }
    ) {
        $said = Get-ErrorOf { Invoke-Expression "New-FargateSession $Line" }
        Assert-FargateError $said InvalidTaskSize InvalidArgument rails-cli
        $said.NextStep | Should -BeLike "*$Near*"
        Get-ReceivedOperation | Should -Not -Contain RunTask
    }

    It 'refuses such a pair before it asks AWS, with -WhatIf too' {
        $said = Get-ErrorOf { New-FargateSession -Cpu 16 -Memory 8GB -WhatIf }
        Assert-FargateError $said InvalidTaskSize InvalidArgument rails-cli '-Memory 32768'
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }

    It 'refuses a task that is too small for its containers' {
        $null = Register-TaskDefinition roomy @{ name = 'cli'; memory = 2048 } -Property @{ cpu = '1024'; memory = '2048' }
        $said = Get-ErrorOf { New-FargateSession roomy -Cpu 0.25 -Memory 1GB }
        Assert-FargateError $said InvalidTaskSize InvalidArgument roomy "'cli'", '2048 MiB'
        Get-ReceivedOperation | Should -Not -Contain RunTask
    }

    It 'is told of a size by ECS where task definitions cannot be read' {
        Add-Fault @{ fault = 'accessDenied'; operation = 'DescribeTaskDefinition' }
        $said = Get-ErrorOf { New-FargateSession -Cpu 1 }
        Assert-FargateError $said InvalidTaskSize InvalidArgument rails-cli 'No Fargate configuration exists for given values'
    }

    It 'names the action that is not allowed' {
        Add-Fault @{ fault = 'accessDenied'; operation = 'RunTask' }
        $said = Get-ErrorOf { New-FargateSession }
        Assert-FargateError $said AccessDenied PermissionDenied rails-cli 'Add ecs:RunTask to the policy'
    }

    It 'is told of a wrong container by ECS where task definitions cannot be read' {
        Add-Fault @{ fault = 'accessDenied'; operation = 'DescribeTaskDefinition' }
        Assert-FargateError (Get-ErrorOf { New-FargateSession -ContainerName sidecar }) ContainerNotFound ObjectNotFound sidecar
    }

    It 'calls a page in the place of an answer that' {
        Add-Fault @{ fault = 'htmlAnswer'; status = 200 }
        $said = Get-ErrorOf { New-FargateSession }
        Assert-FargateError $said EndpointUnreachable ConnectionError rails-cli 'not a reply of AWS', 'text/html'
        $said.Message | Should -Not -Match '<html'
    }
}

# What a machine lacks is found before anything is started.
Describe 'New-FargateSession, on a machine that lacks something,' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter

        # A folder with these programs, each a shell script, and no other.
        function New-ProgramFolder([hashtable] $Program) {
            $folder = (New-Item "$TestDrive/$([guid]::NewGuid())" -ItemType Directory).FullName
            foreach ($name in $Program.Keys) {
                Set-Content "$folder/$name" "#!/bin/sh`n$($Program[$name])"
                [IO.File]::SetUnixFileMode("$folder/$name", 'UserRead, UserWrite, UserExecute')
            }
            $folder
        }
    }

    BeforeEach {
        Reset-LocalFargate
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    AfterEach {
        Assert-NothingStarted
    }

    It 'needs ssh' {
        $said = Use-Environment @{ PATH = New-ProgramFolder @{} } { Get-ErrorOf { New-FargateSession | Enter-FargateShell } }
        Assert-FargateError $said SshNotFound NotInstalled ssh -Terminating -Text openssh-client
    }

    It 'needs ssh-keygen' {
        $said = Use-Environment @{ PATH = New-ProgramFolder @{ ssh = 'exit 0' } } { Get-ErrorOf { New-FargateSession } }
        Assert-FargateError $said SshNotFound NotInstalled ssh-keygen -Terminating -Text openssh-client
    }

    It 'needs a key: <Program>' -ForEach @(
        @{ Program = 'echo no entropy >&2; exit 3'; Why = 'exit code 3 (no entropy)' }
        @{ Program = 'exit 0'; Why = '.pub' }
    ) {
        $path = New-ProgramFolder @{ ssh = 'exit 0'; 'ssh-keygen' = $Program }
        $said = Use-Environment @{ PATH = $path } { Get-ErrorOf { New-FargateSession } }
        Assert-FargateError $said KeyGenerationFailed InvalidResult rails-cli $Why
    }

    It 'ends without credentials' {
        $said = Use-Environment @{ AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null } {
            Get-ErrorOf { 'a', 'b' | ForEach-Object { New-FargateSession $_ } }
        }
        Assert-FargateError $said NoCredentials AuthenticationError a -Terminating -Text '-ProfileName'
    }

    It 'names the missing half of a pair of keys' {
        $said = Use-Environment @{ AWS_SECRET_ACCESS_KEY = $null } { Get-ErrorOf { New-FargateSession } }
        Assert-FargateError $said NoCredentials AuthenticationError rails-cli -Terminating -Text 'AWS_SECRET_ACCESS_KEY is not'
    }

    It 'ends for keys that AWS does not accept, and does not show them: <_>' -ForEach AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY {
        $said = Use-Environment @{ $_ = 'wrong-and-secret' } { Get-ErrorOf { New-FargateSession } }
        Assert-FargateError $said NoCredentials AuthenticationError rails-cli -Terminating -Text 'environment variables'
        $said.Message | Should -Not -Match wrong-and-secret
    }

    It 'needs a place for its journal' {
        $file = (New-Item "$TestDrive/a-file").FullName
        $said = Use-Environment @{ XDG_STATE_HOME = $file } { Get-ErrorOf { New-FargateSession } }
        Assert-FargateError $said JournalUnavailable WriteError "$file/EcsFargateLogin/sessions" XDG_STATE_HOME
    }
}
