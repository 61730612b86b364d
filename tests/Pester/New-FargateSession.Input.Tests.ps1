#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

# What is wrong with what somebody types or has is found before anything is started.
Describe 'New-FargateSession, of bad input,' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
        $null = Register-TaskDefinition pair @{ name = 'nginx' }, @{ name = 'app' }
        $null = Register-TaskDefinition bridged @{ name = 'cli' } @{ networkMode = 'bridge'; requiresCompatibilities = @('EC2') }
        $keys = (New-Item "$TestDrive/keys" -ItemType Directory).FullName
        foreach ($pair in @{ Name = 'my key' }, @{ Name = 'open' }, @{ Name = 'locked'; Passphrase = 'a passphrase' }) {
            ssh-keygen -q -t ed25519 -N "$($pair.Passphrase)" -f (Join-Path $keys $pair.Name)
        }
        Set-Content "$keys/garbage" 'no key'
        chmod 600 "$keys/garbage"
        chmod 604 "$keys/open"
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

    It 'names a task definition that is not there, and tries the next' {
        $said = Get-ErrorOf { New-FargateSession no-such-definition }
        Assert-FargateError $said TaskDefinitionNotFound ObjectNotFound no-such-definition -Text '-TaskDefinition'
        (Get-ErrorOf { 'no-such', 'nor-such' | ForEach-Object { New-FargateSession $_ } }).Target | Should -BeExactly no-such, nor-such
    }

    It 'names containers: <Target>' -ForEach @(
        @{ Command = { New-FargateSession pair -ContainerName sidecar }; Target = 'sidecar' }
        @{ Command = { New-FargateSession pair }; Target = 'pair'; Text = '-ContainerName' }
    ) {
        Assert-FargateError (Get-ErrorOf $Command) ContainerNotFound ObjectNotFound $Target -Text (@('nginx, app') + $Text)
    }

    It 'takes no task definition without awsvpc' {
        $said = Get-ErrorOf { New-FargateSession bridged }
        Assert-FargateError $said TaskDefinitionUnsuitable InvalidArgument bridged "'bridge'"
        $said.NextStep | Should -MatchExactly awsvpc
    }

    It 'refuses an environment variable that is reserved or malformed: <Name>' -ForEach @(
        @{ Name = '_SSH_PORT'; Value = '1'; Text = '-Port' }
        @{ Name = '_AUTHORIZED_PUBLIC_KEY'; Value = '1'; Text = "begin with '_'" }
        @{ Name = 'A=B'; Value = '1'; Text = "'='" }
        @{ Name = 'A B'; Value = '1'; Text = 'white space' }
        @{ Name = ''; Value = '1'; Text = 'empty' }
        @{ Name = 'A'; Value = 'x', 'y'; Text = 'a list' }
        @{ Name = 'A'; Value = "x`0y"; Text = 'NUL' }
    ) {
        $said = Get-ErrorOf { New-FargateSession -EnvironmentVariable @{ RAILS_ENV = 'test'; $Name = $Value } }
        Assert-FargateError $said InvalidEnvironmentVariable InvalidArgument $Name -Text $Text
    }

    It 'refuses what is no size, and says which there are: -<Name> <Value>' -ForEach @(
        @{ Name = 'Cpu'; Value = 3; Text = '0.25, 0.5, 1, 2, 4, 8 or 16 vCPUs' }
        @{ Name = 'Cpu'; Value = 0.3; Text = '256, 512, 1024' }
        @{ Name = 'Cpu'; Value = ''; Text = "'' is not a size" }
        @{ Name = 'Cpu'; Value = 1, 2; Text = "'1 2' is not a size" }
        @{ Name = 'Memory'; Value = 4; Text = 'such as 4GB' }
        @{ Name = 'Memory'; Value = 1TB; Text = '512 to 122880' }
        @{ Name = 'Memory'; Value = 'much'; Text = "'much' is not a size" }
        @{ Name = 'EphemeralStorage'; Value = 20; Text = '21 to 200' }
        @{ Name = 'EphemeralStorage'; Value = 201GB; Text = '21 to 200' }
    ) {
        $given = @{ $Name = $Value }
        $said = Get-ErrorOf { New-FargateSession @given }
        $said.Id | Should -Match '^ParameterArgumentTransformationError,'
        $said.Message | Should -BeLike "*parameter '$Name'*$Text*"
        $said.IsTerminating | Should -BeTrue
    }

    It 'refuses overrides past the limit of ECS, with their length' {
        $said = Get-ErrorOf { New-FargateSession -EnvironmentVariable @{ LONG = 'x' * 8192 } }
        Assert-FargateError $said OverridesTooLong InvalidArgument rails-cli 'at most 8192'
    }

    It 'refuses a tag that AWS would refuse: <Text>' -ForEach @(
        @{ Tag = @{ 'AWS:team' = 1 }; Target = 'AWS:team'; Text = "AWS's own" }
        @{ Tag = @{ 'ecs-fargate-login:user' = 'me' }; Target = 'ecs-fargate-login:user'; Text = "this module's own" }
        @{ Tag = @{ 'a*b' = 1 }; Target = 'a*b'; Text = "its key holds '*'" }
        @{ Tag = @{ '' = 1 }; Target = ''; Text = '1 to 128 characters' }
        @{ Tag = @{ ('k' * 129) = 1 }; Target = 'k' * 129; Text = '1 to 128 characters' }
        @{ Tag = @{ k = 'v' * 257 }; Target = 'k'; Text = 'at most 256 characters' }
        @{ Tag = @{ k = "a`nb" }; Target = 'k'; Text = 'its value holds U+000A' }
        @{ Tag = @{ k = 1, 2 }; Target = 'k'; Text = 'is a list' }
    ) {
        Assert-FargateError (Get-ErrorOf { New-FargateSession -Tag $Tag }) InvalidTag InvalidArgument $Target -Text $Text
    }

    It 'refuses a reason that is no tag, and more than 50 tags with it' {
        Assert-FargateError (Get-ErrorOf { New-FargateSession -Reason 'who?' }) InvalidTag InvalidArgument `
            ecs-fargate-login:reason "its value holds '?'"
        $tags = @{}
        1..49 | ForEach-Object { $tags["k$_"] = $_ }
        $said = @(Get-ErrorOf { New-FargateSession -Tag $tags -Reason why })
        $said.Count | Should -Be 1
        $said.Message | Should -BeLike '*cannot have 51 tags*'
    }

    It 'ends for an endpoint, a region or a profile that there cannot be: <Target>' -ForEach @(
        @{ Parameter = @{ EndpointUrl = 'not a url' }; Id = 'InvalidEndpoint'; Target = 'not a url' }
        @{ Parameter = @{ EndpointUrl = 'ftp://127.0.0.1' }; Id = 'InvalidEndpoint'; Target = 'ftp://127.0.0.1' }
        @{ Parameter = @{ EndpointUrl = '/relative' }; Id = 'InvalidEndpoint'; Target = '/relative' }
        @{ Parameter = @{ Region = 'evil.example/x' }; Id = 'NoRegion'; Target = 'evil.example/x'; Text = 'eu-central-1' }
        @{ Parameter = @{ ProfileName = 'nobody' }; Id = 'ProfileNotFound'; Target = 'nobody'; Text = '-ProfileName' }
    ) {
        $category = $Id -eq 'ProfileNotFound' ? 'ObjectNotFound' : 'InvalidArgument'
        Assert-FargateError (Get-ErrorOf { New-FargateSession @Parameter }) $Id $category $Target -Terminating -Text $Text
    }

    It 'ends without a region' {
        $PSDefaultParameterValues = Get-DefaultParameter
        $PSDefaultParameterValues.Remove('*-Fargate*:Region')
        Assert-FargateError (Get-ErrorOf { New-FargateSession }) NoRegion InvalidArgument rails-cli -Terminating -Text '-Region'
    }

    It 'refuses what is no jump host: <Target>' -ForEach @(
        @{ Parameter = @{ JumpHost = 'bastion;reboot' }; Target = 'bastion;reboot' }
        @{ Parameter = @{ JumpHost = '-oProxyCommand=reboot' }; Target = '-oProxyCommand=reboot' }
        @{ Parameter = @{ JumpHost = 'bastion'; ProxyCommand = 'nc %h %p' }; Target = '-ProxyCommand' }
    ) {
        Assert-FargateError (Get-ErrorOf { New-FargateSession @Parameter }) InvalidSshOption InvalidArgument $Target -Terminating
    }

    It 'refuses what is no single address to authorize: <Target>' -ForEach @(
        @{ Parameter = @{ MyAddress = '10.0.0.0/8' }; Target = '10.0.0.0/8' }
        @{ Parameter = @{ MyAddress = '0.0.0.0/0' }; Target = '0.0.0.0/0' }
        @{ Parameter = @{ MyAddress = 'example.com' }; Target = 'example.com' }
        @{ Parameter = @{}; Target = '-MyAddress' }
        @{ Parameter = @{ MyAddress = '198.51.100.7' }; Target = '-SecurityGroup' }
    ) {
        $PSDefaultParameterValues = Get-DefaultParameter
        if ($Target -eq '-SecurityGroup') { $PSDefaultParameterValues.Remove('New-FargateSession:SecurityGroup') }
        $said = Get-ErrorOf { New-FargateSession -AuthorizeMyAddress @Parameter }
        Assert-FargateError $said InvalidMyAddress InvalidArgument $Target -Terminating
        Get-ReceivedOperation | Should -Not -Contain AuthorizeSecurityGroupIngress
    }

    It 'refuses for ECS Exec what only ssh takes: <Named>' -ForEach @(
        @{ Parameter = @{ JumpHost = 'bastion' }; Named = '-JumpHost' }
        @{ Parameter = @{ KeyPath = 'k' }; Named = '-KeyPath' }
        @{ Parameter = @{ AuthorizeMyAddress = $true; IdleTimeout = 5 }; Named = '-AuthorizeMyAddress, -IdleTimeout' }
        @{ Parameter = @{ HostKeyVerification = 'Strict' }; Named = '-HostKeyVerification' }
        @{ Parameter = @{ UserName = 'app' }; Named = '-UserName' }
    ) {
        $said = @(Get-ErrorOf { New-FargateSession -Transport EcsExec @Parameter })
        $said.Count | Should -Be 1
        $said.Id | Should -Match '^InvalidTransport,'
        $said.Category, $said.IsTerminating | Should -Be InvalidArgument, $true
        $said.Message | Should -BeLike "$Named cannot go with -Transport EcsExec*"
    }

    It 'refuses a key of the user''s that cannot log in: <Kind>' -ForEach @(
        @{ Kind = 'missing'; File = 'missing'; Why = 'cannot be used'; NextStep = '-KeyPath' }
        @{ Kind = 'open to others'; File = 'open'; Why = 'not for its owner alone'; NextStep = 'chmod 600' }
        @{ Kind = 'public'; File = 'my key.pub'; Why = 'no agent has the private one'; NextStep = 'my key)' }
        @{ Kind = 'locked'; File = 'locked'; Why = 'has a passphrase, and no agent holds it'; NextStep = 'ssh-add' }
        @{ Kind = 'garbage'; File = 'garbage'; Why = 'cannot be used'; NextStep = '-KeyPath' }
        @{ Kind = 'folder'; File = ''; Why = 'cannot be used'; NextStep = '-KeyPath' }
    ) {
        $path = Join-Path $keys $File
        $said = Use-Environment @{ SSH_AUTH_SOCK = $null } { Get-ErrorOf { New-FargateSession -KeyPath $path } }
        Assert-FargateError $said InvalidKey InvalidArgument $path -Text $Why
        $said.NextStep.Contains($NextStep, 'Ordinal') | Should -BeTrue -Because "'$($said.NextStep)' says '$NextStep'"
    }

    It 'refuses a key of the user''s with a kind for a new one' {
        Assert-FargateError (Get-ErrorOf { New-FargateSession -KeyPath /a -KeyType Rsa }) InvalidKey InvalidArgument /a
    }

    It 'leaves to PowerShell what a parameter cannot take: -<Name> <Value>' -ForEach @(
        @{ Name = 'Port'; Value = 0 }
        @{ Name = 'Port'; Value = 65536 }
        @{ Name = 'Subnet'; Value = @() }
        @{ Name = 'Subnet'; Value = '' }
        @{ Name = 'SecurityGroup'; Value = 'a', 'b', 'c', 'd', 'e', 'f' }
        @{ Name = 'UserName'; Value = '-oProxyCommand=x' }
        @{ Name = 'PlatformVersion'; Value = '1.4' }
        @{ Name = 'StartTimeout'; Value = 0 }
        @{ Name = 'TaskDefinition'; Value = '' }
        @{ Name = 'EnvironmentVariable'; Value = $null }
        @{ Name = 'MaxLifetime'; Value = -1 }
        @{ Name = 'LoginTimeout'; Value = 1000000000 }
    ) {
        $given = @{ $Name = $Value }
        $said = @(Get-ErrorOf { New-FargateSession @given })
        $said.Count | Should -Be 1
        $said.Id | Should -Match '^ParameterArgumentValidationError'
        $said.Message | Should -MatchExactly $Name
        # No pattern is shown in place of words.
        $said.Message | Should -Not -Match '\^'
        $said.IsTerminating | Should -BeTrue
    }

    It 'leaves to PowerShell what is of the wrong type or contradicts itself: <Id>' -ForEach @(
        @{ Id = 'CannotConvertArgumentNoMessage'; Command = { New-FargateSession -AssignPublicIp Perhaps } }
        @{ Id = 'AmbiguousParameterSet'; Command = { New-FargateSession -TaskDefinition rails-cli -FromTaskDefinition rails -Subnet x } }
    ) {
        (Get-ErrorOf $Command).Id | Should -Match "^$Id,"
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }
}
