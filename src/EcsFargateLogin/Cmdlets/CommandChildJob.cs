using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// The command of one session in the background: Invoke-FargateCommand in a runspace of its own, so that a job behaves as
/// the cmdlet does, and is stopped as Ctrl+C stops it.
/// </summary>
internal sealed class CommandChildJob : Job
{
    /// <summary>Upper bound for the time in which a runspace opens and the command begins, also on a busy machine.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly object _gate = new();
    private readonly TaskCompletionSource _isRunning = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PowerShell _shell;
    private bool _hasBegun;

    /// <param name="session">The session.</param>
    /// <param name="command">The command, as Get-Job shows it.</param>
    /// <param name="parameters">Invoke-FargateCommand's parameters but the session.</param>
    /// <param name="variables">Variables that say how AWS is reached.</param>
    public CommandChildJob(
        FargateSession session,
        string command,
        IReadOnlyDictionary<string, object?> parameters,
        IReadOnlyDictionary<string, object?> variables)
        : base(command)
    {
        PSJobTypeName = "FargateCommandJob";
        Session = session;
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry("Invoke-FargateCommand", typeof(InvokeFargateCommandCommand), null));
        foreach (var (name, value) in variables)
        {
            state.Variables.Add(new SessionStateVariableEntry(name, value, null));
        }

        _shell = PowerShell.Create(state);
        _shell.AddCommand("Invoke-FargateCommand").AddParameter(nameof(InvokeFargateCommandCommand.Session), session);
        foreach (var (name, value) in parameters)
        {
            _shell.AddParameter(name, value);
        }

        _shell.Streams.Error = Error;
        _shell.Streams.Warning = Warning;
        _shell.Streams.Verbose = Verbose;
        _shell.Streams.Debug = Debug;
        _shell.Streams.Information = Information;
        _shell.Streams.Progress = Progress;
        _shell.InvocationStateChanged += OnStateChanged;
    }

    /// <inheritdoc/>
    public override bool HasMoreData =>
        Output.Count + Error.Count + Warning.Count + Verbose.Count + Debug.Count + Information.Count > 0
        || JobStateInfo.State is JobState.NotStarted or JobState.Running;

    /// <inheritdoc/>
    public override string Location => Session.ToString();

    /// <inheritdoc/>
    public override string StatusMessage => Session.Status;

    /// <summary>The session.</summary>
    public FargateSession Session { get; }

    /// <summary>The PowerShell that runs the command. It owns the session if that ends with the job.</summary>
    public Runspace Runspace => _shell.Runspace;

    /// <summary>Starts the command.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_hasBegun || JobStateInfo.State != JobState.NotStarted)
            {
                return;
            }

            _hasBegun = true;
            Session.LoginBegun += NoteRunning;
            SetJobState(JobState.Running);
            PSDataCollection<PSObject> noInput = [];
            noInput.Complete();
            _shell.BeginInvoke(noInput, Output);
        }
    }

    /// <summary>Stops the command, and the session unless it is kept. Returns when both have ended.</summary>
    public override void StopJob()
    {
        // A job that has not begun is started first, because only the cmdlet stops the session. It would never run if it were
        // stopped while its runspace opens.
        Start();
        _ = Task.WaitAny([_isRunning.Task], StartLimit);
        _shell.Stop();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Session.LoginBegun -= NoteRunning;
            _shell.Dispose();
        }

        base.Dispose(disposing);
    }

    private void NoteRunning() => _isRunning.TrySetResult();

    private void OnStateChanged(object? sender, PSInvocationStateChangedEventArgs e)
    {
        if (e.InvocationStateInfo.State is PSInvocationState.Completed or PSInvocationState.Stopped or PSInvocationState.Failed)
        {
            // The command has ended before its login.
            NoteRunning();
        }

        switch (e.InvocationStateInfo.State)
        {
            case PSInvocationState.Completed:
                SetJobState(JobState.Completed);
                break;
            case PSInvocationState.Stopped:
                SetJobState(JobState.Stopped);
                break;
            case PSInvocationState.Failed:
                if (e.InvocationStateInfo.Reason is RuntimeException { ErrorRecord: { } error })
                {
                    Error.Add(error);
                }

                SetJobState(JobState.Failed);
                break;
        }
    }
}
