using System.Management.Automation;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Runs a command or a local script in the containers of sessions, in many at the same time, and returns its output line by line,
/// as it comes. Sessions that were started in the same pipeline are stopped afterwards.
/// </summary>
[Cmdlet(VerbsLifecycle.Invoke, "FargateCommand", DefaultParameterSetName = PipelineSet,
    HelpUri = HelpPages.Folder + "Invoke-FargateCommand.md")]
[OutputType(typeof(string), typeof(byte[]), typeof(FargateCommandResult), typeof(Job), typeof(FargateDetachedCommand))]
public sealed partial class InvokeFargateCommandCommand : RunningTaskCmdlet
{
    private const string PipelineSet = "Pipeline";
    private const string SessionSet = "Session";
    private const string FileSet = "File";

    private readonly Dictionary<FargateSession, Login> _logins = [];
    private RemoteCommand? _command;
    private bool _isSessionNamed;
    private int? _exitCode;

    /// <summary>
    /// Sessions, as New-FargateSession returns them, or their ids. If they are named here, the pipeline can hold the command's
    /// input.
    /// </summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = PipelineSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [Parameter(Mandatory = true, ParameterSetName = SessionSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = FileSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [SessionArgument(IsNeededHere = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>
    /// The command, as it is typed into a shell: the user's login shell in the container parses it; by ECS Exec, which has none,
    /// bash where the image has it, or sh. Windows line ends are converted.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PipelineSet,
        HelpMessage = "The command, as it is typed into the user's shell in the container.")]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = SessionSet,
        HelpMessage = "The command, as it is typed into the user's shell in the container.")]
    [Parameter(Position = 0, ParameterSetName = ServiceSet,
        HelpMessage = "The command, as it is typed into the user's shell in the container.")]
    [Parameter(Position = 0, ParameterSetName = TaskSet,
        HelpMessage = "The command, as it is typed into the user's shell in the container.")]
    [ValidateNotNullOrEmpty]
    public string Command { get; set; } = "";

    /// <summary>
    /// A script on this machine. It is sent over standard input, and run by the program (with its option) that its first line
    /// names, or by sh.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = FileSet,
        HelpMessage = "A script on this machine, which is sent and run.")]
    [Parameter(ParameterSetName = ServiceSet, HelpMessage = "A script on this machine, which is sent and run.")]
    [Parameter(ParameterSetName = TaskSet, HelpMessage = "A script on this machine, which is sent and run.")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string FilePath { get; set; } = "";

    /// <summary>
    /// Arguments for the command or the script. Each arrives unchanged, with any characters but NUL; $null is skipped.
    /// </summary>
    [Parameter(HelpMessage = "Arguments for the command or the script.")]
    [Alias("Args")]
    [Words]
    [AllowEmptyString]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>The time limit of a command, in seconds, 1 to 999999999. Without it there is no limit.</summary>
    [Parameter(HelpMessage = "The time limit of a command, in seconds, 1 to 999999999.")]
    [ValidateRange(1, SessionLimits.Longest)]
    public int Timeout { get; set; }

    /// <summary>The number of sessions in which the command runs at the same time, 1 to 1000.</summary>
    /// <value>32</value>
    [Parameter(HelpMessage = "The number of sessions in which the command runs at the same time, 1 to 1000.")]
    [ValidateRange(1, 1000)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>Returns the bytes of standard output as they are, in byte arrays of up to 64 KB.</summary>
    [Parameter(HelpMessage = "Returns the bytes of standard output as they are, in arrays of up to 64 KB.")]
    public SwitchParameter Raw { get; set; }

    /// <summary>
    /// The target of the lines of standard error: the error stream, where they are no errors, or between the lines of standard
    /// output.
    /// </summary>
    /// <value>Error</value>
    [Parameter(HelpMessage = "The target of standard error: the error stream, or among the output.")]
    public StandardErrorTarget StandardErrorAs { get; set; }

    /// <summary>Returns one object a session, with the exit code, the duration and all that was printed.</summary>
    [Parameter(HelpMessage = "Returns one object a session: exit code, duration and all that was printed.")]
    public SwitchParameter PassThru { get; set; }

    /// <summary>
    /// Runs the command as a job with one child job a session, and returns that at once. A job keeps what was printed until it is
    /// received.
    /// </summary>
    [Parameter(HelpMessage = "Runs the command as a job with one child job a session.")]
    public SwitchParameter AsJob { get; set; }

    /// <summary>The name of the job.</summary>
    [Parameter(HelpMessage = "The name of the job.")]
    [ValidateNotNullOrEmpty]
    public string? JobName { get; set; }

    /// <summary>Checks the command before anything is waited for.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Guard(null, () =>
        {
            _isSessionNamed = IsForRunningTasks || MyInvocation.BoundParameters.ContainsKey(nameof(Session));
            var hasCommand = MyInvocation.BoundParameters.ContainsKey(nameof(Command));
            if (hasCommand == MyInvocation.BoundParameters.ContainsKey(nameof(FilePath)))
            {
                throw CommandErrors.CommandMissing(hasCommand);
            }

            var mergesErrors = StandardErrorAs == StandardErrorTarget.Output;
            _command = MyInvocation.BoundParameters.ContainsKey(nameof(FilePath))
                ? RemoteCommand.OfScript(GetUnresolvedProviderPathFromPSPath(FilePath), ArgumentList, mergesErrors)
                : RemoteCommand.OfLine(Command, ArgumentList, mergesErrors);
            DetachIfAsked();
            AddNamedInput();
        });
        if (_isSessionNamed)
        {
            AddSessions();
        }
    }

    /// <summary>Collects this record's sessions or input.</summary>
    protected override void ProcessRecord()
    {
        if (_isSessionNamed)
        {
            AddPipelineInput();
        }
        else
        {
            AddSessions();
        }
    }

    /// <summary>Runs the command in all sessions.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Guard(null, () =>
        {
            if (!AsJob)
            {
                FinishCommands();
            }
            else if (_logins.Count > 0)
            {
                FargateSession[] sessions = [.. _logins.Keys];
                _logins.Clear();
                StartJob(sessions);
            }
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _pump is not null && !_haveCommandsEnded)
        {
            // Another command has ended the pipeline.
            Abandon(_pump);
        }

        _pump?.Dispose();
        base.Dispose(disposing);
    }

    private protected override string WorkName => "command";

    private void AddSessions()
    {
        OwnOrKeep(Session);
        var sessions = IsForRunningTasks ? FindRunningTasks() : Session;
        foreach (var session in sessions.Where(session => !_logins.ContainsKey(session)))
        {
            Guard(session, () => _logins.Add(session, Reach(session)));
            if (!_logins.ContainsKey(session))
            {
                NoteExitCode(SshProcess.ConnectionFailed);
            }
        }
    }

    private CommandOptions OptionsFor(Login login) => new()
    {
        Ssh = login.Session.OpenTransport == FargateTransport.EcsExec ? "" : Ssh,
        SshOptions = Options,
        Command = _command!,
        Input = _shared!,
        Timeout = Timeout > 0 ? TimeSpan.FromSeconds(Timeout) : null,
        IsRaw = Raw,
    };

    private protected override void Show(SessionEvent happened)
    {
        switch (happened)
        {
            case SessionFailed failed:
                _shared!.Leave(failed.Session);
                NoteExitCode(SshProcess.ConnectionFailed);
                base.Show(failed);
                break;
            case ShellNotice notice when !CancelToken.IsCancellationRequested:
                WriteWarning($"{notice.Session}: {notice.Text}");
                break;
            default:
                base.Show(happened);
                break;
        }
    }

    private void Show(CommandEnded ended, CollectedOutput? collected)
    {
        if (Detach)
        {
            ShowDetached(ended, collected!);
            return;
        }

        _shared!.Leave(ended.Session);
        NoteExitCode(ended.ExitCode);
        if (ended.ExitCode != 0)
        {
            NativeConventions.NoteFailure(this);
        }

        if (collected is not null)
        {
            WriteObject(collected.ResultOf(ended));
        }

        if (ended.Error is not null)
        {
            Report(ended.Error, ended.Session);
        }
        else if (ended.ExitCode != 0 && LanguagePrimitives.IsTrue(GetVariableValue("PSNativeCommandUseErrorActionPreference")))
        {
            Report(CommandErrors.CommandFailed(ended.Session, ended.ExitCode), ended.Session);
        }
    }

    /// <summary>
    /// Sets $LASTEXITCODE: with many sessions to the last exit code that is not 0. One that cannot be logged in to has that of ssh.
    /// </summary>
    private void NoteExitCode(int exitCode)
    {
        if (!AsJob && !Detach)
        {
            _exitCode = exitCode != 0 || _exitCode is null ? exitCode : _exitCode;
            SessionState.PSVariable.Set("global:LASTEXITCODE", _exitCode);
        }
    }
}
