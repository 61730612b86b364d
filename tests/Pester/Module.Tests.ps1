#Requires -Version 7.4
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.5.0' }
[Diagnostics.CodeAnalysis.SuppressMessage('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Blocks share variables.')]
param()

BeforeAll {
    $root = Split-Path (Split-Path $PSScriptRoot)
    $manifestPath = "$root/EcsFargateLogin.psd1"
    Import-Module $manifestPath -Force
    $module = Get-Module EcsFargateLogin
}

AfterAll {
    Remove-Module EcsFargateLogin -ErrorAction Ignore
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
