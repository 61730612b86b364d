using System.Collections.Concurrent;

namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>
/// The thread on which everything of one SFTP connection runs, so that nothing of it needs a lock. It runs what continues, and while
/// that is nothing, it receives replies.
/// </summary>
internal sealed class SftpThread : SynchronizationContext
{
    private readonly BlockingCollection<Action> _calls = [];

    /// <summary>Runs work on a thread of its own. Whatever the work awaits continues there.</summary>
    /// <param name="work">The work.</param>
    /// <param name="receive">
    /// Sends what waits to be sent and receives the next replies; returns false at once where none is expected.
    /// </param>
    /// <returns>The work's task, which completes when the thread has ended.</returns>
    public static Task RunAsync(Func<Task> work, Func<bool> receive)
    {
        TaskCompletionSource<Task> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        // In the background, because a pipe that its other end keeps open may block it.
        new Thread(() => Run(work, receive, ended)) { IsBackground = true, Name = "sftp" }.Start();
        return ended.Task.Unwrap();
    }

    private static void Run(Func<Task> work, Func<bool> receive, TaskCompletionSource<Task> ended)
    {
        try
        {
            ended.SetResult(new SftpThread().Run(work, receive));
        }
        catch (Exception e)
        {
            // On a thread of its own it would end PowerShell.
            ended.SetException(e);
        }
    }

    /// <inheritdoc/>
    public override void Post(SendOrPostCallback d, object? state) => _calls.Add(() => d(state));

    private Task Run(Func<Task> work, Func<bool> receive)
    {
        SetSynchronizationContext(this);
        var running = work();
        while (!running.IsCompleted)
        {
            if (_calls.TryTake(out var call))
            {
                call();
            }
            else if (!receive())
            {
                _calls.Take()();
            }
        }

        return running;
    }
}
