using System.Diagnostics;
using System.Globalization;
using LocalFargate;
using PowerShellHost;

namespace Benchmarks;

/// <summary>
/// A machine with PowerShell and the built module, with a LocalFargate of its own as its AWS account. Disposing it ends
/// the account's tasks and deletes the sessions' files.
/// </summary>
internal sealed class Workstation : IAsyncDisposable
{
    /// <summary>Longer than anything that is measured takes.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly string _stateHome = Directory.CreateTempSubdirectory("fargate-benchmark-").FullName;

    private Workstation(LocalFargateServer fargate) => Fargate = fargate;

    public LocalFargateServer Fargate { get; }

    public static async Task<Workstation> StartAsync(
        LocalFargateOptions options, CancellationToken cancellationToken) =>
        new(await LocalFargateServer.StartAsync(options, cancellationToken));

    /// <summary>
    /// Starts a script of Scripts/ in a PowerShell process of its own. It gets the parameters of New-FargateSession
    /// that reach this account, and nothing of the machine's own AWS environment.
    /// </summary>
    /// <param name="name">The script's file name.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="variables">Environment variables of the process.</param>
    public ScriptProcess Start(string name, string input, params (string Name, string Value)[] variables)
    {
        var start = EngineProcess.Script(
            Path.Combine(AppContext.BaseDirectory, "Scripts", name),
            "-Manifest", Checkout.Manifest,
            "-TaskDefinition", Fargate.TaskDefinition,
            "-Cluster", Fargate.Cluster,
            "-Subnet", Fargate.Subnets[0],
            "-SecurityGroup", Fargate.SecurityGroups[0],
            "-Port", Fargate.SshPort.ToString(CultureInfo.InvariantCulture),
            "-Region", Fargate.Region,
            "-EndpointUrl", Fargate.EndpointUrl);
        foreach (var variable in start.Environment.Keys.Where(IsOfAws).ToList())
        {
            start.Environment.Remove(variable);
        }

        start.Environment["AWS_ACCESS_KEY_ID"] = Fargate.AccessKeyId;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = Fargate.SecretAccessKey;
        start.Environment["XDG_STATE_HOME"] = _stateHome;
        // No presets of whoever runs this.
        start.Environment["XDG_CONFIG_HOME"] = _stateHome;
        foreach (var (variable, value) in variables)
        {
            start.Environment[variable] = value;
        }

        return new ScriptProcess(start, input);
    }

    /// <summary>Polls the account every 10 ms until the query finds something.</summary>
    /// <exception cref="TimeoutException">There was none in a minute.</exception>
    public async Task<T> WaitForAsync<T>(Func<LocalFargateServer, T?> query, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        try
        {
            while (true)
            {
                if (query(Fargate) is { } found)
                {
                    return found;
                }

                await Task.Delay(10, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var calls = string.Join(", ", Fargate.Calls.Select(call => call.Operation));
            throw new TimeoutException($"What is measured did not come. The calls until then: {calls}");
        }
    }

    /// <summary>Waits until the one task that there is has its public address, and its SSH server answers there.</summary>
    /// <returns>The address, and when it answered, as <see cref="Stopwatch.GetTimestamp"/> tells time.</returns>
    public async Task<(string Address, long At)> WaitForAnswerAsync(CancellationToken cancellationToken)
    {
        var address = await WaitForAsync(
            fargate => fargate.Tasks.Select(task => task.PublicAddress).FirstOrDefault(), cancellationToken);
        return (address, await SshPort.WaitForAnswerAsync(address, Fargate.SshPort, cancellationToken));
    }

    /// <summary>Returns ssh to the one session that there is, with its key and the host key that its server shows now.</summary>
    public async Task<ProcessStartInfo> SshToAsync(string address, CancellationToken cancellationToken)
    {
        var key = Directory.GetFiles(_stateHome, "id_ed25519", SearchOption.AllDirectories).Single();
        var port = Fargate.SshPort.ToString(CultureInfo.InvariantCulture);
        ProcessStartInfo scan = new("ssh-keyscan", ["-t", "ed25519", "-p", port, "--", address])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var scanning = Process.Start(scan)!;
        var knownHosts = Path.Combine(_stateHome, "known_hosts");
        await File.WriteAllTextAsync(knownHosts, await scanning.StandardOutput.ReadToEndAsync(cancellationToken), cancellationToken);
        return new ProcessStartInfo("ssh",
        [
            "-F", "none", "-T", "-i", key, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "StrictHostKeyChecking=yes",
            "-o", $"UserKnownHostsFile={knownHosts}", "-p", port, "-l", Fargate.UserName, "--", address,
        ]);
    }

    /// <summary>The private keys of sessions that are there.</summary>
    public int CountKeys() => Directory.GetFiles(_stateHome, "*", SearchOption.AllDirectories)
        .Count(file => File.ReadLines(file).FirstOrDefault()?.Contains("PRIVATE KEY", StringComparison.Ordinal) == true);

    /// <summary>The folders of sessions that are there.</summary>
    public int CountSessions() => Directory.GetDirectories(Path.Combine(_stateHome, "EcsFargateLogin", "sessions")).Length;

    /// <summary>The processes that run with a file of a session in their command line.</summary>
    public int CountSshProcesses() => Directory.GetDirectories("/proc").Count(process =>
        int.TryParse(Path.GetFileName(process), out _) && CommandLineOf(process).Contains(_stateHome, StringComparison.Ordinal));

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            // It has ended.
            return "";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Fargate.DisposeAsync();
        Directory.Delete(_stateHome, recursive: true);
    }

    private static bool IsOfAws(string variable) => variable.StartsWith("AWS_", StringComparison.Ordinal);
}
