#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'Get-FargateSession' {
    It 'takes ids, and what has them' {
        Get-ParameterSetText Get-FargateSession | Should -BeExactly @(
            'Session*: [SessionId]; by name: Cluster SessionId', 'History: [] History!')
    }

    It 'returns sessions, or starts' {
        (Get-Command Get-FargateSession).OutputType.Type |
            Should -Be ([EcsFargateLogin.FargateSession]), ([EcsFargateLogin.FargateStart])
    }
}

Describe 'Get-FargateSession in an account' -Skip:(-not $IsLinux) {
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

    It 'finds sessions by status, with their addresses' {
        $sessions = 1..2 | ForEach-Object { New-FargateSession }
        Wait-Until { @(Get-FargateSession -Status RUN*).Count -eq 2 } 'both tasks run'
        Get-FargateSession -Status STOPP* | Should -BeNullOrEmpty
        $found = Get-FargateSession $sessions[1].SessionId
        $found.Status | Should -BeExactly RUNNING
        $found.PublicAddress | Should -BeExactly (Get-StartedTask | Where-Object arn -EQ $found.TaskArn).publicAddress
        $sessions | Stop-FargateSession
        Assert-NothingLeft -Started 2
    }

    It 'finds a session by its id, by a wildcard, by cluster and by who started it' {
        $session, $other = 1..2 | ForEach-Object { New-FargateSession }
        (Get-FargateSession -Cluster local).SessionId | Should -BeExactly "$session", "$other"
        $other | Stop-FargateSession
        foreach ($found in @(
                Get-FargateSession $session.SessionId
                Get-FargateSession "$($session.SessionId.Substring(0, 11))*"
                Get-FargateSession -Mine
            )) {
            $found | Should -BeOfType EcsFargateLogin.FargateSession
            "$found", $found.TaskArn, "$($found.Owner)" | Should -BeExactly "$session", $session.TaskArn, ThisProcess
        }
        Get-FargateSession -Orphaned | Should -BeNullOrEmpty
        $session | Stop-FargateSession
        Get-FargateSession -Mine | Should -BeNullOrEmpty
        Assert-NothingLeft -Started 2
    }

    It 'has an error for an id that is nobody''s, and none for a wildcard' {
        Assert-FargateError (Get-ErrorOf { Get-FargateSession fl-nobody }) SessionNotFound ObjectNotFound fl-nobody
        Get-ErrorOf { Get-FargateSession fl-nobod* } | Should -BeNullOrEmpty
    }

    Context 'with -History' {
        BeforeAll {
            $path = "$TestDrive/state/EcsFargateLogin/starts.json"
            # A start as the file has it.
            function New-Start([string] $Id, [string] $TaskDefinition, [int] $Minutes) {
                @{
                    sessionId = $Id; taskDefinition = $TaskDefinition; cluster = 'local'; region = 'us-east-1'; cpu = 256; memory = 512
                    transport = 'Ssh'; route = 'Public'; createdAt = [DateTimeOffset]::UtcNow.AddMinutes(-$Minutes).ToString('o')
                    phases    = @{ network = '00:00:05'; pull = '00:00:20'; server = '00:00:01.5' }
                }
            }
            function Set-History([hashtable[]] $Start) {
                $null = New-Item (Split-Path $path) -ItemType Directory -Force
                Set-Content $path (@{ version = 1; starts = @($Start) } | ConvertTo-Json -Depth 5)
            }
        }

        AfterEach {
            Remove-Item $path -ErrorAction Ignore
        }

        It 'lists starts, the newest first, and asks AWS for nothing' {
            Set-History (New-Start fl-older rails-cli:6 9), (New-Start fl-newer rails-cli:7 2), (New-Start fl-other web:1 5)
            $starts = Get-FargateSession -History
            $starts | Should -BeOfType EcsFargateLogin.FargateStart
            $starts.SessionId | Should -BeExactly fl-newer, fl-other, fl-older
            $starts[0].Total | Should -Be ([timespan] '00:00:26.5')
            $starts[0].Phases.Pull, $starts[0].Phases.Host | Should -Be ([timespan] '00:00:20'), $null
            Get-ReceivedOperation | Should -BeNullOrEmpty
        }

        It 'finds those of task definitions by family, revision and wildcard' {
            Set-History (New-Start fl-older rails-cli:6 9), (New-Start fl-newer rails-cli:7 2), (New-Start fl-other web:1 5)
            (Get-FargateSession -History -TaskDefinition RAILS-*).SessionId | Should -BeExactly fl-newer, fl-older
            (Get-FargateSession -History -TaskDefinition rails-cli:6, web).SessionId | Should -BeExactly fl-other, fl-older
            Get-FargateSession -History -TaskDefinition rails | Should -BeNullOrEmpty
            Get-CompletionText 'Get-FargateSession -History -TaskDefinition r' | Should -BeExactly rails-cli
        }

        It 'shows a table and a bar chart in 80 columns' {
            Set-History ((New-Start fl-newer rails-cli:7 2) + @{ reason = 'INC-7' })
            $table = Get-FargateSession -History | Out-String -Width 80
            $table | Should -Match '(?m)^2 min ago +26\.5 s rails-cli:7 +pull 20\.0 s +0\.25 vCPU, 512 MB *\r?$'
            $list = (Get-FargateSession -History | Format-List | Out-String -Width 80) -split '\r?\n'
            $list | Should -Contain 'Reason         : INC-7'
            $list | Should -Contain 'Phases         : network       5.0 s ######'
            $list | Should -Contain '                 pull         20.0 s       ########################'
            $list | Should -Contain '                 server        1.5 s                               ##'
        }

        It 'is empty for a file that is damaged or of another version, with the reason for -Verbose: <Content>' -ForEach @(
            @{ Content = 'x'; Why = 'it is damaged' }
            @{ Content = '{ "version": 2 }'; Why = 'a later version of this module has written it' }
        ) {
            Set-History @()
            Set-Content $path $Content
            $seen = Invoke-Recorded 'Get-FargateSession -History -Verbose'
            @($seen.Output) + $seen.Errors + $seen.Warning | Should -BeNullOrEmpty
            $seen.Verbose | Should -BeExactly "The history of starts in '$path' is not used: $Why."
        }

        It 'does not go with the parameters for sessions' {
            (Get-ErrorOf { Get-FargateSession -History -Mine }).Id | Should -Match '^AmbiguousParameterSet,'
        }
    }

    It 'completes clusters' {
        Get-CompletionText 'Get-FargateSession -Cluster l' | Should -BeExactly local
    }

    It 'refuses a status that ECS does not have, with the nearest one: <Status>' -ForEach @(
        @{ Status = 'RUNING'; Text = "*'RUNING' is no status of ECS; did you mean 'RUNNING'?" }
        @{ Status = 'unknwon'; Text = "*did you mean 'UNKNOWN'?" }
        @{ Status = 'RUNNING', 'x'; Text = "*'x' is no status of ECS. Those are PROVISIONING, *" }
    ) {
        $said = Get-ErrorOf { Get-FargateSession -Status $Status }
        $said.Id | Should -Match '^ParameterArgumentValidationError,'
        $said.Message | Should -BeLike $Text
        $said.IsTerminating | Should -BeTrue
        Get-ErrorOf { Get-FargateSession -Status running, STOP*, unknown, [p]ending } | Should -BeNullOrEmpty
    }

    It 'completes statuses' {
        (Get-Completion 'Get-FargateSession -Status de').CompletionText | Should -BeExactly DEACTIVATING, DEPROVISIONING
    }
}
