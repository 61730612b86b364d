using System.Management.Automation;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Commands that run in the background: one child job a session, a limited number at the same time.</summary>
internal sealed class CommandJob : Job
{
    private readonly object _gate = new();
    private readonly Queue<CommandChildJob> _waiting = [];
    private int _unfinished;
    private bool _isStopping;

    /// <param name="command">The command, as Get-Job shows it.</param>
    /// <param name="name">The job's name; null for the one that PowerShell generates.</param>
    /// <param name="children">The child jobs, not yet started.</param>
    /// <param name="throttleLimit">Number of them that run at the same time.</param>
    public CommandJob(string command, string? name, IReadOnlyCollection<CommandChildJob> children, int throttleLimit)
        : base(command, name)
    {
        PSJobTypeName = "FargateCommandJob";
        _unfinished = children.Count;
        foreach (var child in children)
        {
            ChildJobs.Add(child);
            _waiting.Enqueue(child);
            child.StateChanged += OnChildStateChanged;
        }

        ThrottleLimit = throttleLimit;
    }

    /// <inheritdoc/>
    public override bool HasMoreData => ChildJobs.Any(child => child.HasMoreData);

    /// <inheritdoc/>
    public override string Location => string.Join(", ", ChildJobs.Select(child => child.Location));

    /// <inheritdoc/>
    public override string StatusMessage => "";

    private int ThrottleLimit { get; }

    /// <summary>Starts as many children as may run at the same time; each that ends starts the next.</summary>
    public void Start()
    {
        SetJobState(JobState.Running);
        for (var i = 0; i < ThrottleLimit; i++)
        {
            StartNext();
        }
    }

    /// <summary>Stops the commands, and the sessions that are not kept. Returns when all have ended.</summary>
    public override void StopJob()
    {
        lock (_gate)
        {
            _isStopping = true;
        }

        // Also those that have not begun, because their sessions have to be stopped.
        Parallel.ForEach(ChildJobs, new ParallelOptions { MaxDegreeOfParallelism = ThrottleLimit }, child => child.StopJob());
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var child in ChildJobs)
            {
                child.Dispose();
            }
        }

        base.Dispose(disposing);
    }

    private void StartNext()
    {
        CommandChildJob? next;
        lock (_gate)
        {
            if (_isStopping || !_waiting.TryDequeue(out next))
            {
                return;
            }
        }

        next.Start();
    }

    private void OnChildStateChanged(object? sender, JobStateEventArgs e)
    {
        if (e.JobStateInfo.State is not (JobState.Completed or JobState.Failed or JobState.Stopped))
        {
            return;
        }

        if (Interlocked.Decrement(ref _unfinished) == 0)
        {
            SetJobState(
                ChildJobs.Any(child => child.JobStateInfo.State == JobState.Failed) ? JobState.Failed
                : _isStopping ? JobState.Stopped
                : JobState.Completed);
        }

        StartNext();
    }
}
