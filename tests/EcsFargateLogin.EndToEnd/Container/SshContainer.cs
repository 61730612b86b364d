using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>
/// The real start-sshd.sh with a real sshd in namespaces of its own, on an address of its own in 127.0.0.0/8. Disposal
/// ends it and removes every trace.
/// </summary>
internal sealed partial class SshContainer : IAsyncDisposable
{
    public const string Path = "/image/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin";

    private static readonly Encoding Bytes = Encoding.Latin1;
    private static readonly TimeSpan Limit = Cmdlets.Eventually.DefaultLimit;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("efl-container-");
    private readonly ContainerOptions _options;
    private ProcessRun? _run;
    private int _uptime = 1_000_000_000;

    private SshContainer(ContainerOptions options)
    {
        _options = options;
        KeyPath = FilePath("key");
    }

    public string Address { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"127.{Random.Shared.Next(64, 250)}.{Random.Shared.Next(1, 250)}.{Random.Shared.Next(1, 250)}");

    public int Port { get; private set; }

    /// <summary>The process with the namespaces of the container, all but those of processes and mounts.</summary>
    public int NamespaceProcessId => _run!.Id;

    /// <summary>The private key to log in with; at first the one that the container was started for.</summary>
    public string KeyPath { get; set; }

    public string Log => Encoding.UTF8.GetString(_run!.Output) + _run.Error;

    /// <summary>Type and text of the host key that the container has printed.</summary>
    public string HostKey => HostKeyLine().Match(Log) is { Success: true } match
        ? match.Groups[1].Value
        : throw new InvalidOperationException($"The log has no host key:\n{Log}");

    /// <summary>Starts a container and waits until it can be logged in to.</summary>
    public static async Task<SshContainer> StartAsync(ContainerOptions? options = null)
    {
        var container = await CreateAsync(options ?? new ContainerOptions());
        try
        {
            await container.WaitForLogAsync("Server listening");
            await File.WriteAllTextAsync(
                container.FilePath("known_hosts"), $"{container.HostName} {container.HostKey}\n");
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a container that is expected to refuse, and waits for its end.</summary>
    public static async Task<ProcessResult> RefuseAsync(ContainerOptions options)
    {
        await using var container = await CreateAsync(options);
        return await container.EndAsync();
    }

    public Task<ProcessResult> EndAsync() => _run!.EndAsync();

    public Task<ProcessResult> SshAsync(string command, string user = "root", params string[] options) =>
        ProcessRun.CompleteAsync("ssh", [.. ClientOptions, .. options, $"{user}@{Address}", command]);

    /// <summary>Starts ssh; the caller ends it.</summary>
    public ProcessRun StartSsh(params string[] arguments) =>
        ProcessRun.Start("ssh", [.. ClientOptions, .. arguments]);

    /// <summary>Logs in to a shell on a terminal of the container, and waits until it answers.</summary>
    public async Task<ProcessRun> StartTerminalAsync()
    {
        var terminal = StartSsh("-tt", $"root@{Address}");
        await terminal.Input.WriteAsync("echo ready-$((6*7))\n");
        await terminal.Input.FlushAsync();
        await UntilAsync(() => Encoding.UTF8.GetString(terminal.Output).Contains("ready-42", StringComparison.Ordinal));
        return terminal;
    }

    public Task<ProcessResult> SftpAsync(string batch) =>
        ProcessRun.CompleteAsync("sftp", ["-b", "-", .. ClientOptions, $"root@{Address}"], batch);

    /// <summary>
    /// Moves the container's own clock forward, and waits until the script has checked logins and limits with that, or has ended.
    /// </summary>
    public async Task PassAsync(int seconds)
    {
        // So that a login which has just begun or ended is noticed at the time at which it has.
        await WaitForLookAsync();
        _uptime += seconds;
        WriteUptime();
        await WaitForLookAsync();
    }

    /// <summary>Lets time pass until the container has ended by itself.</summary>
    public async Task PassUntilEndAsync()
    {
        for (var i = 0; !_run!.HasExited; i++)
        {
            Assert.True(i < 5, $"The container has not ended:\n{Log}");
            await PassAsync(10);
        }
    }

    /// <summary>Ends the container as ECS does.</summary>
    public async Task StopAsync()
    {
        var result = await ProcessRun.CompleteAsync("kill", ["-s", "TERM", Assert.Single(Process1)]);
        Assert.Equal(0, result.ExitCode);
    }

    public Task WaitForLogAsync(string text) => UntilAsync(() =>
        Log.Contains(text, StringComparison.Ordinal) ||
        (_run!.HasExited ? throw new InvalidOperationException($"The container ended:\n{Log}") : false));

    public string FilePath(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <summary>Makes a key pair and returns its public half.</summary>
    public static async Task<string> MakeKeyAsync(string path)
    {
        await ProcessRun.CompleteAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path]);
        return await File.ReadAllTextAsync(path + ".pub");
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
        {
            // unshare takes process 1 along, and process 1 every other process of the container.
            await _run.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>The command line by which root runs shell lines as another user (not where BusyBox is all there is).</summary>
    public static string As(int userId, string lines) =>
        $"setpriv --reuid {userId} --regid {userId} --clear-groups sh -c {Quote(lines)}";

    /// <summary>Process 1 of the container, or nothing where that has ended.</summary>
    private string[] Process1 => ChildrenOf(_run!.Id.ToString(CultureInfo.InvariantCulture));

    private string[] ChildrenOfProcess1() => Process1 is [var process1] ? ChildrenOf(process1) : [];

    private static string[] ChildrenOf(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Waits until the script has polled once from beginning to end, or has ended.</summary>
    private async Task WaitForLookAsync()
    {
        // Between two polls it waits for a process. The one that is there, and the next one, may have begun before.
        HashSet<string> seen = [.. ChildrenOfProcess1()];
        var known = seen.Count;
        await UntilAsync(() =>
        {
            seen.UnionWith(ChildrenOfProcess1());
            return _run!.HasExited || seen.Count >= known + 3;
        });
    }

    /// <summary>Writes the clock in place, because the file itself is mounted; always as many characters.</summary>
    private void WriteUptime()
    {
        using var file = File.OpenWrite(FilePath("uptime"));
        file.Write(Encoding.ASCII.GetBytes($"{_uptime}.00 0.00\n"));
    }

    private string HostName => Port == 22 ? Address : $"[{Address}]:{Port}";

    /// <summary>The options with which ssh logs in to this container and trusts no other.</summary>
    public IReadOnlyList<string> ClientOptions =>
    [
        "-F", "none", "-i", KeyPath, "-o", $"Port={Port}", "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
        "-o", $"HostKeyAlias={HostName}",
        "-o", "StrictHostKeyChecking=yes", "-o", $"UserKnownHostsFile={FilePath("known_hosts")}",
        "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "LogLevel=ERROR",
    ];

    private static async Task<SshContainer> CreateAsync(ContainerOptions options)
    {
        var container = new SshContainer(options);
        try
        {
            await container.PrepareAsync();
            container.Run();
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    private async Task PrepareAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new InvalidOperationException("These tests make namespaces and mounts: run them as root.");
        }

        File.Copy(ContainerFiles.Path("start-sshd.sh"), FilePath("start-sshd.sh"));
        await MakeKeyAsync(KeyPath);
        if (_options.HasOwnClock)
        {
            WriteUptime();
        }

        Port = _options.UserId == 0 ? 22 : FreePort();
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = Path,
            ["_AUTHORIZED_PUBLIC_KEY"] = await File.ReadAllTextAsync(KeyPath + ".pub"),
            ["_RECONNECT_WINDOW"] = "1",
        };
        if (!_options.HasOwnNetwork)
        {
            variables["_SSH_LISTEN_ADDRESS"] = Address;
        }

        if (Port != 22)
        {
            variables["_SSH_PORT"] = Port.ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in _options.Variables)
        {
            variables[name] = value;
        }

        var words = variables.Select(variable => Quote($"{variable.Key}={variable.Value}"));
        var start = $"env -i -- {string.Join(' ', words)} /bin/sh /start-sshd.sh";
        await File.WriteAllBytesAsync(FilePath("entry"), Bytes.GetBytes(_options.Setup + "\n" + (_options.IsProcess1 ? $"exec {start}\n" : $"""
            {start}
            status=$?
            echo files: /run/* /tmp/*
            for process in /proc/[0-9]*; do echo process: $(cat $process/comm); done
            exit $status

            """)));
    }

    private void Run() => _run = ProcessRun.Start("env",
    [
        $"DEBIAN13={Debian13.Folder}", "unshare",
        "--mount", "--pid", "--fork", "--kill-child", .. _options.HasOwnNetwork ? (string[])["--net"] : [],
        "sh", ContainerFiles.SandboxPath, _folder.FullName,
        _options.Kind.ToString().ToLowerInvariant(),
        _options.UserId.ToString(CultureInfo.InvariantCulture), .. _options.Sandbox,
        .. _options.HasOwnClock ? (string[])["clock"] : [],
    ]);

    private int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Parse(Address), 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^ecs-fargate-login host-key (\S+ \S+) for SHA256:\S+( nonce=\w+)?$", RegexOptions.Multiline)]
    private static partial Regex HostKeyLine();
}
