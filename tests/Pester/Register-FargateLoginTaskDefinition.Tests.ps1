#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Register-FargateLoginTaskDefinition' {
    It 'takes an image, and a role or what to take it from' {
        Get-ParameterSetText Register-FargateLoginTaskDefinition | Should -BeExactly @(
            'New*: [Image!] ExecutionRoleArn!'
            'FromTaskDefinition: [Image!] FromTaskDefinition!'
        )
    }

    It 'returns what it has registered' {
        (Get-Command Register-FargateLoginTaskDefinition).OutputType.Type | Should -Be ([EcsFargateLogin.FargateLoginTaskDefinition])
    }
}

Describe 'Register-FargateLoginTaskDefinition in an account' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
        $container = "$(Split-Path (Split-Path $PSScriptRoot))/module/container"
        # An application's, with everything that a session must not have and everything that it must.
        $application = @'
        {
          "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024", "memory": "4096",
          "taskRoleArn": "arn:aws:iam::123456789012:role/web", "executionRoleArn": "arn:aws:iam::123456789012:role/pull",
          "runtimePlatform": { "cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX" },
          "ephemeralStorage": { "sizeInGiB": 40 },
          "volumes": [
            { "name": "uploads", "efsVolumeConfiguration": { "fileSystemId": "fs-1", "transitEncryption": "ENABLED" } },
            { "name": "scratch" }
          ],
          "proxyConfiguration": { "type": "APPMESH", "containerName": "envoy" },
          "containerDefinitions": [
            { "name": "envoy", "image": "envoy:1", "essential": true },
            {
              "name": "app", "image": "web:7", "essential": true, "cpu": 512, "memory": 2048, "user": "app",
              "command": ["bin/rails", "server"], "workingDirectory": "/app", "startTimeout": 60,
              "portMappings": [{ "containerPort": 3000, "hostPort": 3000, "protocol": "tcp", "name": "http" }],
              "healthCheck": { "command": ["CMD", "curl", "localhost"] },
              "dependsOn": [{ "containerName": "envoy", "condition": "HEALTHY" }],
              "environment": [
                { "name": "DATABASE_URL", "value": "postgres://u:hunter2@db/app" }, { "name": "_SSH_PORT", "value": "1" },
                { "name": "_MAX_LIFETIME", "value": "99" }
              ],
              "secrets": [{ "name": "API_KEY", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/key" }],
              "environmentFiles": [{ "type": "s3", "value": "arn:aws:s3:::conf/app.env" }],
              "mountPoints": [{ "sourceVolume": "uploads", "containerPath": "/uploads", "readOnly": true }],
              "ulimits": [{ "name": "nofile", "softLimit": 1000, "hardLimit": 2000 }],
              "logConfiguration": {
                "logDriver": "awslogs",
                "options": { "awslogs-group": "/web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web", "mode": "non-blocking" }
              }
            }
          ]
        }
'@
        $null = Register-TaskDefinition -Json $application

        # An application with a container that is confined as much as Fargate permits.
        function Register-Confined([string] $User, [string] $MountPoints) {
            $null = Register-TaskDefinition -Json @"
            {
              "family": "confined", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
              "volumes": [{ "name": "scratch" }],
              "containerDefinitions": [{
                "name": "app", "image": "web:7", "user": "$User", "readonlyRootFilesystem": true, "mountPoints": $MountPoints,
                "linuxParameters": { "capabilities": { "drop": ["ALL"] } },
                "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "/web", "awslogs-region": "us-east-1" } }
              }]
            }
"@
        }

        function Assert-SameJson([string] $Name, $Actual, $Expected) {
            $texts = foreach ($value in $Actual, $Expected) { ConvertTo-Json -InputObject $value -Depth 20 }
            $nodes = foreach ($text in $texts) { , [Text.Json.Nodes.JsonNode]::Parse($text) }
            [Text.Json.Nodes.JsonNode]::DeepEquals($nodes[0], $nodes[1]) |
                Should -BeTrue -Because "$Name is to be $($texts[1]), not $($texts[0])"
        }
    }

    BeforeEach {
        Reset-LocalFargate
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'registers the template with what was asked for' {
        $registered = Register-FargateLoginTaskDefinition ecr.example.com/shop:7 -ExecutionRoleArn arn:x -TaskRoleArn arn:y -Cpu 2048 `
            -Memory 8192 -LogGroup /cli -Port 2222 -CpuArchitecture ARM64
        $registered | Should -BeOfType EcsFargateLogin.FargateLoginTaskDefinition
        "$registered" | Should -BeExactly shop-cli:1
        $expected = Get-Content "$container/task-definition.json" -Raw | ConvertFrom-Json
        $own = $expected.containerDefinitions[0]
        $expected.family = 'shop-cli'
        $expected.executionRoleArn, $expected.taskRoleArn, $expected.cpu, $expected.memory = 'arn:x', 'arn:y', '2048', '8192'
        $expected.runtimePlatform.cpuArchitecture = 'ARM64'
        $own.image = 'ecr.example.com/shop:7'
        $own.portMappings[0].containerPort = 2222
        $own.logConfiguration.options.'awslogs-group' = '/cli'
        $own.logConfiguration.options.'awslogs-region' = $fargate.region
        $own.environment += [pscustomobject]@{ name = '_SSH_PORT'; value = '2222' }
        Assert-SameJson 'the definition' -Actual (Get-ReceivedCall RegisterTaskDefinition) -Expected $expected
    }

    It 'carries over what a session needs of an application, whole, and leaves out the rest' {
        Register-FargateLoginTaskDefinition web:7-cli -FromTaskDefinition web -ContainerName app | Should -Be web-cli:1
        $sent = Get-ReceivedCall RegisterTaskDefinition
        $from = $application | ConvertFrom-Json
        foreach ($member in 'taskRoleArn', 'executionRoleArn', 'cpu', 'memory', 'runtimePlatform', 'ephemeralStorage') {
            Assert-SameJson $member -Actual $sent.$member -Expected $from.$member
        }
        @($sent.containerDefinitions).Count | Should -Be 1
        $own = $sent.containerDefinitions[0]
        foreach ($member in 'secrets', 'environmentFiles', 'mountPoints', 'ulimits', 'logConfiguration', 'workingDirectory') {
            Assert-SameJson $member -Actual $own.$member -Expected $from.containerDefinitions[1].$member
        }
        Assert-SameJson volumes -Actual $sent.volumes -Expected @($from.volumes[0])
        Assert-SameJson environment -Actual $own.environment -Expected @(
            @{ name = 'DATABASE_URL'; value = 'postgres://u:hunter2@db/app' }, @{ name = '_MAX_LIFETIME'; value = '99' })
        $sent.family, $own.name, $own.image | Should -BeExactly web-cli, cli, web:7-cli
        @($own.portMappings).containerPort | Should -Be 22
        $left = 'healthCheck', 'dependsOn', 'command', 'user', 'startTimeout', 'cpu', 'memory'
        $own.PSObject.Properties.Name | Where-Object { $_ -in $left } | Should -BeNullOrEmpty
        $sent.PSObject.Properties.Name | Should -Not -Contain proxyConfiguration
    }

    It 'keeps the confinement of a user who needs no privilege, and says whom sessions log in' {
        Register-Confined -User app:app -MountPoints '[{ "sourceVolume": "scratch", "containerPath": "/tmp/" }]'
        $null = Register-FargateLoginTaskDefinition web:7-cli -FromTaskDefinition confined -Port 2222 -WarningVariable warnings `
            -WarningAction SilentlyContinue
        $warnings | Should -BeExactly "The container runs as the application's user 'app:app': start sessions with -UserName app."
        $own = (Get-ReceivedCall RegisterTaskDefinition).containerDefinitions[0]
        $own.user, $own.readonlyRootFilesystem | Should -Be app:app, $true
        Assert-SameJson linuxParameters -Actual $own.linuxParameters -Expected @{ initProcessEnabled = $true; capabilities = @{ drop = @('ALL') } }
    }

    It 'says of the confinement what an SSH server of root cannot do with, and keeps the rest' {
        Register-Confined -User 1000 -MountPoints '[]'
        $null = Register-FargateLoginTaskDefinition web:7-cli -FromTaskDefinition confined -WarningVariable warnings `
            -WarningAction SilentlyContinue
        $warnings.Count | Should -Be 3
        $warnings[0] | Should -Match "user '1000' is not kept.*-Port from 1024"
        $warnings[1] | Should -Match 'readonlyRootFilesystem is not kept.*mount a volume at /tmp'
        $warnings[2] | Should -Match 'cannot drop AUDIT_WRITE, CHOWN, DAC_OVERRIDE, FOWNER, KILL, NET_BIND_SERVICE, SETGID, SETUID, SYS_CHROOT as'
        $own = (Get-ReceivedCall RegisterTaskDefinition).containerDefinitions[0]
        $own.PSObject.Properties.Name | Where-Object { $_ -in 'user', 'readonlyRootFilesystem' } | Should -BeNullOrEmpty
        Assert-SameJson drop -Actual $own.linuxParameters.capabilities.drop -Expected @('FSETID', 'MKNOD', 'NET_RAW', 'SETFCAP', 'SETPCAP')
    }

    It 'lists with -WhatIf what is kept, changed and left out, without a secret, and registers nothing' {
        $seen = Invoke-Recorded 'Register-FargateLoginTaskDefinition web:7-cli -FromTaskDefinition web -ContainerName app -Cpu 512 -WhatIf'
        $seen.Errors | Should -BeNullOrEmpty
        $shown = $seen.Host -join "`n" -split "`n"
        foreach ($line in @(
                '  kept      taskRoleArn: arn:aws:iam::123456789012:role/web'
                '  kept      environment DATABASE_URL'
                '  kept      secrets API_KEY'
                '  kept      container logConfiguration: awslogs /web'
                '  kept      runtimePlatform: ARM64'
                '  changed   cpu: 1024 -> 512'
                '  changed   container image: web:7 -> web:7-cli'
                '  changed   container portMappings: 3000 -> 22'
                '  left out  container healthCheck'
                '  left out  proxyConfiguration'
                "  left out  container 'envoy'"
            )) {
            $shown | Should -Contain $line
        }
        $shown -join "`n" | Should -Not -Match hunter2
        Get-ReceivedOperation | Should -Not -Contain RegisterTaskDefinition
    }

    It 'gives New-FargateSession what it starts by the pipeline' {
        $PSDefaultParameterValues.Remove('New-FargateSession:TaskDefinition')
        $session = Register-FargateLoginTaskDefinition ecs-fargate-login -Family piped -ExecutionRoleArn arn:x | New-FargateSession
        (Get-ReceivedCall RunTask).taskDefinition | Should -Match '(^|/)piped:1$'
        $session | Stop-FargateSession
        Assert-NothingLeft -Started 1
    }

    It 'has an error in clear words for a family at its limit of revisions' {
        $said = Get-ErrorOf { 1..4 | ForEach-Object { Register-FargateLoginTaskDefinition app:1 -ExecutionRoleArn arn:x } }
        Assert-FargateError $said QuotaExceeded QuotaExceeded app:1 "'app-cli' has as many revisions as ECS takes"
    }

    It 'names bad input, and registers nothing: <Id> <Target>' -ForEach @(
        @{ Parameter = @{ FromTaskDefinition = 'web'; Family = 'web'; ContainerName = 'app' }; Id = 'InvalidFamily'; Target = 'web' }
        @{ Parameter = @{ FromTaskDefinition = 'web' }; Id = 'ContainerNotFound'; Target = 'web' }
        @{ Parameter = @{ FromTaskDefinition = 'web'; ContainerName = 'nginx' }; Id = 'ContainerNotFound'; Target = 'nginx' }
        @{ Parameter = @{ FromTaskDefinition = 'none' }; Id = 'TaskDefinitionNotFound'; Target = 'web:7' }
        @{ Image = 'web;7'; Parameter = @{ FromTaskDefinition = 'web' }; Id = 'InvalidImage'; Target = 'web;7' }
    ) {
        $base = $Image ? $Image : 'web:7'
        $said = Get-ErrorOf { Register-FargateLoginTaskDefinition $base @Parameter }
        Assert-FargateError $said $Id ($Id -like '*NotFound' ? 'ObjectNotFound' : 'InvalidArgument') $Target
        Get-ReceivedOperation | Should -Not -Contain RegisterTaskDefinition
    }

    It 'names the action that is not allowed' {
        Add-Fault @{ fault = 'accessDenied'; operation = 'RegisterTaskDefinition' }
        $said = Get-ErrorOf { Register-FargateLoginTaskDefinition app:1 -ExecutionRoleArn arn:x }
        Assert-FargateError $said AccessDenied PermissionDenied app:1 ecs:RegisterTaskDefinition
    }
}
