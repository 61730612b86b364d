using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Routes;

/// <summary>
/// A way into a session's container while it is waited for: whether it is open, what is waited for, and for how long.
/// </summary>
internal abstract class TransportWait : IAsyncDisposable
{
    /// <summary>What it is called.</summary>
    public abstract FargateTransport Transport { get; }

    /// <summary>Whether it leads to the task's address.</summary>
    public abstract bool NeedsAddress { get; }

    /// <summary>Whether the session can be entered.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>What is waited for while the task runs, in a few words.</summary>
    /// <param name="address">The task's address; null while it is not known.</param>
    public abstract string Describe(string? address);

    /// <summary>What may open it before the next look at the task.</summary>
    public virtual IEnumerable<Task> PendingTasks => [];

    /// <summary>Takes over what ECS says.</summary>
    public virtual void Observe(TaskDescription task)
    {
    }

    /// <summary>Begins what has to be done at the task's address, once that is known.</summary>
    /// <param name="address">The address.</param>
    /// <param name="verify">Gets the server's answer, and throws why its host key is not to be trusted.</param>
    /// <param name="cancellationToken">Cancels both.</param>
    public virtual void Begin(string address, Func<Task, CancellationToken, Task> verify, CancellationToken cancellationToken)
    {
    }

    /// <summary>Ends what was begun, without waiting for its end.</summary>
    public virtual void Cancel()
    {
    }

    /// <summary>Whether it will never open, whatever the time.</summary>
    /// <exception cref="FargateException">It will not.</exception>
    public virtual void ThrowIfFailed()
    {
    }

    /// <summary>Whether it should be open by now.</summary>
    /// <param name="address">The task's address; null while it is not known.</param>
    /// <param name="running">How long the task has been running.</param>
    /// <param name="isFallbackOpen">Whether another way is open meanwhile.</param>
    /// <exception cref="FargateException">It should.</exception>
    public abstract void ThrowIfLate(string? address, TimeSpan running, bool isFallbackOpen);

    /// <summary>Ends what was begun.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
