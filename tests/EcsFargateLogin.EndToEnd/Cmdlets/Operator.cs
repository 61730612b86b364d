using System.Diagnostics;
using LocalFargate;
using LocalFargate.Tasks;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// Somebody at a PowerShell with the built module imported, with a LocalFargate of their own as AWS account. The
/// module's parameters default to that account, so tests type what they are about and nothing else.
/// </summary>
internal sealed class Operator : IAsyncDisposable
{
    private static readonly Lock s_import = new();

    private readonly Lazy<EngineRunspace> _shell;

    private Operator(LocalFargateServer fargate)
    {
        Fargate = fargate;
        StateHome = Directory.CreateTempSubdirectory("fargate-login-state-").FullName;
        _shell = new Lazy<EngineRunspace>(OpenShell);
    }

    /// <summary>
    /// Parameters of New-FargateSession for a container that does not prove its host key, as those of older images: the log has to
    /// tell it.
    /// </summary>
    public const string WithoutProof = "-Command env, _SESSION_PROOF_KEY=, /usr/local/bin/start-sshd.sh";

    /// <summary>The account.</summary>
    public LocalFargateServer Fargate { get; }

    /// <summary>XDG_STATE_HOME of processes; sessions in this process share <see cref="OperatorHome.StateHome"/>.</summary>
    public string StateHome { get; }

    /// <summary>
    /// The name or path of the module that is imported: the built one, unless a test is about another copy of it.
    /// </summary>
    public string Module { get; init; } = Checkout.Manifest;

    public static async Task<Operator> StartAsync(LocalFargateOptions? options = null, string? module = null) =>
        // A container that is asked to stop before its script runs does not hear it.
        new(await LocalFargateServer.StartAsync((options ?? new()) with { StopTimeout = TimeSpan.FromSeconds(1) }))
        {
            Module = module ?? Checkout.Manifest,
        };

    /// <summary>Runs a script to its end, in this process.</summary>
    public Invocation Run(string script, params object?[] arguments) => _shell.Value.Invoke(script, arguments);

    /// <summary>Starts a script in this process: to watch it, or to stop it.</summary>
    public Invocation Start(string script, params object?[] arguments) => _shell.Value.Start(script, arguments);

    /// <summary>A variable of the PowerShell in this process.</summary>
    public object? Variable(string name) => _shell.Value.GetVariable(name);

    /// <summary>
    /// The same PowerShell as a process of its own, for what is a process's: its terminal, input, signals, exit code
    /// and environment. Change the environment of what is returned at will.
    /// </summary>
    /// <param name="script">What it runs.</param>
    /// <param name="beforeImport">What it runs before it imports the module.</param>
    public ProcessStartInfo Process(string script, string beforeImport = "")
    {
        var file = Path.Combine(StateHome, $"{Guid.NewGuid():N}.ps1");
        File.WriteAllText(file, $"{beforeImport}\n{Preamble()}\n{script}\n");
        var start = EngineProcess.Script(file);
        start.Environment["AWS_ACCESS_KEY_ID"] = Fargate.AccessKeyId;
        start.Environment["AWS_SECRET_ACCESS_KEY"] = Fargate.SecretAccessKey;
        start.Environment["XDG_STATE_HOME"] = StateHome;
        // A PowerShell that is killed leaves files and sockets there.
        start.Environment["TMPDIR"] = Directory.CreateDirectory(Path.Combine(StateHome, "tmp")).FullName;
        // PowerShell colours its streams whether or not there is a terminal.
        start.Environment["NO_COLOR"] = "1";
        return start;
    }

    /// <summary>
    /// The same script for a process of another operator: with the account and the place for sessions of this one.
    /// </summary>
    public string ScriptFor(string script) => $"$env:XDG_STATE_HOME = '{StateHome}'\n{Preamble()}\n{script}\n";

    /// <summary>Runs a script in a process of its own and pipes that input to it.</summary>
    public Task<ProcessResult> RunProcessAsync(string script, string input = "") =>
        EngineProcess.RunAsync(Process(script), input);

    /// <summary>
    /// Runs a script in a process that runs scripts of other tests too. That suits whatever needs another PowerShell and its
    /// files in <see cref="StateHome"/>, or a shell without a terminal, and does not check that process's end.
    /// </summary>
    /// <param name="script">What it runs.</param>
    /// <param name="input">What is typed; the last of it has to leave the shell.</param>
    public Task<ProcessResult> RunApartAsync(string script, string input = "") =>
        StandingPowerShell.RunInAnyAsync(Process(script), input);

    /// <summary>The calls of an operation that the account has received.</summary>
    public IReadOnlyList<ReceivedCall> Calls(string operation) =>
        [.. Fargate.Calls.Where(call => call.Operation == operation)];

    /// <summary>The operations that the account has received, for the message of a failure.</summary>
    public string CalledOperations => string.Join(", ", Fargate.Calls.Select(call => call.Operation));

    /// <summary>Waits until the account has received a call.</summary>
    public Task ReceivesAsync(string operation) => Eventually.BecomesAsync(
        () => Calls(operation).Count > 0,
        () => $"{operation} did not come, but {CalledOperations}.");

    /// <summary>
    /// Asserts that no task lives or will live on, that each was stopped by a call, and that processes left no file.
    /// </summary>
    public async Task LeftNothingAsync()
    {
        // By a call, whatever its stop code: after its last login the container ends by itself, at times before the call.
        Assert.All(Fargate.Tasks, task => Assert.Contains(
            Calls("StopTask"), call => task.Arn.EndsWith((string)call.Parameters["task"]!, StringComparison.Ordinal)));
        Assert.Empty(SessionFiles());
        Assert.All(Fargate.Tasks, task => Assert.False(Directory.Exists(SharedFolderOf(task.StartedBy!))));
        await Eventually.BecomesAsync(
            () => Fargate.Tasks.All(task => task.Phase == TaskPhase.Stopped && !task.IsAlive),
            () => string.Join(", ", Fargate.Tasks));
    }

    /// <summary>The folder of a session that was started in this process.</summary>
    public static string SharedFolderOf(string sessionId) =>
        Path.Combine(OperatorHome.StateHome, "EcsFargateLogin", "sessions", sessionId);

    /// <summary>The folder in which processes of this operator have the folders of sessions.</summary>
    public string SessionsFolder => Path.Combine(StateHome, "EcsFargateLogin", "sessions");

    /// <summary>The files of sessions that processes of this operator have left.</summary>
    public IReadOnlyList<string> SessionFiles() => Directory.Exists(SessionsFolder)
        ? Directory.GetFileSystemEntries(SessionsFolder, "*", SearchOption.AllDirectories)
        : [];

    public async ValueTask DisposeAsync()
    {
        if (_shell.IsValueCreated)
        {
            _shell.Value.Dispose();
        }

        this.ForgetSessions();
        await Fargate.DisposeAsync();
        Directory.Delete(StateHome, recursive: true);
    }

    private EngineRunspace OpenShell()
    {
        // PowerShell reads which cmdlets an assembly has when it is first imported, and two runspaces that do so at once may each
        // get a part of them.
        lock (s_import)
        {
            var shell = EngineRunspace.Open();
            var run = shell.Invoke(Preamble());
            Assert.Null(run.TerminatingError);
            return shell;
        }
    }

    private string Preamble() => $$"""
        Import-Module '{{Module}}' -ErrorAction Stop
        $PSDefaultParameterValues = @{
            '*-Fargate*:Region' = '{{Fargate.Region}}'
            '*-Fargate*:EndpointUrl' = '{{Fargate.EndpointUrl}}'
            'New-FargateSession:TaskDefinition' = '{{Fargate.TaskDefinition}}'
            'New-FargateSession:Cluster' = '{{Fargate.Cluster}}'
            'New-FargateSession:Subnet' = '{{Fargate.Subnets[0]}}'
            'New-FargateSession:SecurityGroup' = '{{Fargate.SecurityGroups[0]}}'
            'New-FargateSession:Port' = {{Fargate.SshPort}}
        }
        """;
}
