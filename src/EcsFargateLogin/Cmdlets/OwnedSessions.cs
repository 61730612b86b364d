using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// The rule that decides which command ends a session. A command owns a session that was started in its pipeline, and ends it on
/// every way out, unless it keeps it; the latest command that receives such a session owns it. Every other session belongs to the
/// caller, or to an outer pipeline, a job or a tunnel, and is not ended.
/// </summary>
/// <remarks>
/// A session that was started after the command was created was started in its pipeline: the command is created when its
/// arguments have been evaluated, and before any command of the pipeline begins.
/// </remarks>
internal sealed class OwnedSessions
{
    private static long _starts;

    private readonly long _startsBefore = Interlocked.Read(ref _starts);
    private readonly ConcurrentDictionary<FargateSession, OwnedSession> _owned = [];

    /// <summary>Whether no earlier command, nor a later one that this one wrote to, has stopped the pipeline.</summary>
    private bool _isComplete;

    /// <summary>Owns a session that the command has just started.</summary>
    public void OwnNew(FargateSession session, IFargateCloud cloud)
    {
        session.StartOrder = Interlocked.Increment(ref _starts);
        Add(new OwnedSession(session, "nobody took the session over", cloud));
    }

    /// <summary>Owns a session if it was started in the running pipeline.</summary>
    /// <param name="session">The session.</param>
    /// <param name="reason">The reason to stop it if the command ends before it has done its work.</param>
    /// <returns>False when it belongs to the caller, or to an outer pipeline.</returns>
    public bool TryOwn(FargateSession session, string reason)
    {
        if (!IsOfPipeline(session))
        {
            return false;
        }

        session.EndsWithPipeline = false;
        Add(new OwnedSession(session, reason, Cloud: null));
        return true;
    }

    /// <summary>Decides about a session that the command uses.</summary>
    /// <param name="session">The session.</param>
    /// <param name="keeps">Whether the caller keeps it, although this pipeline or an outer one would end it.</param>
    /// <param name="reason">The reason to stop it if the command ends before it has done its work.</param>
    public void OwnOrKeep(FargateSession session, bool keeps, string reason)
    {
        if (keeps && (IsOfPipeline(session) || IsOwned(session)))
        {
            Keep(session);
        }
        else if (!keeps && !TryOwn(session, reason))
        {
            EndWithPipeline(session);
        }
    }

    /// <summary>Gives a session to the caller: no command, job or tunnel ends it.</summary>
    public static void Keep(FargateSession session) => session.Holder = null;

    /// <summary>Ends a session with the pipeline that owns it, if one does, even if the pipeline also returns it.</summary>
    public static void EndWithPipeline(FargateSession session) => session.EndsWithPipeline |= IsOwned(session);

    /// <summary>Whether a command of some pipeline owns a session.</summary>
    public static bool IsOwned(FargateSession session) => session.Holder is OwnedSessions;

    /// <summary>Whether this command owns a session.</summary>
    public bool Owns(FargateSession session) => session.Holder == this;

    /// <summary>
    /// Whether the command closes a session when it has used it: it owns it, or the session is of no use any more.
    /// </summary>
    public bool MustClose(FargateSession session) => Owns(session) || session is { IsOwn: true, IsWorthKeeping: false };

    /// <summary>Releases a session that the command owns. The caller of this method closes it.</summary>
    public void Release(FargateSession session) => _owned.TryRemove(session, out _);

    /// <summary>Gives a session that a pipeline owns to an owner that outlives the pipeline: a job or a tunnel.</summary>
    /// <returns>False when no pipeline owns it.</returns>
    public bool HandOver(FargateSession session, object owner)
    {
        if (!IsOwned(session))
        {
            return false;
        }

        Release(session);
        session.Holder = owner;
        return true;
    }

    /// <summary>Notes that all earlier commands have ended without an error.</summary>
    public void Complete() => _isComplete = true;

    /// <summary>
    /// Writes an object. A session that was written belongs to the caller once the pipeline has ended without an error.
    /// </summary>
    public void Write(PSCmdlet cmdlet, object output)
    {
        try
        {
            cmdlet.WriteObject(output);
        }
        catch (Exception e)
        {
            _isComplete = UpstreamStop.IsContent(e, cmdlet.CommandRuntime);
            NoteWritten(output, _isComplete);
            throw;
        }

        NoteWritten(output, isWritten: true);
    }

    /// <summary>Whether the pipeline has ended without an error, as far as PowerShell reports.</summary>
    public bool HasSucceeded(PSCmdlet cmdlet) => _isComplete && !UpstreamStop.HasFailed(cmdlet.CommandRuntime);

    /// <summary>Removes and returns the sessions that were not written.</summary>
    public IReadOnlyList<OwnedSession> RemoveUnwritten() => RemoveWhere(owned => !owned.IsWritten);

    /// <summary>
    /// Removes and returns the sessions to end after the pipeline. After one without an error, those that were written belong to
    /// the caller.
    /// </summary>
    public IReadOnlyList<OwnedSession> RemoveAll(bool hasSucceeded)
    {
        foreach (var (session, owned) in _owned.Where(pair => hasSucceeded && pair.Value.IsWritten && Owns(pair.Key)))
        {
            if (session.EndsWithPipeline)
            {
                _owned[session] = owned with { Reason = "its pipeline has ended" };
            }
            else
            {
                Release(session);
                Keep(session);
            }
        }

        return RemoveWhere(_ => true);
    }

    private bool IsOfPipeline(FargateSession session) =>
        session.StartOrder > _startsBefore || (session.Holder is Runspace job && job == Runspace.DefaultRunspace);

    private void Add(OwnedSession owned)
    {
        owned.Session.Holder = this;
        _owned[owned.Session] = owned;
    }

    private void NoteWritten(object output, bool isWritten)
    {
        if (output is FargateSession session && _owned.TryGetValue(session, out var owned))
        {
            _owned[session] = owned with { IsWritten = isWritten };
        }
    }

    private OwnedSession[] RemoveWhere(Func<OwnedSession, bool> isWanted)
    {
        OwnedSession[] removed = [.. _owned.Values.Where(isWanted)];
        Array.ForEach(removed, owned => Release(owned.Session));
        return [.. removed.Where(owned => Owns(owned.Session) && !owned.Session.IsClosed)];
    }
}

/// <summary>A session that a command owns.</summary>
/// <param name="Session">The session.</param>
/// <param name="Reason">The task's reason to stop, in a few words.</param>
/// <param name="Cloud">The connection to AWS for it; null for one by the command's parameters.</param>
internal sealed record OwnedSession(FargateSession Session, string Reason, IFargateCloud? Cloud)
{
    /// <summary>Whether it was written to the pipeline.</summary>
    public bool IsWritten { get; init; }
}
