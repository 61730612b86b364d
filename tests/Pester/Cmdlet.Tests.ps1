#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeDiscovery {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $cmdlets = Get-Command -Module EcsFargateLogin
    # What has one of the parameters by which AWS is reached, has all of them.
    $awsCmdlets = $cmdlets | Where-Object {
        ($_.Parameters.Values | Where-Object IsDynamic -EQ $false).Name -match '^(ProfileName|Region|EndpointUrl)$'
    }
    # Entering, running, listing, waiting and testing is what these verbs say they do.
    $changingCmdlets = $cmdlets | Where-Object Verb -NotIn Enter, Invoke, Get, Wait, Receive
    $sessionCmdlets = $cmdlets | Where-Object { $_.Parameters['Session'].Attributes.ValueFromPipeline }
    $ownTypes = $cmdlets.OutputType.Type | Where-Object Namespace -EQ EcsFargateLogin | Sort-Object FullName -Unique
}

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
    $root = Split-Path (Split-Path $PSScriptRoot)
    $common = [Management.Automation.Cmdlet]::CommonParameters
    $approvedVerbs = (Get-Verb).Verb
    $topics = @{}
    # Which completer a parameter of a name has. Families of the history are known without AWS.
    $completers = @{
        Session                 = 'SessionCompleter'
        SessionId               = 'SessionCompleter'
        TaskArn                 = 'TaskArnCompleter'
        ContainerName           = 'ContainerNameCompleter'
        Reason                  = 'ReasonCompleter'
        Cluster                 = 'ClusterCompleter'
        Service                 = 'ServiceCompleter'
        TaskDefinition          = 'TaskDefinitionCompleter', 'HistoryCompleter'
        FromTaskDefinition      = 'TaskDefinitionCompleter'
        Subnet                  = 'SubnetCompleter'
        SecurityGroup           = 'SecurityGroupCompleter'
        InstanceConnectEndpoint = 'InstanceConnectEndpointCompleter'
        Preset                  = 'PresetCompleter'
        ProfileName             = 'ProfileNameCompleter'
        Region                  = 'RegionCompleter'
        Cpu                     = 'CpuCompleter'
        Memory                  = 'MemoryCompleter'
        EphemeralStorage        = 'EphemeralStorageCompleter'
        Status                  = 'StatusCompleter'
    }

    # Its parameters, without those that every cmdlet has.
    function Get-OwnParameter($Cmdlet) {
        $Cmdlet.Parameters.Values | Where-Object Name -NotIn $common
    }

    # PowerShell's own refusals of parameters that do not go together.
    $refused = '^(AmbiguousParameterSet|MissingMandatoryParameter|NamedParameterNotFound)'

    # A value that a parameter takes and that leads to nothing.
    function Get-ValueOfNothing($Parameter) {
        $type = $Parameter.ParameterType
        $element = $type.IsArray ? $type.GetElementType() : ([Nullable]::GetUnderlyingType($type) ?? $type)
        switch ($element) {
            ([string]) { 'no-such-thing' }
            ([int]) { 1 }
            ([switch]) { $true }
            # A session with a task that nobody knows.
            default { New-UnknownSession }
        }
    }
}

Describe '<_.Name>' -ForEach $cmdlets {
    BeforeAll {
        $cmdlet = $_
        $own = Get-OwnParameter $cmdlet
        $help = Get-Help $cmdlet.Name -Full
        $described = @{}
        foreach ($parameter in $help.parameters.parameter) { $described[$parameter.name] = $parameter }
    }

    It 'has an approved verb' {
        $approvedVerbs | Should -Contain $cmdlet.Verb
    }

    It 'has a singular noun in PascalCase that begins with Fargate' {
        $cmdlet.Noun | Should -MatchExactly '^Fargate([A-Z][a-z]+)*$'
        # "Address" is singular, for all its end.
        $cmdlet.Noun | Should -Match '([^s]|ss)$'
    }

    It 'says what it returns' {
        $cmdlet.OutputType | Should -Not -BeNullOrEmpty
    }

    It 'has parameters in PascalCase, of which none is a plural' {
        $own.Name | Where-Object { $_ -cnotmatch '^([A-Z][a-z0-9]*)+$' } | Should -BeNullOrEmpty
        $singulars = 'Status', 'Socks', 'StandardErrorAs'
        $own.Name | Where-Object { $_ -match '[^s]s$' -and $_ -notin $singulars } | Should -BeNullOrEmpty
    }

    It 'has no alias that is a name of something else' {
        $names = @($cmdlet.Parameters.Keys) + $cmdlet.Parameters.Values.Aliases
        $names | Group-Object | Where-Object Count -GT 1 | ForEach-Object Name | Should -BeNullOrEmpty
    }

    It 'opens its page of this repository with Get-Help -Online' {
        $page = "module/help/$($cmdlet.Name).md"
        $cmdlet.HelpUri | Should -BeExactly "https://github.com/EcsFargateLogin/EcsFargateLogin/blob/main/$page"
        Get-Content (Join-Path $root $page) -TotalCount 1 | Should -BeExactly "# $($cmdlet.Name)"
        # Get-Help -Online takes the first link, and HelpUri only where there is none.
        @($help.relatedLinks.navigationLink)[0].uri | Should -BeExactly $cmdlet.HelpUri
    }

    It 'leads to cmdlets and topics that have help' {
        # Cmdlets link to one another: each topic is searched once.
        foreach ($link in @($help.relatedLinks.navigationLink | Select-Object -Skip 1).linkText | Where-Object { -not $topics[$_] }) {
            $topics[$link] = @(Get-Help $link).Count
            $topics[$link] | Should -Be 1 -Because "of the link to $link"
        }
    }

    It 'has a synopsis, a description and three examples or more, each with words' {
        $help.Synopsis | Should -Match '\.\s*$'
        $help.description.Text | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
        $help.examples.example | Where-Object { -not $_.code -or -not ($_.remarks.Text -join '').Trim() } | Should -BeNullOrEmpty
    }

    It 'has each parameter described, and no other' {
        $described.Keys | Sort-Object | Should -Be ($own.Name | Sort-Object)
        $described.Values | Where-Object { -not ($_.description.Text -join '').Trim() } | Should -BeNullOrEmpty
    }

    It 'has a tool tip for each parameter, one sentence in a line of 80 columns' {
        # -WhatIf and -Confirm are PowerShell's.
        foreach ($parameter in $own | Where-Object Name -NotIn WhatIf, Confirm) {
            foreach ($set in $parameter.ParameterSets.Values) {
                $set.HelpMessage | Should -MatchExactly '^\S.{10,78}\.$' -Because "of -$($parameter.Name)"
            }
        }
    }

    It 'completes each parameter of which the values can be known' {
        foreach ($parameter in $own | Where-Object { $completers[$_.Name] }) {
            # -Session takes no ids where -SessionId does.
            if ($parameter.Name -eq 'Session' -and $own.Name -contains 'SessionId') { continue }
            $offering = $parameter.Attributes | Where-Object { $_ -is [Management.Automation.ArgumentCompleterAttribute] }
            "$($offering.Type.Name)" | Should -BeIn $completers[$parameter.Name] -Because "of -$($parameter.Name)"
        }
    }

    It 'says in words what texts it takes' {
        $own | Where-Object { $_.Attributes.TypeId.Name -contains 'ValidatePatternAttribute' } | ForEach-Object Name | Should -BeNullOrEmpty
    }

    It 'documents defaults as they are' {
        $instance = [Activator]::CreateInstance($cmdlet.ImplementingType)
        $wrong = foreach ($name in $described.Keys | Where-Object { $cmdlet.ImplementingType.GetProperty($_) }) {
            # What is nothing is said to be nothing: no value, no items, 0 where that means no limit.
            # A default that is merged is declared: presets come before it.
            $declared = $cmdlet.ImplementingType.GetProperty($name).GetCustomAttributes([PSDefaultValue], $true)
            $value = @($declared ? $declared.Value : $instance.$name) -join ', '
            $said = "$($described[$name].defaultValue)"
            if ($said -cne $value -and -not ($said -ceq 'None' -and $value -in '', '0')) {
                "-$name is '$value', and its help says '$said': correct its <value>."
            }
        }
        $wrong | Should -BeNullOrEmpty
    }

    It 'documents position, pipeline and aliases as they are' {
        $texts = foreach ($parameter in $own) {
            $sets = @($parameter.ParameterSets.Values)
            $positions = @($sets.Position | Where-Object { $_ -ge 0 } | Sort-Object -Unique)
            $pipeline = @(
                if ($sets.ValueFromPipelineByPropertyName -contains $true) { 'ByPropertyName' }
                if ($sets.ValueFromPipeline -contains $true) { 'ByValue' }
            )
            $binding = $pipeline ? "True ($($pipeline -join ', '))" : 'False'
            $aliases = $parameter.Aliases ? ($parameter.Aliases -join ', ') : 'none'
            $said = $described[$parameter.Name]
            # Where sets differ, one of the positions is enough.
            $position = $positions.Count -eq 0 ? 'named' : $said.position -in $positions ? $said.position : $positions -join ' or '
            @{
                Is   = "-$($parameter.Name): position $position, pipeline $binding, aliases $aliases"
                Said = "-$($parameter.Name): position $($said.position), pipeline $($said.pipelineInput), aliases $($said.aliases)"
            }
        }
        $texts.Said | Should -Be $texts.Is
    }

    It 'shows the examples of its own, which PowerShell understands' {
        foreach ($code in $help.examples.example.code) {
            $problems = $null
            $null = [Management.Automation.Language.Parser]::ParseInput($code, [ref]$null, [ref]$problems)
            $problems | Should -BeNullOrEmpty -Because $code
        }
        $help.examples.example.code -join "`n" | Should -Match ([regex]::Escape($cmdlet.Name))
    }
}

Describe '<_.Name>, which changes something' -ForEach $changingCmdlets {
    It 'has -WhatIf and -Confirm' {
        $_.Parameters.Keys | Should -Contain 'WhatIf'
        $_.Parameters.Keys | Should -Contain 'Confirm'
    }
}

Describe '<_.Name>, which reaches AWS' -ForEach $awsCmdlets {
    BeforeAll {
        $cmdlet = $_
    }

    It 'takes credentials and region under the names of AWS Tools' {
        $aliases = @{
            ProfileName     = 'StoredCredentials', 'AWSProfileName'
            ProfileLocation = 'AWSProfilesLocation', 'ProfilesLocation'
            AccessKey       = 'AK'
            SecretKey       = 'SK', 'SecretAccessKey'
            SessionToken    = 'ST'
            Region          = 'RegionToCall'
            Credential      = @()
            EndpointUrl     = @()
        }
        foreach ($name in $aliases.Keys) {
            $cmdlet.Parameters.Keys | Should -Contain $name
            $own = $cmdlet.Parameters[$name].Aliases | Sort-Object
            $own | Should -Be ($aliases[$name] | Sort-Object) -Because "that is -$name in AWS Tools"
        }
    }

    It 'has an error with an id and a next step for what is not there' {
        $arguments = @{ ProfileName = 'no-such-profile'; ErrorAction = 'SilentlyContinue' }
        $set = @($cmdlet.ParameterSets | Sort-Object { -not $_.IsDefault })[0]
        foreach ($parameter in $set.Parameters | Where-Object IsMandatory) {
            $arguments[$parameter.Name] = Get-ValueOfNothing $parameter
        }
        if ($cmdlet.Verb -eq 'Receive') {
            # Nothing was begun: nobody is asked for it.
            & $cmdlet @arguments | Should -BeNullOrEmpty
            return
        }
        if ($cmdlet.Verb -eq 'Test') {
            # What is an error to others, a doctor finds.
            & $cmdlet @arguments | Where-Object Result -EQ Failed | Should -Not -BeNullOrEmpty
            return
        }
        try { $null = & $cmdlet @arguments -ErrorVariable written } catch { $written = @($_) }
        $written[0].Exception | Should -BeOfType EcsFargateLogin.FargateException
        $written[0].Exception.NextStep | Should -Not -BeNullOrEmpty
        $written[0].FullyQualifiedErrorId | Should -Be "$($written[0].Exception.Error),$($cmdlet.ImplementingType.FullName)"
    }
}

Describe '<_.Name> with a default for parameters of its other sets' -ForEach $sessionCmdlets {
    BeforeAll {
        $cmdlet = $_
    }

    It 'takes a session of the pipeline: -<_>' -ForEach 'Cluster', 'ContainerName', 'TaskDefinition', 'Subnet' {
        $PSDefaultParameterValues = @{ "*-Fargate*:$_" = 'no-such-thing' }
        $arguments = @{}
        $set = @($cmdlet.ParameterSets | Where-Object { $_.Parameters | Where-Object { $_.Name -eq 'Session' -and $_.ValueFromPipeline } })[0]
        foreach ($parameter in $set.Parameters | Where-Object { $_.IsMandatory -and $_.Name -ne 'Session' }) {
            $arguments[$parameter.Name] = Get-ValueOfNothing $parameter
        }
        $session = New-UnknownSession
        $said = Get-ErrorOf { $session | & $cmdlet @arguments }
        $said.Id | Should -Not -Match $refused
    }
}

Describe 'Cmdlets of sessions, with a default for parameters of their other sets' {
    It 'need no session: <_>' -ForEach 'Get-FargateSession', 'Export-FargateSshConfig', 'Remove-FargateSshConfig' {
        $PSDefaultParameterValues = @{ '*-Fargate*:TaskDefinition' = 'no-such-thing'; '*-Fargate*:Cluster' = 'no-such-thing' }
        $name = $_
        (Get-ErrorOf { & $name -EA Continue }).Id | Should -Not -Match $refused
    }
}

Describe 'Cmdlets that do not reach AWS' {
    BeforeAll {
        $badInput = @{
            'Export-FargateLoginContainer' = { Export-FargateLoginContainer rails ./ -Distribution Debian -Force:$false }
            'Get-FargateSessionPreset'     = { Get-FargateSessionPreset no-such-preset }
            'Get-FargateTunnel'            = { Get-FargateTunnel 999999 }
            'Remove-FargateSessionPreset'  = { Remove-FargateSessionPreset no-such-preset }
            'Remove-FargateSshConfig'      = { Remove-FargateSshConfig -ConfigPath ./ }
            'Save-FargateSessionPreset'    = { Save-FargateSessionPreset 'no/such name' -Cluster prod }
            'Stop-FargateTunnel'           = { Stop-FargateTunnel 999999 }
        }
        Push-Location $TestDrive
        Set-Content ./Dockerfile 'FROM scratch'
    }

    AfterAll {
        Pop-Location
    }

    It 'has an error with an id for bad input: <_.Name>' -ForEach (
        $cmdlets | Where-Object Name -NotIn $awsCmdlets.Name) {
        $badInput.Keys | Should -Contain $_.Name -Because 'a new cmdlet has bad input too: name some in this test'
        $ErrorActionPreference = 'Stop'
        $thrown = { & $badInput[$_.Name] } | Should -Throw -PassThru -Because "that is no input for $($_.Name)"
        $thrown.Exception | Should -BeOfType EcsFargateLogin.FargateException
        $thrown.FullyQualifiedErrorId | Should -Be "$($thrown.Exception.Error),$($_.ImplementingType.FullName)"
    }
}

Describe 'The type <_.FullName>' -ForEach $ownTypes {
    It 'has a view' {
        Get-FormatData $_.FullName | Should -Not -BeNullOrEmpty
    }
}
