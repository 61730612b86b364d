using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace PowerShellHost;

/// <summary>
/// One script that runs, or ran, in an <see cref="EngineRunspace"/>. Its streams can be read while it runs: each read
/// returns what was written until then.
/// </summary>
public sealed class Invocation
{
    private readonly PowerShell _powerShell;
    private readonly PSDataCollection<PSObject> _output = [];

    internal Invocation(Runspace runspace, string script, object?[] arguments)
    {
        _powerShell = PowerShell.Create();
        _powerShell.Runspace = runspace;
        _powerShell.AddScript(script);
        Array.ForEach(arguments, argument => _powerShell.AddArgument(argument));
        var input = new PSDataCollection<PSObject>();
        input.Complete();
        var running = _powerShell.BeginInvoke(input, _output);
        Completion = OnOwnThread(() => End(running));
    }

    /// <summary>Ends when the script has ended or was stopped; never faults.</summary>
    public Task Completion { get; }

    /// <summary>The objects that the script wrote to the pipeline.</summary>
    public IReadOnlyList<PSObject> Output => Read(_output);

    /// <summary>The non-terminating errors.</summary>
    public IReadOnlyList<ErrorRecord> Errors => Read(_powerShell.Streams.Error);

    /// <summary>The error that ended the script, or null.</summary>
    public ErrorRecord? TerminatingError { get; private set; }

    /// <summary>Whether <see cref="Stop"/> ended the script.</summary>
    public bool WasStopped { get; private set; }

    public IReadOnlyList<string> Warnings => [.. Read(_powerShell.Streams.Warning).Select(record => record.Message)];

    public IReadOnlyList<string> Verbose => [.. Read(_powerShell.Streams.Verbose).Select(record => record.Message)];

    public IReadOnlyList<string> Debug => [.. Read(_powerShell.Streams.Debug).Select(record => record.Message)];

    public IReadOnlyList<ProgressRecord> Progress => Read(_powerShell.Streams.Progress);

    public IReadOnlyList<InformationRecord> Information => Read(_powerShell.Streams.Information);

    /// <summary>Stops the script as Ctrl+C does, and waits until its cleanup has run.</summary>
    /// <param name="limit">How long to wait; <see cref="EngineProcess.DefaultLimit"/> where not given.</param>
    /// <exception cref="TimeoutException">The script did not stop in time.</exception>
    public void Stop(TimeSpan? limit = null)
    {
        var stopping = OnOwnThread(_powerShell.Stop);
        if (!Task.WaitAll([stopping, Completion], limit ?? EngineProcess.DefaultLimit))
        {
            throw new TimeoutException("The script did not stop in time.");
        }
    }

    /// <summary>
    /// Runs what blocks. On threads of the pool, which are few and grow slowly, it would keep a module and a server in the same
    /// process waiting for theirs.
    /// </summary>
    private static Task OnOwnThread(Action work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Item by item: between a collection's count and a copy of it, a script that runs may add some.</summary>
    private static List<T> Read<T>(PSDataCollection<T> stream) =>
        [.. Enumerable.Range(0, stream.Count).Select(index => stream[index])];

    private void End(IAsyncResult running)
    {
        try
        {
            _powerShell.EndInvoke(running);
        }
        catch (PipelineStoppedException)
        {
            WasStopped = true;
        }
        catch (RuntimeException exception)
        {
            TerminatingError = exception.ErrorRecord;
        }

        // A stop that comes between two commands ends the script without an exception.
        WasStopped |= _powerShell.InvocationStateInfo.State == PSInvocationState.Stopped;
    }
}
