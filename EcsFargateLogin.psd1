@{
    ModuleVersion        = '0.1.0'
    GUID                 = '42cb4665-8562-498b-81d2-f6a9ecfaef40'
    Author               = 'EcsFargateLogin maintainers'
    CompanyName          = 'EcsFargateLogin maintainers'
    Copyright            = '(c) EcsFargateLogin maintainers. MIT License.'
    Description          = 'Opens an interactive shell in a fresh, one-off AWS Fargate task and makes sure that the task is gone afterwards.'

    PowerShellVersion    = '7.4'
    # No list with members is in @( ): PowerShell compiles those statement by statement, which made the import a tenth slower.
    CompatiblePSEditions = 'Core'

    NestedModules        = 'module/bin/EcsFargateLogin.dll'
    FormatsToProcess     = 'module/EcsFargateLogin.Format.ps1xml'

    CmdletsToExport      =
        'Copy-FargateItem',
        'Enter-FargateShell',
        'Export-FargateLoginContainer',
        'Export-FargateSshConfig',
        'Get-FargateLog',
        'Get-FargateSession',
        'Get-FargateSessionPreset',
        'Get-FargateTaskAddress',
        'Get-FargateTunnel',
        'Grant-FargateAccess',
        'Invoke-FargateCommand',
        'New-FargateSession',
        'Receive-FargateCommand',
        'Register-FargateLoginTaskDefinition',
        'Remove-FargateSessionPreset',
        'Remove-FargateSshConfig',
        'Revoke-FargateAccess',
        'Save-FargateSessionPreset',
        'Start-FargateTunnel',
        'Stop-FargateSession',
        'Stop-FargateTunnel',
        'Test-FargateLogin',
        'Wait-FargateSession'
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()

    PrivateData          = @{
        PSData = @{
            Tags         = 'PSEdition_Core', 'Windows', 'Linux', 'MacOS', 'AWS', 'ECS', 'Fargate', 'SSH'
            LicenseUri   = 'https://github.com/EcsFargateLogin/EcsFargateLogin/blob/main/LICENSE'
            ProjectUri   = 'https://github.com/EcsFargateLogin/EcsFargateLogin'
            ReleaseNotes = 'https://github.com/EcsFargateLogin/EcsFargateLogin/blob/main/CHANGELOG.md'
        }
    }
}
