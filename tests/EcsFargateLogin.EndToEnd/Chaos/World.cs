using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Signing;
using PowerShellHost;
using Xunit.Sdk;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>The account and the journal of one schedule, and all that its users see.</summary>
internal sealed partial class World : IAsyncDisposable
{
    /// <summary>The output of an act that needs a session where the user has none.</summary>
    public const string NoSession = "no session";

    private const string SecretKey = "planted-secret-of-chaos";
    private const string SessionToken = "planted-token-of-chaos";

    private readonly Operator _me;
    private readonly Watcher _watcher;
    private readonly Lock _lock = new();
    private readonly List<SeenError> _errors = [];
    private readonly List<string> _streams = [];
    private readonly List<UseEnd> _uses = [];
    private readonly List<CopiedFile> _copies = [];
    private readonly List<string> _hangs = [];
    private readonly byte[] _sent = new byte[100_000];
    private int _copied;

    private World(Lane lane, Operator me)
    {
        (Lane, _me) = (lane, me);
        HomeName = $"home-{Guid.NewGuid():N}";
        SeenHome = Directory.CreateDirectory(Path.Combine(lane.SeenDisk, HomeName)).FullName;
        _watcher = new Watcher(Sessions);
        new Random(0).NextBytes(_sent);
        File.WriteAllBytes(SentPath, _sent);
    }

    public LocalFargateServer Fargate => _me.Fargate;

    /// <summary>Where it is.</summary>
    public Lane Lane { get; }

    /// <summary>Whether a folder of the journal was deleted: its session can be found in its cluster alone.</summary>
    public bool HasLostFolder { get; set; }

    /// <summary>XDG_STATE_HOME of the users, as this process sees it.</summary>
    public string SeenHome { get; }

    /// <summary>The folder with the folders of sessions, as this process sees it.</summary>
    public string Sessions => Path.Combine(SeenHome, "EcsFargateLogin", "sessions");

    /// <summary>The file that copies send.</summary>
    public string SentPath => Path.Combine(_me.StateHome, "sent");

    private string HomeName { get; }

    public static async Task<World> OpenAsync(Lane lane)
    {
        World world = new(lane, await Operator.StartAsync(new LocalFargateOptions
        {
            Credentials = [new AwsCredential("AKIDOFCHAOS", SecretKey) { SessionToken = SessionToken }],
            Operator = new OperatorPlace(IPAddress.Parse("203.0.113.7")),
            InstanceConnectEndpoints = [new InstanceConnectEndpointOptions()],
        }));
        var group = world.Fargate.SecurityGroups[0];
        world.Fargate.AddIngressRule(group, group, world.Fargate.SshPort, "the endpoint");
        world.Fargate.AddIngressRule(group, "203.0.113.0/24", world.Fargate.SshPort, "the office");
        world._watcher.Start();
        return world;
    }

    /// <summary>The PowerShell of a user.</summary>
    public Task<StandingPowerShell> ShellAsync(int user) => Lane.ShellAsync(user);

    /// <summary>Runs a script in the PowerShell of a user, to its end or that of the PowerShell.</summary>
    public Task RunAsync(int user, string script) => RunAsync(user, script, use: null);

    /// <summary>The same for a use of a session, with its name in the report.</summary>
    public async Task RunAsync(int user, string script, Use? use)
    {
        var shell = await Lane.ShellAsync(user);
        var report = Path.Combine(_me.StateHome, $"{Guid.NewGuid():N}.json");
        var start = ProcessOfUser(OperatorErrors.Reporting(script, report));
        start.Environment["TASKPORT"] = Fargate.SshPort.ToString(CultureInfo.InvariantCulture);
        start.Environment["SENT"] = SentPath;
        start.Environment["BACK"] = use is { IsCopy: true } ? BackPath() : "";
        var (screen, errors) = (shell.Process.Screen.Length, shell.Process.Errors.Length);
        var result = await TryRunAsync(shell, start, use?.Input ?? "");
        var seen = File.Exists(report) ? OperatorErrors.ReadReport(report) : [];
        var output = result is null ? null : Warnings().Replace(result.Output, "");
        var end = use is null || output?.EndsWith($"{NoSession}\n", StringComparison.Ordinal) == true ? null
            : await EndOfAsync(shell, new UseEnd(use, output, seen.Count > 0) { Errors = result?.Error ?? "" });
        lock (_lock)
        {
            _streams.Add(shell.Process.Screen[screen..]);
            _streams.Add(shell.Process.Errors[errors..]);
            _errors.AddRange(seen);
            if (end is not null)
            {
                _uses.Add(end);
            }
        }
    }

    /// <summary>A script for one of the lane's PowerShells, with the journal and the credentials of its users.</summary>
    private ProcessStartInfo ProcessOfUser(string script)
    {
        var start = _me.Process(script);
        start.Environment["XDG_STATE_HOME"] = Path.Combine(Lane.Disk, HomeName);
        start.Environment["AWS_SESSION_TOKEN"] = SessionToken;
        return start;
    }

    /// <summary>Ends the account's faults, lists and stops what is left, and says what has come of all.</summary>
    public async Task<Evidence> CloseAsync()
    {
        Fargate.Faults.Clear();
        var before = Fargate.Tasks;
        var sweep = await SweepAsync();
        var lines = sweep.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var holders = await HoldersAsync();
        await _watcher.DisposeAsync();
        return new Evidence
        {
            TasksBefore = before,
            Tasks = Fargate.Tasks,
            Listed = lines.Where(line => line.StartsWith("listed ", StringComparison.Ordinal)).Select(line => line[7..]).ToHashSet(),
            NotStopped =
            [
                .. lines.Where(line => !line.StartsWith("listed ", StringComparison.Ordinal)),
                .. sweep.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
                .. _hangs,
            ],
            Errors = _errors,
            Streams = _streams,
            Secrets = new HashSet<string>([SecretKey, SessionToken, .. _watcher.Secrets, .. Fargate.SessionTokens]),
            SeenTexts = _watcher.Texts,
            Files = [.. FilesOf(SeenHome), .. FilesOf(Path.Combine(_me.StateHome, "tmp"))],
            // Nothing on this machine tells of a session without its folder.
            Rules = HasLostFolder ? [] : [.. Fargate.IngressRules(Fargate.SecurityGroups[0]).Where(rule => rule.Contains("fl-", StringComparison.Ordinal))],
            Holders = holders,
            Uses = _uses,
            Copies = _copies,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _me.DisposeAsync();
        if (Directory.Exists(SeenHome))
        {
            Directory.Delete(SeenHome, recursive: true);
        }
    }

    private string BackPath()
    {
        lock (_lock)
        {
            CopiedFile copy = new(Path.Combine(_me.StateHome, $"back-{++_copied}"), _sent);
            _copies.Add(copy);
            return copy.Path;
        }
    }

    /// <summary>Waits for the PowerShell of a use that has run nothing and said no error.</summary>
    private static async Task<UseEnd> EndOfAsync(StandingPowerShell shell, UseEnd end)
    {
        using CancellationTokenSource limit = new(HolderLimit);
        while (end is { HasRunNothing: true, HasFailed: false } && !shell.Process.HasEnded && !limit.IsCancellationRequested)
        {
            await Task.Delay(100, CancellationToken.None);
        }

        return end with { HasShellEnded = shell.Process.HasEnded };
    }

    /// <returns>Null where the PowerShell has ended first.</returns>
    private async Task<ProcessResult?> TryRunAsync(StandingPowerShell shell, ProcessStartInfo start, string input)
    {
        try
        {
            return await shell.RunAsync(start, input);
        }
        catch (Exception e) when (e is IOException || (e is InvalidOperationException && shell.Process.HasEnded))
        {
            // What it reads from is closed a moment before its end can be seen.
            await shell.Process.DisposeAsync();
            return null;
        }
        catch (XunitException e)
        {
            lock (_lock)
            {
                _hangs.Add(e.Message);
            }

            await shell.Process.DisposeAsync();
            return null;
        }
    }

    /// <summary>Reads a file; empty for one that somebody holds a lock on, which is a holder as well.</summary>
    private static string ReadShared(string file)
    {
        try
        {
            using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>What PowerShell shows of warnings, among the output of programs.</summary>
    [GeneratedRegex("^WARNING: .*\n", RegexOptions.Multiline)]
    private static partial Regex Warnings();

    private static IEnumerable<LeftFile> FilesOf(string folder) => Directory.Exists(folder)
        ? from file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
          select new LeftFile(file, ReadShared(file), Path.GetFileName(file) is "starts.json" or "starts.lock" or "ingress.lock")
        : [];
}
