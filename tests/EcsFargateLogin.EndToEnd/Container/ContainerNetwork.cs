using System.Globalization;

namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>
/// A network namespace from which a container's is reached, and nothing else; both are gone with their processes.
/// </summary>
internal sealed class ContainerNetwork : IAsyncDisposable
{
    public const string IPv4Address = "10.211.0.2";
    public const string IPv6Address = "fd7a:211::2";

    private readonly ProcessRun _run;

    private ContainerNetwork(ProcessRun run) => _run = run;

    public static async Task<ContainerNetwork> JoinAsync(SshContainer container)
    {
        ContainerNetwork network = new(ProcessRun.Start(
            "unshare", ["--net", "sh", ContainerFiles.NetworkPath, Text(container.NamespaceProcessId)]));
        try
        {
            await SshContainer.UntilAsync(() => network._run.Output.Length > 0 ? true
                : network._run.HasExited ? throw new InvalidOperationException(network._run.Error)
                : false);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a program in this namespace; the caller ends it.</summary>
    public ProcessRun Start(string program, params IEnumerable<string> arguments) =>
        StartIn(_run.Id, program, arguments);

    /// <summary>Runs a program in the network namespace of another process.</summary>
    public static async Task<string> RunInAsync(int processId, string program, params IEnumerable<string> arguments)
    {
        await using var run = StartIn(processId, program, arguments);
        var result = await run.EndAsync();
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    /// <summary>Tries every TCP port of an address.</summary>
    /// <returns>Those that took the connection.</returns>
    public async Task<IReadOnlyList<int>> ScanAsync(string address)
    {
        const string Scan = "for port in {1..65535}; do { exec 3<>\"/dev/tcp/$0/$port\"; } 2>/dev/null && echo $port; done; true";
        var open = await RunInAsync(_run.Id, "bash", "-c", Scan, address);
        return [.. open.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(port => int.Parse(port, CultureInfo.InvariantCulture))];
    }

    public async ValueTask DisposeAsync() => await _run.DisposeAsync();

    private static ProcessRun StartIn(int processId, string program, IEnumerable<string> arguments) =>
        ProcessRun.Start("nsenter", ["--net", "--target", Text(processId), program, .. arguments]);

    private static string Text(int processId) => processId.ToString(CultureInfo.InvariantCulture);
}
