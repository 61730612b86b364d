using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Presets;

/// <summary>Files of presets that several threads write.</summary>
public sealed class PresetTests
{
    [Fact]
    public async Task Presets_that_are_saved_at_the_same_time_are_all_kept()
    {
        using TemporaryFolder project = new();
        await using var me = await Operator.StartAsync();
        var start = me.Process(
            $$"""
            $PSDefaultParameterValues.Clear()
            Set-Location '{{project.Path}}'
            1..6 | ForEach-Object -ThrottleLimit 6 -Parallel {
                Import-Module '{{Checkout.Manifest}}'
                foreach ($number in 1..8) { Save-FargateSessionPreset "p$_-$number" -Cluster prod -ErrorAction Stop }
            }
            @(Get-FargateSessionPreset).Count
            """);
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(project.Path, "config");

        var run = await EngineProcess.RunAsync(start);

        Assert.Equal(("48\n", ""), (run.Output, run.Error));
    }
}
