#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'New-FargateSession' {
    It 'takes a task definition, or an application''s, and the columns of a table' {
        $sets = Get-ParameterSetText New-FargateSession
        $sets[0] | Should -Match '^TaskDefinition\*: \[TaskDefinition\]; by name: '
        $sets[1] | Should -Match '^FromTaskDefinition: \[\] FromTaskDefinition!; by name: '
        $sets.Count | Should -Be 2
        foreach ($set in $sets) {
            $columns = ($set -replace '.*by name: ') -split ' '
            foreach ($name in @(
                    'AssignPublicIp', 'CapacityProvider', 'Cluster', 'ContainerName', 'Count', 'Cpu', 'EphemeralStorage', 'FromAddress'
                    'HostKeyVerification', 'Memory'
                    'InstanceConnectEndpoint', 'JumpHost', 'PlatformVersion', 'Port', 'Preset', 'Reason', 'Route', 'SecurityGroup', 'Service'
                    'StartTimeout', 'Subnet'
                    'TaskRoleArn', 'Transport', 'UserName')) {
                $columns | Should -Contain $name
            }
        }
    }

    It 'shows what people need first, and then the rest in groups, in syntax and completion' {
        $groups = @(
            'TaskDefinition', 'Cluster', 'Subnet', 'SecurityGroup', 'AssignPublicIp', 'FromTaskDefinition', 'Service', 'Preset', 'NoPreset'
            'Cpu', 'Memory', 'EphemeralStorage'
            'Count', 'Wait', 'Reason', 'Tag'
            'Transport', 'Route', 'InstanceConnectEndpoint', 'AuthorizeMyAddress', 'MyAddress', 'JumpHost', 'ProxyCommand'
            'MaxLifetime', 'IdleTimeout', 'LoginTimeout', 'ReconnectWindow', 'UnusedTimeout'
            'ContainerName', 'UserName', 'Port', 'Command', 'EnvironmentVariable', 'TaskRoleArn'
            'StartTimeout', 'RetryCount', 'CapacityProvider', 'FallbackToOnDemand', 'PlatformVersion'
            'HostKeyVerification', 'FromAddress', 'KeyType', 'KeyPath'
            'ProfileName', 'Region', 'Credential', 'AccessKey', 'SecretKey', 'SessionToken', 'ProfileLocation', 'EndpointUrl'
        )
        $offered = Get-Completion 'New-FargateSession -'
        $offered.ListItemText | Select-Object -First $groups.Count | Should -BeExactly $groups
        $syntax = [regex]::Matches((Get-Command New-FargateSession -Syntax), '(?<=-)[A-Z]\w+(?=[\] ])').Value | Select-Object -Unique
        $syntax | Where-Object { $_ -in $groups } | Should -BeExactly (@($groups -ne 'FromTaskDefinition') + 'FromTaskDefinition')
        $help = (Get-Help New-FargateSession).syntax.syntaxItem[0].parameter.name
        $help | Where-Object { $_ -in $groups } | Should -BeExactly ($groups -ne 'FromTaskDefinition')
        if ($PSVersionTable.PSVersion -ge [version] '7.5') {
            $offered[1].ToolTip | Should -BeExactly "[string] Cluster - The cluster's name or ARN."
        }
    }

    It 'takes no secret and no command from a table' {
        $parameters = (Get-Command New-FargateSession).Parameters
        foreach ($name in 'AccessKey', 'SecretKey', 'SessionToken', 'Credential', 'Command', 'EnvironmentVariable', 'ProxyCommand', 'KeyPath') {
            $parameters[$name].ParameterSets.Values.ValueFromPipelineByPropertyName | Should -Not -Contain $true -Because "of -$name"
        }
    }

    It 'returns sessions' {
        (Get-Command New-FargateSession).OutputType.Type | Should -Be ([EcsFargateLogin.FargateSession])
    }
}

Describe 'New-FargateSession in an account' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
        $null = Register-TaskDefinition two @{ name = 'app'; image = 'plain' }, @{ name = 'shell' }

        # The environment variables of a container that RunTask was asked for.
        function Get-ContainerVariable($Container) {
            $variables = @{}
            foreach ($pair in $Container.environment) { $variables[$pair.name] = $pair.value }
            $variables
        }
    }

    BeforeEach {
        Reset-LocalFargate
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'starts nothing with -WhatIf or when that is declined, and makes no file' {
        $seen = Invoke-Recorded "New-FargateSession -WhatIf; New-FargateSession -Count 7 -WhatIf; New-FargateSession -Confirm; 'went on'" -Answer 2
        $seen.Errors | Should -BeNullOrEmpty
        $start = 'Performing the operation "Start Fargate task" on target "{0}rails-cli in cluster local".'
        $seen.Host[0] | Should -BeExactly "What if: $($start -f '')"
        $seen.Host[1] | Should -BeLike 'What if: Performing the operation "Start * Fargate task*'
        $seen.Host[2] | Should -BeLike "*$($start -f '')"
        $seen.Output | Should -BeExactly 'went on'
        Get-ReceivedOperation | Should -BeNullOrEmpty
        "$TestDrive/state/EcsFargateLogin" | Should -Not -Exist
    }

    It 'asks ECS for the size that is given, and shows that of the task: <Line>' -ForEach @(
        @{ Line = '-Cpu 1 -Memory 2GB -EphemeralStorage 50GB'; Sent = '1024 2048 50'; Has = '1024 2048 50' }
        @{ Line = '-Cpu 0.5 -Memory 1024'; Sent = '512 1024 '; Has = '512 1024 20' }
        @{ Line = "-Memory '2 GB'"; Sent = ' 2048 '; Has = '256 2048 20' }
        @{ Line = '-EphemeralStorage 21'; Sent = '  21'; Has = '256 512 21' }
        @{ Line = ''; Sent = '  '; Has = '256 512 20' }
    ) {
        $session = Invoke-Expression "New-FargateSession $Line"
        $overrides = (Get-ReceivedCall RunTask).overrides
        "$($overrides.cpu) $($overrides.memory) $($overrides.ephemeralStorage.sizeInGiB)" | Should -BeExactly $Sent
        "$($session.Cpu) $($session.Memory) $($session.EphemeralStorage)" | Should -BeExactly $Has
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'takes the size from a table, a preset and $PSDefaultParameterValues' {
        $row = [pscustomobject]@{ Cpu = '1'; Memory = '2 GB'; EphemeralStorage = '' }
        $start = '"Start Fargate task with {0}" on target "rails-cli in cluster local".'
        Get-WhatIf 'param($row) $row | New-FargateSession -WhatIf' -Argument $row |
            Should -BeExactly ($start -f '1 vCPU, 2 GB of memory')
        Get-WhatIf '$PSDefaultParameterValues["New-FargateSession:Memory"] = 1GB; New-FargateSession -WhatIf' |
            Should -BeExactly ($start -f '1 GB of memory')
        Set-Content "$TestDrive/.fargatelogin.json" '{ "presets": { "big": { "Cpu": 4, "Memory": "16GB", "EphemeralStorage": 100 } } }'
        Get-WhatIf 'New-FargateSession -Preset big -Memory 8GB -WhatIf' -Path $TestDrive |
            Should -BeExactly ($start -f '4 vCPU, 8 GB of memory, 100 GB of storage')
        Remove-Item "$TestDrive/.fargatelogin.json" -Force
    }

    It 'keeps a session''s files for their owner alone, and deletes them with it' {
        $session = New-FargateSession
        $folder = Split-Path $session.KeyPath
        $session.KeyPath | Should -BeExactly "$TestDrive/state/EcsFargateLogin/sessions/$session/id_ed25519"
        $owner = [IO.UnixFileMode]'UserRead, UserWrite'
        [IO.File]::GetUnixFileMode($folder) | Should -Be ($owner -bor 'UserExecute')
        [IO.File]::GetUnixFileMode((Split-Path $folder)) | Should -Be ($owner -bor 'UserExecute')
        [IO.File]::GetUnixFileMode($session.KeyPath) | Should -Be $owner
        [IO.File]::GetUnixFileMode("$folder/session.json") | Should -Be $owner
        (Get-Content "$folder/session.json" -Raw | ConvertFrom-Json).taskArn | Should -BeExactly $session.TaskArn
        $session | Stop-FargateSession
        $folder | Should -Not -Exist
        Assert-NothingLeft -Started 1
    }

    It 'asks ECS for no more than it must' {
        $session = New-FargateSession
        $sent = Get-ReceivedCall RunTask
        $sent.taskDefinition, $sent.cluster, $sent.launchType | Should -BeExactly rails-cli, local, FARGATE
        ($sent.count ?? 1) | Should -Be 1
        $sent.startedBy | Should -BeExactly $session.SessionId
        $sent.clientToken | Should -MatchExactly '^[0-9a-f]{32}$'
        $sent.networkConfiguration.awsvpcConfiguration.assignPublicIp | Should -BeExactly ENABLED
        $sent.overrides.PSObject.Properties.Name | Should -Not -Contain taskRoleArn
        @($sent.overrides.containerOverrides).Count | Should -Be 1
        $container = $sent.overrides.containerOverrides[0]
        $container.name | Should -BeExactly cli
        $container.PSObject.Properties.Name | Should -Not -Contain command
        $variables = Get-ContainerVariable $container
        $variables['_AUTHORIZED_PUBLIC_KEY'] | Should -MatchExactly `
            '^restrict,pty,port-forwarding,expiry-time="[0-9]{12,14}" ssh-ed25519 [^ ]+ [^ ]+$'
        $variables['_SESSION_NONCE'] | Should -MatchExactly '^[0-9a-f]{32}$'
        $variables['_SESSION_PROOF_KEY'] | Should -MatchExactly '^[0-9a-f]{64}$'
        $variables['_UNUSED_TIMEOUT'] | Should -BeExactly '1800'
        $variables.Count | Should -Be ($fargate.sshPort -eq 22 ? 4 : 5)
        $session | Stop-FargateSession
    }

    It 'sends every parameter' {
        $parameters = @{
            TaskDefinition = 'two'
            Cluster = 'default'
            ContainerName = 'shell'
            Subnet = $fargate.subnets
            SecurityGroup = $fargate.securityGroups
            AssignPublicIp = 'Disabled'
            Port = 2200
            UserName = 'nobody'
            TaskRoleArn = 'arn:aws:iam::123456789012:role/task'
            Command = 'sh', '-c', 'echo "it''s $HOME"'
            EnvironmentVariable = @{ RAILS_ENV = 'production'; COUNT = 3 }
        }
        $session = New-FargateSession @parameters
        $session.Cluster, $session.ContainerName, $session.UserName, $session.Port | Should -Be default, shell, nobody, 2200
        $sent = Get-ReceivedCall RunTask
        $sent.taskDefinition, $sent.cluster | Should -BeExactly two, default
        $network = $sent.networkConfiguration.awsvpcConfiguration
        $network.assignPublicIp | Should -BeExactly DISABLED
        $network.subnets | Should -BeExactly $fargate.subnets
        $network.securityGroups | Should -BeExactly $fargate.securityGroups
        $sent.overrides.taskRoleArn | Should -BeExactly $parameters.TaskRoleArn
        $container = $sent.overrides.containerOverrides[0]
        $container.name | Should -BeExactly shell
        $container.command | Should -BeExactly $parameters.Command
        $variables = Get-ContainerVariable $container
        $variables['RAILS_ENV'], $variables['COUNT'], $variables['_SSH_PORT'], $variables['_SSH_USER'] |
            Should -BeExactly production, '3', '2200', nobody
        (Get-StartedTask).publicAddress | Should -BeNullOrEmpty
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'gives each session an id, a token and a key of its own' {
        1..3 | ForEach-Object { New-FargateSession } | Stop-FargateSession
        $sent = Get-ReceivedCall RunTask
        @($sent.startedBy | Sort-Object -Unique).Count | Should -Be 3
        @($sent.clientToken | Sort-Object -Unique).Count | Should -Be 3
        $keys = $sent | ForEach-Object { (Get-ContainerVariable $_.overrides.containerOverrides[0])['_AUTHORIZED_PUBLIC_KEY'] }
        @($keys | Sort-Object -Unique).Count | Should -Be 3
        Assert-NothingLeft -Started 3
    }

    It 'sends only the limits that were asked for, and how long a session may lie unused' {
        New-FargateSession -MaxLifetime 0 -LoginTimeout 5 -IdleTimeout 7 | Stop-FargateSession
        New-FargateSession | Stop-FargateSession
        $asked, $silent = Get-ReceivedCall RunTask | ForEach-Object { $_.overrides.containerOverrides[0] }
        $variables = Get-ContainerVariable $asked
        $variables['_MAX_LIFETIME'], $variables['_LOGIN_TIMEOUT'], $variables['_IDLE_TIMEOUT'] | Should -BeExactly '0', '5', '7'
        (Get-ContainerVariable $silent).Keys | Where-Object { $_ -match 'LIFETIME|TIMEOUT' } | Should -BeExactly _UNUSED_TIMEOUT
        $asked, $silent | Where-Object { $_.PSObject.Properties.Name -contains 'command' } | Should -BeNullOrEmpty
    }

    It 'says how long a session may lie unused unless the task definition does: <Asked>, <Defined>' -ForEach @(
        @{ Asked = @{}; Defined = $null; Expected = '1800' }
        @{ Asked = @{}; Defined = '60'; Expected = $null }
        @{ Asked = @{ UnusedTimeout = 0 }; Defined = '60'; Expected = '0' }
        @{ Asked = @{ UnusedTimeout = 90 }; Defined = $null; Expected = '90' }
    ) {
        $environment = @($Defined ? @{ name = '_UNUSED_TIMEOUT'; value = $Defined } : @())
        $family = "limited-$Expected"
        $null = Register-TaskDefinition $family @{ name = 'cli'; environment = $environment }
        New-FargateSession $family @Asked | Stop-FargateSession
        $sent = (Get-ReceivedCall RunTask).overrides.containerOverrides[0]
        (Get-ContainerVariable $sent)['_UNUSED_TIMEOUT'] | Should -BeExactly $Expected
    }

    It 'is READY once its server has answered, whatever ECS says by then' {
        $session = New-FargateSession -HostKeyVerification AcceptNew
        $session.State | Should -BeExactly $session.Status
        $session | Wait-FargateSession | ForEach-Object State | Should -BeExactly READY
        $session | Out-String | Should -Match '(?m)^SessionId +State .*\n.*\n.* READY '
        $session | Stop-FargateSession
        $session.State | Should -BeExactly STOPPING
    }

    It 'makes tags of a reason and of tags, and finds them again from ECS' {
        # A letter of another language, which a tag may hold.
        $size = "gr$([char]0xF6)$([char]0xDF)e"
        $session = New-FargateSession -Reason 'INC-1234: stuck imports' -Tag @{ team = 'billing'; $size = 5 }
        $sent = Get-ReceivedCall RunTask
        $sent.propagateTags, $sent.startedBy | Should -BeExactly TASK_DEFINITION, $session.SessionId
        $sent.tags | Sort-Object key -Culture '' | ForEach-Object { "$($_.key)=$($_.value)" } | Should -BeExactly @(
            'ecs-fargate-login:reason=INC-1234: stuck imports'
            "ecs-fargate-login:user=$([Environment]::UserName)@$([Environment]::MachineName)"
            "$size=5"
            'team=billing'
        )
        $found = Get-FargateSession $session.SessionId
        foreach ($seen in $session, $found) {
            $seen.Reason | Should -BeExactly 'INC-1234: stuck imports'
            $seen.Tags['team'] | Should -BeExactly billing
        }
        $found | Format-List | Out-String | Should -Match 'Reason +: INC-1234: stuck imports'
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'takes a reason from a row of a table, and says nothing of the user with tags alone' {
        $first = [pscustomobject]@{ Reason = 'nightly check' } | New-FargateSession | Stop-FargateSession -PassThru
        $second = New-FargateSession -Tag @{ team = 'billing' } | Stop-FargateSession -PassThru
        $first.Reason, $second.Reason | Should -BeExactly 'nightly check', $null
        @(Get-ReceivedCall RunTask)[1].tags.key | Should -BeExactly team
        Assert-NothingLeft -Started 2
    }

    It 'names the session by the defaults of its transport where others do not fit' {
        $PSDefaultParameterValues['New-Fargate*:UserName'] = 'app'
        try { $session = New-FargateSession -Transport EcsExec } finally { $PSDefaultParameterValues.Remove('New-Fargate*:UserName') }
        $session.UserName, "$($session.Transport)" | Should -BeExactly root, EcsExec
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'takes nothing for a default where $PSDefaultParameterValues is disabled' {
        $given = @{}
        foreach ($key in @($PSDefaultParameterValues.Keys)) {
            $command, $name = $key -split ':'
            if ('New-FargateSession' -like $command) { $given[$name] = $PSDefaultParameterValues[$key] }
        }
        $PSDefaultParameterValues['New-Fargate*:UserName'] = 'app'
        $PSDefaultParameterValues['Disabled'] = $true
        try { $said = Get-ErrorOf { New-FargateSession @given -UserName app -Transport EcsExec } }
        finally { 'Disabled', 'New-Fargate*:UserName' | ForEach-Object { $PSDefaultParameterValues.Remove($_) } }
        $said.Id | Should -Match '^InvalidTransport,'
        $said.Message | Should -BeLike '-UserName cannot go with -Transport EcsExec*'
        Assert-NothingLeft -Started 0
    }
}
