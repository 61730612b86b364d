using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Container;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>LocalFargate as a program of its own.</summary>
internal sealed class StandaloneProgram : IAsyncDisposable
{
    private StandaloneProgram(ProcessRun process, JsonObject announcement)
    {
        Process = process;
        Announcement = announcement;
    }

    public ProcessRun Process { get; }

    /// <summary>The line that it prints when it listens.</summary>
    public JsonObject Announcement { get; }

    public string this[string name] => (string)Announcement[name]!;

    public FargatePlace Place => new(
        this["endpointUrl"], this["cluster"], (string)Announcement["subnets"]![0]!, (string)Announcement["securityGroups"]![0]!);

    public static async Task<StandaloneProgram> StartAsync(params string[] options)
    {
        var process = ProcessRun.Start("env", Arguments(options));
        try
        {
            await Wait.UntilAsync(() => process.HasExited || process.Output.Contains((byte)'\n'), "LocalFargate to listen");
            Assert.False(process.HasExited, $"LocalFargate has ended: {process.Error}");
            return new StandaloneProgram(process, JsonNode.Parse(process.Output)!.AsObject());
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public static Task<ProcessResult> CompleteAsync(params string[] options) =>
        ProcessRun.CompleteAsync("env", Arguments(options));

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    // The credentials of whoever runs the tests are none of its business.
    private static IEnumerable<string> Arguments(string[] options) =>
    [
        "-u", "AWS_ACCESS_KEY_ID", "-u", "AWS_SECRET_ACCESS_KEY", "-u", "AWS_SESSION_TOKEN", "AWS_REGION=eu-central-1",
        "dotnet", Path.Combine(AppContext.BaseDirectory, "LocalFargate.dll"), .. options,
    ];
}
