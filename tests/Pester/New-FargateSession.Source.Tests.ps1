#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

# What nobody types comes from presets and from services.
Describe 'New-FargateSession, with presets,' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = @{}

        function Set-Project([string] $Presets, [string] $Folder = $project) {
            Set-Content (Join-Path $Folder .fargatelogin.json) "{`"presets`":$Presets}" -NoNewline
        }

        # What each session of a script would be started from.
        function Get-Planned([string] $Script) {
            Get-WhatIf "`$PSDefaultParameterValues.Clear(); $Script" | ForEach-Object { $_ -replace '.*on target "' -replace '"\.$' }
        }
    }

    BeforeEach {
        Reset-LocalFargate
        $project = (New-Item "$TestDrive/$([guid]::NewGuid())/app/models" -ItemType Directory).Parent.Parent.FullName
        $file = Join-Path $project .fargatelogin.json
        $env:XDG_CONFIG_HOME = "$project/config"
        Push-Location $project
    }

    AfterEach {
        Pop-Location
        Assert-NothingStarted
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'prefers what is typed, then $PSDefaultParameterValues and columns: New-FargateSession <Script>' -ForEach @(
        @{ Script = ''; Plan = 'from-file in cluster file' }
        @{ Script = 'typed'; Plan = 'typed in cluster file' }
        @{ Script = '-Preset staging'; Plan = 'staging-cli in cluster default' }
        @{ Script = '-Preset staging -FromTaskDefinition web'; Plan = 'web in cluster default' }
        @{ Script = '-Service web'; Plan = 'web in cluster file' }
    ) {
        Set-Project @'
        { "default": { "TaskDefinition": "from-file", "Cluster": "file", "Subnet": "subnet-1" },
          "staging": { "TaskDefinition": "staging-cli", "Subnet": ["subnet-2"] } }
'@
        Get-Planned "New-FargateSession $Script -WhatIf" | Should -BeExactly $Plan
    }

    It 'prefers columns and $PSDefaultParameterValues to a preset, and says with -Verbose what that gives' {
        Set-Project @'
        { "default": { "TaskDefinition": "from-file", "Cluster": "file", "Subnet": "subnet-1" },
          "staging": { "TaskDefinition": "staging-cli", "Subnet": ["subnet-2"] } }
'@
        Get-Planned @'
            @{ Preset = 'staging' }, @{ TaskDefinition = 'column' }, @{ Cluster = 'column' }, @{ Preset = 'staging' } |
                ForEach-Object { [pscustomobject]$_ } | New-FargateSession -WhatIf
            $PSDefaultParameterValues['New-FargateSession:Cluster'] = 'defaults'
            New-FargateSession -WhatIf
'@ | Should -BeExactly @(
            'staging-cli in cluster default', 'column in cluster file', 'from-file in cluster column', 'staging-cli in cluster default'
            'from-file in cluster defaults'
        )
        (Invoke-Recorded '$PSDefaultParameterValues.Clear(); New-FargateSession -WhatIf -Verbose').Verbose[0] |
            Should -BeExactly "Preset 'default' in '$file' gives TaskDefinition, Cluster, Subnet."
    }

    It 'takes a column for its own record alone, also one that says what the default is' {
        Set-Project '{ "default": { "TaskDefinition": "from-file", "Cluster": "file", "Subnet": "subnet-1" } }'
        Get-Planned @'
            @{ Cluster = 'default' }, @{ Cluster = ''; Port = 23 }, @{ TaskDefinition = 'column' }, @{ Cluster = 'default' }, @{ Port = 24 } |
                ForEach-Object { [pscustomobject]$_ } | New-FargateSession -WhatIf
'@ | Should -BeExactly @(
            'from-file in cluster default', 'from-file in cluster file', 'column in cluster file', 'from-file in cluster default'
            'from-file in cluster file'
        )
    }

    It 'refuses for ECS Exec no column that an earlier record had' {
        $seen = Invoke-Recorded @'
            $PSDefaultParameterValues.Clear()
            @{ UserName = 'app'; Transport = 'Ssh' }, @{ Transport = 'EcsExec' } | ForEach-Object { [pscustomobject]$_ } |
                New-FargateSession web -Subnet subnet-1 -WhatIf
'@
        $seen.Errors | Should -BeNullOrEmpty
        @($seen.Host -like 'What if: *').Count | Should -Be 2
    }

    It 'has no default in a property that a preset can hold, and no switch from the pipeline' {
        # Null alone says that a record does not give a parameter: PowerShell lists those of earlier records as bound.
        $command = Get-Command New-FargateSession
        $cmdlet = $command.ImplementingType::new()
        try {
            foreach ($property in $command.ImplementingType.GetProperties().Where({ $_.IsDefined([Parameter], $true) })) {
                [bool]$property.GetValue($cmdlet) | Should -BeFalse -Because "-$($property.Name) has no default of its own"
            }
        }
        finally { $cmdlet.Dispose() }
        $command.Parameters.Values.Where({ $_.SwitchParameter -and $_.Attributes.ValueFromPipelineByPropertyName -contains $true }).Name |
            Should -BeNullOrEmpty
    }

    It 'reads the nearest file above the current folder of PowerShell' {
        Set-Project '{ "default": { "TaskDefinition": "above", "Subnet": "subnet-1" } }'
        Set-Project '{ "default": { "TaskDefinition": "nearer", "Subnet": "subnet-1" } }' "$project/app"
        Get-Planned 'New-FargateSession -WhatIf; cd app/models; New-FargateSession -WhatIf; cd Env:; New-FargateSession -WhatIf' |
            Should -BeExactly 'above in cluster default', 'nearer in cluster default', 'nearer in cluster default'
    }

    It 'reaches containers as a project''s file says' {
        Set-Project '{ "default": { "Transport": "EcsExec" } }'
        $PSDefaultParameterValues = Get-DefaultParameter
        $session = New-FargateSession
        "$($session.Transport)" | Should -BeExactly EcsExec
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
        Reset-LocalFargate
    }

    It 'passes over a file that may be somebody else''s, with a warning: <Mode> of <Owner>' -Skip:(-not [Environment]::IsPrivilegedProcess) -ForEach @(
        @{ Owner = '12345:0'; Mode = '644' }
        @{ Owner = '0:12345'; Mode = '664' }
        @{ Owner = '0:0'; Mode = '646' }
    ) {
        Set-Project '{ "default": { "TaskDefinition": "own", "Subnet": "subnet-1" } }'
        Set-Project '{ "default": { "TaskDefinition": "somebody-elses", "Subnet": "subnet-1" } }' "$project/app"
        chown $Owner "$project/app/.fargatelogin.json"
        chmod $Mode "$project/app/.fargatelogin.json"
        $seen = Invoke-Recorded -Path "$project/app/models" '$PSDefaultParameterValues.Clear(); New-FargateSession -WhatIf'
        $seen.Errors | Should -BeNullOrEmpty
        $seen.Host | Where-Object { $_ -like 'What if: *' } | Should -BeLike '*"own in cluster default"*'
        $seen.Warning | Should -BeLike "*'$project/app/.fargatelogin.json' is not used: *"
        (Invoke-Recorded -Path "$project/app" 'Get-FargateSessionPreset').Warning | Should -Not -BeNullOrEmpty
        $rows = '$PSDefaultParameterValues.Clear(); 1..3 | ForEach-Object { [pscustomobject]@{ Port = $_ } } | New-FargateSession -WhatIf'
        (Invoke-Recorded -Path "$project/app" $rows).Warning.Count | Should -Be 1
    }

    It 'lets this machine''s address in to no group or port that a project names, unless that is typed' {
        $own = New-Item "$env:XDG_CONFIG_HOME/EcsFargateLogin" -ItemType Directory -Force
        Set-Content "$own/presets.json" (
            '{ "presets": { "default": { "AuthorizeMyAddress": true, "MyAddress": "198.51.100.7", "SecurityGroup": "sg-own" } } }')
        $run = '$PSDefaultParameterValues.Clear(); New-FargateSession -WhatIf'
        Set-Project '{ "default": { "TaskDefinition": "cli", "Subnet": "subnet-1" } }'
        Get-WhatIf $run -Path $project | Should -BeLike '*allow this machine''s address in sg-own on port 22"*'

        foreach ($others in '"SecurityGroup": "sg-theirs", "Port": 2222', '"Port": 2222', '"SecurityGroup": "sg-theirs"') {
            Set-Project "{ `"default`": { `"TaskDefinition`": `"cli`", `"Subnet`": `"subnet-1`", $others } }"
            $seen = Invoke-Recorded $run -Path $project
            $seen.Host -join "`n" | Should -Not -Match 'address in'
            $seen.Warning | Should -BeLike "AuthorizeMyAddress of the preset in *presets.json' is left out, because * comes from '$file'.*"
        }
        Get-WhatIf "$run -AuthorizeMyAddress" -Path $project | Should -BeLike '*allow this machine''s address in sg-theirs on port 22"*'
    }

    It 'names what is missing, with the ways to give it: <Missing>' -ForEach @(
        @{ Command = { New-FargateSession }; Missing = 'TaskDefinition and Subnet' }
        @{ Command = { New-FargateSession rails-cli }; Missing = 'Subnet' }
        @{ Command = { New-FargateSession -Subnet subnet-1 }; Missing = 'TaskDefinition' }
        @{ Command = { New-FargateSession -NoPreset }; Missing = 'TaskDefinition and Subnet'; Content = 'no JSON at all' }
    ) {
        if ($Content) { Set-Project $Content }
        $said = Get-ErrorOf $Command
        Assert-FargateError $said MissingMandatoryParameter InvalidArgument '' -Text '-Preset', '-Service'
        $said.Message | Should -BeLike "A session cannot be started without $Missing.*"
    }

    It 'names a preset that is not there, with the nearest one' {
        Set-Project '{ "staging": {} }'
        $said = Get-ErrorOf { New-FargateSession -Preset stagign }
        Assert-FargateError $said PresetNotFound ObjectNotFound stagign "did you mean 'staging'?"
    }

    It 'ends for a project''s file that says what it must not: <Presets>' -ForEach @(
        @{ Presets = '{ "a": { "Subnets": ["x"] } }'; Why = "column 21: 'Subnets' is no parameter that a preset can hold; did you mean 'Su" }
        @{ Presets = '{ "a": { "Port": "22" } }'; Why = "column 29: 'Port' takes a whole number from 1 to 65535" }
        @{ Presets = '{ "a": { "HostKeyVerification": "AcceptNew" } }'; Why = "'HostKeyVerification' may not stand in a project's file" }
        @{ Presets = '{ "a": { "EndpointUrl": "https://evil.example" } }'; Why = "'EndpointUrl' may not stand" }
        @{ Presets = '{ "a": { "ProfileName": "admin" } }'; Why = "'ProfileName' may not stand" }
        @{ Presets = '{ "a": { "ProfileLocation": "./credentials" } }'; Why = "'ProfileLocation' may not stand" }
        @{ Presets = '{ "a": { "Command": ["sh"] } }'; Why = "'Command' may not stand" }
        @{ Presets = '{ "a": { "EnvironmentVariable": { "LD_PRELOAD": "x" } } }'; Why = "'EnvironmentVariable' may not stand" }
        @{ Presets = '{ "a": { "TaskRoleArn": "admin" } }'; Why = "'TaskRoleArn' may not stand" }
        @{ Presets = '{ "a": { "SecretKey": "x" } }'; Why = "'SecretKey' is a secret" }
        @{ Presets = '{ "a": { "UserName": "-oProxyCommand=x" } }'; Why = "column 33: 'UserName': '-oProxyCommand=x' is no user name: it has letters" }
        @{ Presets = '{ "a": { "PlatformVersion": "1.4" } }'; Why = "'1.4' is no version of Fargate's platform: write it like 1.4.0, or LATEST." }
        @{ Presets = '{ "a": { "CapacityProvider": "EC2" } }'; Why = 'one of FARGATE, FARGATE_SPOT' }
    ) {
        Set-Project $Presets
        $said = Get-ErrorOf { New-FargateSession rails-cli -Subnet subnet-1 }
        Assert-FargateError $said InvalidPreset InvalidData $file -Terminating -Text $Why, 'Line 1, column '
        # No pattern is shown in place of words.
        $said.Message | Should -Not -Match '\^'
    }
}

Describe 'New-FargateSession, with a service,' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        # All that a user of a service types is how to reach it.
        $PSDefaultParameterValues = Get-DefaultParameter
        'TaskDefinition', 'Subnet', 'SecurityGroup' | ForEach-Object { $PSDefaultParameterValues.Remove("New-FargateSession:$_") }
        $null = Register-TaskDefinition rails @{ name = 'web'; command = @('sleep', '3600') }, @{ name = 'agent'; image = 'plain'; essential = $false }
        $spot = Register-Service spot @{
            platformVersion = '1.4.0'; capacityProviders = @('FARGATE_SPOT')
            tags = @{ team = 'billing'; 'aws:cloudformation:stack-name' = 'web' }
        }
        $null = Register-Service gone @{ status = 'INACTIVE' }
        $null = Register-Service ec2 @{ launchType = 'EC2' }
        $null = Register-Service bare @{ subnets = @(); securityGroups = @() }
        $null = Register-Service by-task-set @{ isDeployedByTaskSets = $true }
    }

    BeforeEach {
        Reset-LocalFargate
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'sends everything that the service says' {
        New-FargateSession -Service spot -Reason INC-1 | Stop-FargateSession
        $sent = Get-ReceivedCall RunTask
        $sent.taskDefinition | Should -Match ':task-definition/rails:1$'
        $network = $sent.networkConfiguration.awsvpcConfiguration
        $network.subnets | Should -BeExactly $fargate.subnets
        $network.securityGroups | Should -BeExactly $fargate.securityGroups
        $network.assignPublicIp | Should -BeExactly DISABLED
        $sent.platformVersion, $sent.capacityProviderStrategy[0].capacityProvider | Should -BeExactly '1.4.0', FARGATE_SPOT
        $sent.tags.key | Sort-Object | Should -BeExactly ecs-fargate-login:reason, ecs-fargate-login:user, team
        $container = $sent.overrides.containerOverrides[0]
        $container.name | Should -BeExactly web
        $container.command | Should -BeExactly /usr/local/bin/start-sshd.sh
        Assert-NothingLeft -Started 1
    }

    It 'puts parameters in the place of what the service says, one by one' {
        $parameters = @{
            Subnet = $fargate.subnets[1]; AssignPublicIp = 'Enabled'; CapacityProvider = 'FARGATE'; Tag = @{}; PlatformVersion = 'LATEST'
        }
        New-FargateSession rails-cli -Service spot @parameters | Stop-FargateSession
        $sent = Get-ReceivedCall RunTask
        $sent.taskDefinition | Should -BeExactly rails-cli
        $network = $sent.networkConfiguration.awsvpcConfiguration
        $network.subnets | Should -BeExactly $fargate.subnets[1]
        $network.securityGroups | Should -BeExactly $fargate.securityGroups
        $network.assignPublicIp | Should -BeExactly ENABLED
        $sent.launchType, $sent.platformVersion | Should -BeExactly FARGATE, LATEST
        $sent.PSObject.Properties.Name | Should -Not -Contain tags
        $sent.overrides.containerOverrides[0].PSObject.Properties.Name | Should -Not -Contain command
        Assert-NothingLeft -Started 1
    }

    It 'knows a service that CodeDeploy deploys by its primary task set' {
        New-FargateSession -Service by-task-set | Stop-FargateSession
        (Get-ReceivedCall RunTask).networkConfiguration.awsvpcConfiguration.subnets | Should -BeExactly $fargate.subnets
        Assert-NothingLeft -Started 1
    }

    It 'takes the cluster from a service''s ARN, and says what the service gave' {
        $PSDefaultParameterValues.Remove('New-FargateSession:Cluster')
        $lines = [Collections.Generic.List[string]]::new()
        New-FargateSession -Service $spot -AssignPublicIp Disabled -Verbose 4>&1 | ForEach-Object {
            if ($_ -is [Management.Automation.VerboseRecord]) { $lines.Add($_.Message) } else { $session = $_ }
        }
        $session.Cluster | Should -BeExactly local
        $session.ParameterSource.Keys | Sort-Object |
            Should -BeExactly CapacityProvider, PlatformVersion, SecurityGroup, Subnet, Tag, TaskDefinition
        $session.ParameterSource['Subnet'] | Should -BeExactly "service $spot"
        $lines | Should -Contain "Service '$spot' gives TaskDefinition, Subnet, SecurityGroup, PlatformVersion, CapacityProvider, Tag."
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'starts nothing of a service that is not there: <_>' -ForEach gone, wbe {
        $said = Get-ErrorOf { New-FargateSession -Service $_ -Cluster local }
        Assert-FargateError $said ServiceNotFound ObjectNotFound $_ "'local'"
        Assert-NothingStarted
    }

    It 'starts nothing of a service that does not suit: <Service>' -ForEach @(
        @{ Service = 'ec2'; Why = 'it runs on EC2, not on Fargate' }
        @{ Service = 'bare'; Why = 'no awsvpc configuration' }
    ) {
        $said = Get-ErrorOf { New-FargateSession -Service $Service -Cluster local }
        Assert-FargateError $said ServiceUnsuitable InvalidArgument $Service $Why
        Assert-NothingStarted
    }
}
