#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Test-FargateLogin' {
    It 'takes the name of a task definition' {
        Get-ParameterSetText Test-FargateLogin | Should -BeExactly 'All: [TaskDefinition]'
    }

    It 'returns checks' {
        (Get-Command Test-FargateLogin).OutputType.Type | Should -Be ([EcsFargateLogin.FargateLoginCheck])
    }
}

Describe 'Test-FargateLogin in an account' -Skip:(-not $IsLinux) {
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

    It 'has rows and no error without credentials' {
        $rows = @(Test-FargateLogin -ProfileName no-such-profile)
        $rows | Should -BeOfType EcsFargateLogin.FargateLoginCheck
        ($rows | Where-Object Check -EQ credentials).Result | Should -Be Failed
        ($rows | Where-Object Check -EQ account).Result | Should -Be NotChecked
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }

    It 'checks what it can where nothing is named' {
        $rows = @(Test-FargateLogin -Cluster nowhere)
        ($rows | Where-Object Check -EQ cluster).Result | Should -Be Failed
        foreach ($check in 'task definition', 'subnets', 'security groups') {
            $row = $rows | Where-Object Check -EQ $check
            $row.Result | Should -Be NotChecked -Because "of $check"
            $row.Fix | Should -Not -BeNullOrEmpty -Because "of $check"
        }
        ($rows | Where-Object Check -EQ ssh).Result | Should -Be Passed
    }

    It 'names subnets and security groups that are not there' {
        $there = $fargate.subnets[0]
        $rows = @(Test-FargateLogin -Subnet subnet-none, $there -SecurityGroup sg-none)
        ($rows | Where-Object Check -EQ 'subnet subnet-none').Result | Should -Be Failed
        ($rows | Where-Object Check -EQ "subnet $there").Result | Should -Be Passed
        ($rows | Where-Object Check -EQ 'security group sg-none').Result | Should -Be Failed
    }

    It 'says whether the task ends with the container at its limits' {
        $null = Register-TaskDefinition outlived @{ name = 'cli'; essential = $false }, @{ name = 'app'; image = 'plain' }
        $null = Register-TaskDefinition restarted @{ name = 'cli'; restartPolicy = @{ enabled = $true } }
        $ends = foreach ($name in 'rails-cli', 'outlived', 'restarted') {
            Test-FargateLogin $name | Where-Object Check -EQ "task's end"
        }
        $ends.Result | Should -Be Passed, Failed, Failed
        $ends[1].Detail | Should -BeLike "*its container 'cli' is not essential*"
        $ends[2].Detail | Should -BeLike "*its container 'cli' has a restartPolicy*"
    }

    It 'says the size of a task, and the nearest one where Fargate does not have it' {
        $null = Register-TaskDefinition limited @{ name = 'cli'; memory = 512 }
        $rows = foreach ($line in 'rails-cli', 'rails-cli -Cpu 1', 'rails-cli -Cpu 1 -Memory 4GB -EphemeralStorage 50', 'limited -Memory 1GB') {
            Invoke-Expression "Test-FargateLogin $line" | Where-Object Check -EQ size
        }
        $rows.Result | Should -Be Passed, Failed, Passed, Warning
        $rows[0].Detail | Should -BeExactly '0.25 vCPU, 512 MB of memory, 20 GB of storage'
        $rows[1].Fix | Should -BeLike 'The nearest size is -Cpu 1024 -Memory 2048.*'
        $rows[2].Detail | Should -BeExactly '1 vCPU, 4 GB of memory, 50 GB of storage'
        $rows[3].Detail | Should -BeLike '*limits the container to less memory*'
    }

    It 'says how long starts take and what would help, in three rows at most, and nothing where it knows nothing' {
        @(Test-FargateLogin rails-cli | Where-Object Check -EQ 'start time') | Should -BeNullOrEmpty
        $image = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:7'
        $null = Register-TaskDefinition far @{ name = 'cli'; image = $image }
        $history = "$TestDrive/state/EcsFargateLogin/starts.json"
        $null = New-Item (Split-Path $history) -ItemType Directory -Force
        foreach ($case in @(
                @{ Pull = '00:00:02'; Results = 'Passed' }
                @{ Pull = '00:00:25'; Results = 'Warning', 'Warning', 'Warning' }
            )) {
            $starts = foreach ($number in 1..3) {
                @{
                    sessionId = "fl-start$number"; taskDefinition = 'far:1'; cluster = 'local'; region = 'us-east-1'
                    createdAt = [DateTimeOffset]::UtcNow.ToString('o')
                    phases    = @{ network = '00:00:05'; pull = $case.Pull; container = '00:00:01'; server = '00:00:01' }
                }
            }
            Set-Content $history (@{ version = 1; starts = @($starts) } | ConvertTo-Json -Depth 5)
            $rows = @(Test-FargateLogin far | Where-Object Check -EQ 'start time')
            $rows.Result | Should -Be $case.Results
        }
        Remove-Item $history
        $rows[0].Detail | Should -BeExactly 'usually 32 s, of which the pull takes 25 s (median of 3 starts: Get-FargateSession -History)'
        $rows[0].Fix | Should -BeLike '*zstd*250 MB*SOCI*'
        $rows[1].Detail | Should -BeExactly 'the image is pulled from ECR in eu-west-1, and the task runs in us-east-1'
        $rows[2].Fix | Should -BeLike 'Give -Cpu 1 *'
    }

    It 'starts nothing with -WhatIf, and says that it would' {
        $named = "rails-cli -Cluster local -Subnet $($fargate.subnets[0]) -SecurityGroup $($fargate.securityGroups[0])"
        Get-WhatIf "Test-FargateLogin $named -Deep -WhatIf" | Should -BeExactly (
            '"Start and stop Fargate task" on target "rails-cli in cluster local".')
        Assert-NothingStarted
    }

    It 'completes what an account has: <Line>' -ForEach @(
        @{ Line = 'Test-FargateLogin rails'; Has = 'rails-cli' }
        @{ Line = 'Test-FargateLogin -Cluster l'; Has = 'local' }
    ) {
        Get-CompletionText $Line | Should -Contain $Has
    }
}
