using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>The module as a user imports it.</summary>
public sealed class ModuleTests
{
    private static readonly string[] Cmdlets =
    [
        "Copy-FargateItem", "Enter-FargateShell", "Export-FargateLoginContainer",
        "Get-FargateSession", "Get-FargateSessionPreset", "Get-FargateTaskAddress", "Get-FargateTunnel",
        "Invoke-FargateCommand", "New-FargateSession", "Register-FargateLoginTaskDefinition", "Remove-FargateSessionPreset",
        "Save-FargateSessionPreset", "Start-FargateTunnel", "Stop-FargateSession", "Stop-FargateTunnel", "Test-FargateLogin",
        "Wait-FargateSession",
    ];

    [Fact]
    public void It_exports_its_cmdlets_and_nothing_else()
    {
        using var shell = EngineRunspace.Open();
        shell.ImportModule(Checkout.Manifest);

        var run = shell.Invoke(
            """
            $module = Get-Module EcsFargateLogin
            ($module.ExportedCommands.Keys | Sort-Object) -join ' '
            "$($module.ExportedVariables.Count) $($module.ExportedAliases.Count)"
            (Get-Command -Module EcsFargateLogin | ForEach-Object CommandType | Sort-Object -Unique) -join ' '
            ([AppDomain]::CurrentDomain.GetAssemblies() |
                Where-Object { $_.Location -like '*/module/bin/*' -and
                    [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name -eq 'Default' } |
                ForEach-Object { $_.GetName().Name }) -join ' '
            """);

        Assert.Null(run.TerminatingError);
        Assert.Equal(string.Join(' ', Cmdlets), run.Output[0].ToString());
        Assert.Equal("0 0", run.Output[1].ToString());
        Assert.Equal("Cmdlet", run.Output[2].ToString());
        Assert.DoesNotContain("AWSSDK", run.Output[3].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_can_be_imported_again_and_removed()
    {
        await using var me = await Operator.StartAsync();

        var run = me.Run(
            """
            param($manifest)
            $session = New-FargateSession
            Import-Module $manifest -Force -ErrorAction Stop
            $session | Get-FargateTaskAddress -NoWait | ForEach-Object SessionId
            Remove-Module EcsFargateLogin -ErrorAction Stop
            "removed $(@(Get-Command *-Fargate*).Count)"
            Import-Module $manifest -ErrorAction Stop
            $session | Stop-FargateSession -PassThru | ForEach-Object Status
            """,
            Checkout.Manifest);

        Assert.Null(run.TerminatingError);
        Assert.Empty(run.Errors);
        Assert.Equal([me.Fargate.Tasks[0].StartedBy, "removed 0", "STOPPING"], run.Output.Select(item => item.ToString()));
        await me.LeftNothingAsync();
    }
}
