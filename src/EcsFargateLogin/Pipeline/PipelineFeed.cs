using System.Diagnostics.CodeAnalysis;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Keeps the pipeline's thread supplied by another one: while it does one thing, the next waits for it. Who brings more has
/// to wait, so that no more than that is held.
/// </summary>
/// <param name="session">The session that the work is about.</param>
/// <param name="progress">Shows <see cref="PipelineWork"/> on the pipeline's thread, after all that came before.</param>
/// <param name="cancellationToken">Cancelled when nothing is shown any more.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "Work that is under way may still release it; it holds no handle.")]
internal sealed class PipelineFeed(
    FargateSession session, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
{
    private const int MostAhead = 2;

    private readonly SemaphoreSlim _room = new(MostAhead);

    /// <summary>Has things done one after the other. Returns when the last of them has its place.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants it any more.</exception>
    public void Add(IEnumerable<Action> work)
    {
        foreach (var piece in work)
        {
            _room.Wait(cancellationToken);
            progress.Report(new PipelineWork(session, () => Do(piece)));
        }
    }

    private void Do(Action piece)
    {
        try
        {
            piece();
        }
        finally
        {
            _room.Release();
        }
    }
}

/// <summary>Something that only the pipeline's thread may do.</summary>
/// <param name="Session">The session that it is about.</param>
/// <param name="Do">Does it.</param>
internal sealed record PipelineWork(FargateSession Session, Action Do) : SessionEvent(Session);
