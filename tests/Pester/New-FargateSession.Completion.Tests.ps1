#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
}

Describe 'New-FargateSession completes' -Skip:(-not $IsLinux) {
    BeforeAll {
        $fargate = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
        foreach ($family in 'store-db', 'store-db', 'store-db-old') { $null = Register-TaskDefinition $family @{ name = 'cli' } }

        function Get-ProfileText([string] $Word) { (Get-Completion "New-FargateSession -ProfileName $Word").CompletionText }
    }

    BeforeEach {
        Reset-LocalFargate
    }

    AfterAll {
        Disconnect-LocalFargate
    }

    It 'clusters, shown by their ARNs' {
        $all = Get-Completion 'New-FargateSession -Cluster ' -Wait
        $all.CompletionText | Should -BeExactly "'blue green'", blue-green, default, local
        $all.ListItemText | Should -BeExactly 'blue green', blue-green, default, local
        $all[-1].ToolTip | Should -Match ':cluster/local$'
    }

    It 'values in quotes where they need them, and understands quotes and wildcards: <Word>' -ForEach @(
        @{ Word = "'bl"; Texts = "'blue green'", "'blue-green'" }
        @{ Word = '"bl'; Texts = '"blue green"', '"blue-green"' }
        @{ Word = 'bl'; Texts = "'blue green'", 'blue-green' }
        @{ Word = '*green'; Texts = "'blue green'", 'blue-green' }
        @{ Word = "'*n'"; Texts = "'blue green'", "'blue-green'" }
        @{ Word = '[x'; Texts = @() }
    ) {
        $null = Get-Completion 'New-FargateSession -Cluster ' -Wait
        @((Get-Completion "New-FargateSession -Cluster $Word").CompletionText) | Should -BeExactly $Texts
    }

    It 'a task definition to its family, and after a colon to its revisions' {
        Get-CompletionText 'New-FargateSession store' | Should -BeExactly store-db, store-db-old
        Get-CompletionText 'New-FargateSession -TaskDefinition sto' | Should -BeExactly store-db, store-db-old
        Get-CompletionText 'New-FargateSession store-db:' | Should -BeExactly store-db:2, store-db:1
        Get-CompletionText 'New-FargateSession -TaskDefinition store-db:1' | Should -BeExactly store-db:1
        Get-Completion 'New-FargateSession nothing:' | Should -BeNullOrEmpty
    }

    It 'names without what runs where the caller may not list tasks' {
        Add-Fault @{ fault = 'accessDenied'; operation = 'ListTasks' }
        (Get-Completion 'New-FargateSession -Cluster default -TaskDefinition store-db-' -Wait).ToolTip |
            Should -MatchExactly '^store-db-old, its latest revision'
    }

    It 'sessions by id and by family, and reasons that were given before' {
        $session = New-FargateSession -Reason 'INC-7: it is stuck' | Wait-FargateSession
        try {
            foreach ($line in 'Enter-FargateShell ', 'Stop-FargateSession -SessionId ', 'Get-FargateSession ', 'Copy-FargateItem a b -Session ',
                'Get-FargateLog ', 'Receive-FargateCommand -Session ', 'Remove-FargateSshConfig ') {
                Get-CompletionText $line | Should -Contain $session.SessionId -Because $line
            }
            Get-CompletionText 'Enter-FargateShell rails-' | Should -Contain $session.SessionId
            Get-CompletionText "Get-FargateLog $($session.SessionId) -ContainerName " | Should -BeExactly cli
            Get-CompletionText 'New-FargateSession -Reason inc-7' | Should -BeExactly "'INC-7: it is stuck'"
        }
        finally { $session | Stop-FargateSession }
    }

    It 'the sizes of Fargate, the memory by the CPU that is given' {
        $cpu = Get-Completion 'New-FargateSession -Cpu '
        $cpu.CompletionText | Should -BeExactly 256, 512, 1024, 2048, 4096, 8192, 16384
        $cpu[0].ToolTip | Should -BeExactly '0.25 vCPU, with 512 MB, 1 GB or 2 GB'
        Get-CompletionText 'New-FargateSession -Cpu 0.5 -Memory ' | Should -BeExactly 1024, 2048, 3072, 4096
        (Get-Completion 'New-FargateSession -Memory 12').CompletionText | Should -BeExactly 12288, 122880
        Get-CompletionText 'New-FargateSession -EphemeralStorage 2' | Should -BeExactly 21, 200
        Get-CompletionText 'Test-FargateLogin -Cpu 1024 -Memory 20' | Should -BeExactly 2048
        Get-CompletionText 'Register-FargateLoginTaskDefinition -Cpu 8' | Should -BeExactly 8192
    }

    It 'subnets by id and by name, shown with their addresses' {
        $subnets = $fargate.subnets
        $all = Get-Completion 'New-FargateSession -Subnet ' -Wait
        $all.CompletionText | Should -BeExactly $subnets
        $all[0].ListItemText | Should -BeExactly "$($subnets[0]) (local-a)"
        $all[0].ToolTip | Should -MatchExactly '^local-a, 127\.[0-9.]+/[0-9]+, us-east-1a, vpc-[0-9a-f]+$'
        Get-CompletionText 'New-FargateSession -Subnet local-b' | Should -BeExactly $subnets[1]
        Get-CompletionText "New-FargateSession -Subnet $($subnets[1] -replace '.$')" | Should -BeExactly $subnets[1]
    }

    It 'every member of a list: <_>' -ForEach @(
        'New-FargateSession -Subnet subnet-1,'
        "New-FargateSession -Subnet subnet-1,'subnet-2', local-"
    ) {
        Get-CompletionText $_ | Should -BeExactly $fargate.subnets
    }

    It 'security groups by id and by name, shown with their descriptions' {
        $groups = $fargate.securityGroups
        $all = Get-Completion 'New-FargateSession -SecurityGroup ' -Wait
        $all.CompletionText | Should -BeExactly $groups
        $all[0].ListItemText | Should -BeExactly "$($groups[0]) (default)"
        $all[0].ToolTip | Should -MatchExactly '^default, default security group, vpc-[0-9a-f]+$'
        Get-CompletionText 'New-FargateSession -SecurityGroup sg-1,LOCAL' | Should -BeExactly $groups[1]
    }

    It 'nothing of AWS where $PSDefaultParameterValues is disabled, and so no endpoint is known' {
        Get-Completion 'New-FargateSession -Cluster l' -Before '$PSDefaultParameterValues["Disabled"] = $true' | Should -BeNullOrEmpty
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }

    It 'regions of all partitions without asking AWS' {
        (Get-Completion 'New-FargateSession -Region cn-').CompletionText | Should -BeExactly cn-north-1, cn-northwest-1
        (Get-Completion 'New-FargateSession -Region us-g').CompletionText | Should -BeExactly us-gov-east-1, us-gov-west-1
        Get-ReceivedOperation | Should -BeNullOrEmpty
    }

    It 'profiles of every kind, by the files as they are now' {
        Use-Environment @{ AWS_SHARED_CREDENTIALS_FILE = "$TestDrive/credentials"; AWS_CONFIG_FILE = "$TestDrive/config.ini" } {
            Set-Content "$TestDrive/credentials" "[keys]`naws_access_key_id = a`naws_secret_access_key = b"
            Set-Content "$TestDrive/config.ini" @'
[profile role]
role_arn = arn:aws:iam::123456789012:role/ops
source_profile = keys
[profile sso]
sso_session = company
sso_account_id = 123456789012
sso_role_name = ops
[sso-session company]
sso_region = eu-central-1
sso_start_url = https://example.com/start
[profile ops team]
credential_process = true
[profile it's]
credential_process = true
[services local]
ecs =
  endpoint_url = http://127.0.0.1:1
'@
            Get-ProfileText '' | Should -BeExactly "'it''s'", 'keys', "'ops team'", 'role', 'sso'
            Get-ProfileText 'o' | Should -BeExactly "'ops team'"
            Get-ProfileText "'OPS t" | Should -BeExactly "'ops team'"
            Get-ProfileText '"it' | Should -BeExactly '"it''s"'
            Set-Content "$TestDrive/config.ini" "[profile new]`ncredential_process = true"
            Get-ProfileText '' | Should -BeExactly keys, new
        }
    }

    It 'nothing of a file that cannot be read, and says nothing: <_>' -ForEach 'this is no profile file', '[profile unfinished' {
        Set-Content "$TestDrive/bad" $_
        Use-Environment @{ AWS_SHARED_CREDENTIALS_FILE = "$TestDrive/bad" } { Get-ProfileText x | Should -BeNullOrEmpty }
    }

    It 'presets, and services of the cluster that a preset or the line names' {
        $project = (New-Item "$TestDrive/project" -ItemType Directory).FullName
        Set-Content "$project/.fargatelogin.json" '{"presets":{"default":{"Cluster":"local"},"staging":{"Cluster":"default"}}}'
        $null = Register-Service web @{ taskDefinition = 'rails-cli' }
        $null = Register-Service worker @{ taskDefinition = 'rails-cli'; cluster = 'default' }
        $access = "New-FargateSession -Region us-east-1 -EndpointUrl $($fargate.endpointUrl)"
        $clear = @{ Path = $project; Wait = $true; Before = '$PSDefaultParameterValues.Clear()' }
        (Get-Completion 'New-FargateSession -Preset ' @clear).CompletionText | Should -BeExactly default, staging
        (Get-Completion "$access -Service w" @clear).CompletionText | Should -BeExactly web
        (Get-Completion "$access -Preset staging -Service w" @clear).CompletionText | Should -BeExactly worker
        (Get-Completion "$access -Cluster default -Service w" @clear).CompletionText | Should -BeExactly worker
        $enter = $access -replace 'New-FargateSession', 'Enter-FargateShell'
        (Get-Completion "$enter -Cluster default -Service w" @clear).CompletionText | Should -BeExactly worker
        # As the command will: $PSDefaultParameterValues goes before presets, and can name one.
        $clear.Before = '$PSDefaultParameterValues = @{ "New-FargateSession:Cluster" = "default" }'
        (Get-Completion "$access -Service w" @clear).CompletionText | Should -BeExactly worker
        $clear.Before = '$PSDefaultParameterValues = @{ "New-FargateSession:Preset" = "staging" }'
        (Get-Completion "$access -Service w" @clear).CompletionText | Should -BeExactly worker
        $clear.Before = '$PSDefaultParameterValues.Clear()'
        (Get-Completion "$access -NoPreset -Service w" @clear).CompletionText | Should -BeExactly worker
    }

    It 'with the credentials that the command would use: those of the line replace a preset''s profile' {
        $own = New-Item "$TestDrive/own/EcsFargateLogin" -ItemType Directory -Force
        Set-Content "$own/presets.json" '{ "presets": { "default": { "ProfileName": "nobody" } } }'
        $access = "New-FargateSession -Region us-east-1 -EndpointUrl $($fargate.endpointUrl)"
        Use-Environment @{ XDG_CONFIG_HOME = "$TestDrive/own" } {
            $clear = @{ Wait = $true; Before = '$PSDefaultParameterValues.Clear()' }
            $keys = "-AccessKey $env:AWS_ACCESS_KEY_ID -SecretKey $env:AWS_SECRET_ACCESS_KEY"
            (Get-Completion "$access $keys -Cluster lo" @clear).CompletionText | Should -BeExactly local
            $clear.Before = '$PSDefaultParameterValues.Clear(); $keys = [pscredential]::new($env:AWS_ACCESS_KEY_ID, ' +
                '(ConvertTo-SecureString $env:AWS_SECRET_ACCESS_KEY -AsPlainText -Force))'
            (Get-Completion "$access -Credential `$keys -Cluster blue-g" @clear).CompletionText | Should -BeExactly blue-green
        }
    }
}
