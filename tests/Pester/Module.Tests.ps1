#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    Import-Module "$PSScriptRoot/Surface.psm1"
    $ErrorActionPreference = 'Continue'
    $root = Split-Path (Split-Path $PSScriptRoot)
    $manifestPath = "$root/EcsFargateLogin.psd1"
    $module = Get-Module EcsFargateLogin
}

Describe 'The manifest' {
    It 'is valid' {
        { Test-ModuleManifest $manifestPath -ErrorAction Stop } | Should -Not -Throw
    }

    It 'says where the module comes from and under which license' {
        $manifest = Test-ModuleManifest $manifestPath
        $manifest.LicenseUri | Should -Not -BeNullOrEmpty
        $manifest.ProjectUri | Should -Not -BeNullOrEmpty
        $manifest.ReleaseNotes | Should -Not -BeNullOrEmpty
        $manifest.Tags | Should -Contain 'PSEdition_Core'
    }

    It 'exports every cmdlet of the assembly, by name' {
        $assembly = $module.NestedModules[0].ImplementingAssembly
        $cmdlets = $assembly.GetExportedTypes() | ForEach-Object {
            $attribute = [Attribute]::GetCustomAttribute($_, [System.Management.Automation.CmdletAttribute])
            if ($attribute) { '{0}-{1}' -f $attribute.VerbName, $attribute.NounName }
        }
        $cmdlets | Should -Not -BeNullOrEmpty
        $exports = (Import-PowerShellDataFile $manifestPath).CmdletsToExport
        $exports | Sort-Object | Should -Be ($cmdlets | Sort-Object)
        $module.ExportedCmdlets.Keys | Sort-Object | Should -Be ($exports | Sort-Object)
    }

    It 'exports nothing but cmdlets' {
        $module.ExportedFunctions.Count | Should -Be 0
        $module.ExportedAliases.Count | Should -Be 0
        $module.ExportedVariables.Count | Should -Be 0
    }

    It 'exports the cmdlets that have tests of their own' {
        $tested = (Get-ChildItem $PSScriptRoot/*-*.Tests.ps1).Name -replace '\..*' | Sort-Object -Unique
        (Import-PowerShellDataFile $manifestPath).CmdletsToExport | Sort-Object | Should -BeExactly $tested
    }
}

Describe 'What is shipped' {
    It 'holds no assembly of PowerShell or of .NET' {
        $assemblies = Get-ChildItem "$root/module/bin" -Recurse -Filter *.dll
        $assemblies | Should -Not -BeNullOrEmpty
        $framework = Split-Path ([object].Assembly.Location)
        foreach ($assembly in $assemblies) {
            $assembly.Name | Should -Not -Match '^(System\.Management\.Automation|Microsoft\.PowerShell\.)'
            Join-Path $framework $assembly.Name | Should -Not -Exist
        }
    }
}

Describe 'The module' {
    It 'can be imported again and removed, and knows the sessions of before' -Skip:(-not $IsLinux) {
        $null = Connect-LocalFargate $TestDrive
        try {
            $seen = Invoke-Recorded -Argument $manifestPath -Script @'
                param($manifest)
                $session = New-FargateSession
                Import-Module $manifest -Force -ErrorAction Stop
                $session | Get-FargateTaskAddress -NoWait | ForEach-Object SessionId
                Remove-Module EcsFargateLogin -ErrorAction Stop
                "removed $(@(Get-Command *-Fargate* -ListImported).Count)"
                Import-Module $manifest -ErrorAction Stop
                $session | Stop-FargateSession -PassThru | ForEach-Object Status
'@
            $seen.Errors | Should -BeNullOrEmpty
            $seen.Output | Should -BeExactly (Get-StartedTask).startedBy, 'removed 0', STOPPING
            Assert-NothingLeft -Started 1
        }
        finally { Disconnect-LocalFargate }
    }

    It 'keeps AWS''s SDK apart from other modules''' -Skip:(-not $IsLinux) {
        $null = Connect-LocalFargate $TestDrive
        $PSDefaultParameterValues = Get-DefaultParameter
        try { Get-FargateSession | Should -BeNullOrEmpty } finally { Disconnect-LocalFargate }
        $ours = [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.Location -like '*[/\]module[/\]bin[/\]*' }
        $ours.GetName().Name | Should -Contain AWSSDK.Core
        $shared = $ours | Where-Object { [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name -eq 'Default' }
        $shared | ForEach-Object { $_.GetName().Name } | Should -BeLike EcsFargateLogin*
    }
}

Describe 'An error' {
    It 'says what to do next once, whatever the PowerShell' {
        $ErrorView = 'ConciseView'
        $record = try { Stop-FargateTunnel 999999 -ErrorAction Stop } catch { $_ }
        $shown = ($record | Out-String -Width 300) -replace '\e\[[0-9;]*m' -replace '\s+', ' '
        $record.Exception.NextStep | Should -BeExactly 'Get-FargateTunnel lists those there are.'
        [regex]::Matches($shown, [regex]::Escape($record.Exception.NextStep)).Count | Should -Be 1 -Because $shown
    }
}

Describe 'The table of errors' {
    It 'gives each a category that PowerShell knows' {
        $fields = [EcsFargateLogin.FargateError].GetFields('Public, Static')
        $fields.Count | Should -BeGreaterThan 70
        $unknown = foreach ($field in $fields) {
            $row = $field.GetCustomAttributes($false) | Where-Object { $_.GetType().Name -eq 'ErrorRowAttribute' }
            if ("$($row.Kind)" -cnotin [Enum]::GetNames([Management.Automation.ErrorCategory])) { $field.Name }
        }
        $unknown | Should -BeNullOrEmpty
    }
}

Describe 'What the module uses of PowerShell that is not public' {
    It 'is there in this PowerShell' {
        $internals = (Get-Command New-FargateSession).ImplementingType.Assembly.GetType('EcsFargateLogin.Pipeline.PowerShellInternals')
        $internals.GetProperties('Static, Public').Count | Should -BeGreaterThan 5
        $internals.GetProperty('Missing').GetValue($null) | Should -BeNullOrEmpty
    }
}

Describe 'Without what is not public in PowerShell' {
    BeforeAll {
        $assembly = (Get-Command New-FargateSession).ImplementingType.Assembly
        $any = [Reflection.BindingFlags]'Static, Public, NonPublic'
        $methods = @{}
        foreach ($name in 'NativeConventions.WriteErrorLine', 'NativeConventions.NoteFailure', 'SessionNote.AddByTable',
            'UpstreamStop.HasFailed', 'UpstreamStop.IsContent', 'PowerShellInternals.BindsFromPipeline') {
            $type, $method = $name.Split('.')
            $methods[$name] = $assembly.GetType("EcsFargateLogin.Pipeline.$type").GetMethod($method, $any)
        }

        # PowerShell's runtime for a cmdlet outside any pipeline has none of the members, and throws what is written as an error.
        $runtime = [Activator]::CreateInstance(
            [psobject].Assembly.GetType('System.Management.Automation.DefaultCommandRuntime'), [Collections.Generic.List[object]]::new())
        $cmdlet = [Activator]::CreateInstance((Get-Command Invoke-FargateCommand).ImplementingType)
        $cmdlet.CommandRuntime = $runtime
    }

    AfterAll {
        $cmdlet.Dispose()
    }

    It 'a line of standard error is an ordinary error' {
        $line = [Management.Automation.ErrorRecord]::new([InvalidOperationException]::new('a line'), 'Line', 'NotSpecified', $null)
        { $methods['NativeConventions.WriteErrorLine'].Invoke($null, @($cmdlet, $line)) } | Should -Throw '*a line*'
    }

    It 'a failing program leaves $? to the errors' {
        { $methods['NativeConventions.NoteFailure'].Invoke($null, @($cmdlet)) } | Should -Not -Throw
    }

    It 'no reason is known why a pipeline has stopped' {
        $stopped = [Management.Automation.PipelineStoppedException]::new()
        $methods['UpstreamStop.HasFailed'].Invoke($null, @($runtime)) | Should -BeFalse
        $methods['UpstreamStop.IsContent'].Invoke($null, @($stopped, $runtime)) | Should -BeFalse
    }

    It 'earlier commands run on' {
        $request = $assembly.GetType('EcsFargateLogin.Pipeline.UpstreamStop').GetMethod(
            'Request', $any, [type[]]([Management.Automation.PSCmdlet], [Reflection.ConstructorInfo]))
        { $request.Invoke($null, @($cmdlet, $null)) } | Should -Not -Throw
        # A constructor of something else than the exception that ends commands.
        { $request.Invoke($null, @($cmdlet, [psobject].GetConstructor([type[]]@([object])))) } | Should -Not -Throw
    }

    It 'a printed line still has its session' {
        $target = [psobject]::new('a line')
        $note = [psnoteproperty]::new('FargateSession', 'its session')
        $methods['SessionNote.AddByTable'].Invoke($null, @($target, $note))
        $target.FargateSession | Should -Be 'its session'
    }

    It 'a blank counts as typed' {
        $methods['PowerShellInternals.BindsFromPipeline'].Invoke($null, @($null)) | Should -BeFalse
        $methods['PowerShellInternals.BindsFromPipeline'].Invoke($null, @([string].GetMethod('Clone'))) | Should -BeFalse
    }
}

Describe 'The help' {
    It 'has the topic <_>, which fits 80 columns' -ForEach @(
        'about_EcsFargateLogin', 'about_EcsFargateLogin_Security', 'about_EcsFargateLogin_Troubleshooting'
    ) {
        $text = Get-Help $_
        @($text).Count | Should -Be 1
        $lines = $text -split "`n"
        $lines[0..1] | Should -BeExactly TOPIC, "    $_"
        $lines | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }

    It 'has a heading for every error in its troubleshooting' {
        # Ids that are no errors of the module's are given where all error records are made.
        $maker = Get-Item "$root/src/EcsFargateLogin/Pipeline/ErrorRecords.cs"
        Get-ChildItem "$root/src" -Recurse -Filter *.cs | Select-String -Pattern 'new ErrorRecord\(' | Should -BeNullOrEmpty
        $others = [regex]::Matches([IO.File]::ReadAllText($maker), '"([A-Z]\w+)"') | ForEach-Object { $_.Groups[1].Value }
        $errors = [Enum]::GetNames([EcsFargateLogin.FargateError]) + $others
        $errors | Should -Contain RemoteStandardError
        $page = Get-Content "$root/module/help/about_EcsFargateLogin_Troubleshooting.md"
        $topic = (Get-Help about_EcsFargateLogin_Troubleshooting) -split "`n"
        $errors | Where-Object { "### $_" -cnotin $page } | Should -BeNullOrEmpty
        $errors | Where-Object { "  $_" -cnotin $topic } | Should -BeNullOrEmpty
    }

    It 'is where an exception leads to' {
        $said = Get-ErrorOf { New-FargateSession rails-cli -Subnet subnet-1 -ProfileName no-such-profile }
        $said.Exception.HelpLink | Should -BeExactly ('https://github.com/EcsFargateLogin/EcsFargateLogin/blob/main/module/help/' +
            'about_EcsFargateLogin_Troubleshooting.md#profilenotfound')
    }
}
