@{
    ModuleVersion      = '0.0.1'
    GUID               = 'b3f1a1f5-4d55-4a53-8a0c-2c5d9e6f7a10'
    Author             = 'EcsFargateLogin maintainers'
    Description        = 'A stand-in for AWS.Tools.Common for tests.'
    NestedModules      = @('AWS.Tools.Common.dll')
    # As the real one does: its SDK goes to the default load context on import.
    RequiredAssemblies = @('AWSSDK.Core.dll')
    CmdletsToExport    = @('Get-AWSCredential', 'Set-AWSCredential', 'Get-DefaultAWSRegion', 'Set-DefaultAWSRegion')
    FunctionsToExport  = @()
    AliasesToExport    = @()
    VariablesToExport  = @()
}
