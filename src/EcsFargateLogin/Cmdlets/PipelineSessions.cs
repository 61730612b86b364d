using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// The sessions that one command has to end. A session that was started after the command was made was started in its pipeline:
/// the command is made when its arguments have been evaluated, and before any command of the pipeline begins. The latest command
/// that takes such a session holds it. Any other session is the caller's, or that of an outer pipeline, and goes on.
/// </summary>
internal sealed class PipelineSessions
{
    private static long _starts;

    private readonly long _startsBefore = Interlocked.Read(ref _starts);
    private readonly ConcurrentDictionary<FargateSession, HeldSession> _held = [];

    /// <summary>Whether nothing has stopped the pipeline on the way to this command, or in a later command that it wrote to.</summary>
    private bool _isComplete;

    /// <summary>Holds a session that the command has just started.</summary>
    public void Start(FargateSession session, IFargateCloud cloud)
    {
        session.StartOrder = Interlocked.Increment(ref _starts);
        Hold(session, new HeldSession(session, "nobody took the session over", cloud));
    }

    /// <summary>Takes a session if it was started in the running pipeline.</summary>
    /// <param name="session">The session.</param>
    /// <param name="reason">Why it is stopped if the command ends before it has done its work.</param>
    /// <returns>False when the caller holds it, or an outer pipeline.</returns>
    public bool Take(FargateSession session, string reason)
    {
        if (!IsOfPipeline(session))
        {
            return false;
        }

        session.EndsWithPipeline = false;
        Hold(session, new HeldSession(session, reason, Cloud: null));
        return true;
    }

    /// <summary>Leaves a session to the caller that this pipeline or an outer one would end.</summary>
    public void Keep(FargateSession session)
    {
        if (IsOfPipeline(session) || session.Holder is PipelineSessions)
        {
            session.Holder = null;
        }
    }

    /// <summary>Lets a session end with the pipeline that holds it, if one does, whatever is done with it after this.</summary>
    public static void EndWithPipeline(FargateSession session) =>
        session.EndsWithPipeline |= session.Holder is PipelineSessions;

    /// <summary>Whether the command has to end a session.</summary>
    public bool Holds(FargateSession session) => session.Holder == this;

    /// <summary>Leaves it to the work that has begun with a session to end it.</summary>
    public void Leave(FargateSession session) => _held.TryRemove(session, out _);

    /// <summary>Hands a session that a pipeline holds to what outlives the pipeline.</summary>
    /// <returns>False when the caller holds it.</returns>
    public bool HandOver(FargateSession session, object holder)
    {
        if (session.Holder is not PipelineSessions)
        {
            return false;
        }

        Leave(session);
        session.Holder = holder;
        return true;
    }

    /// <summary>Notes that all earlier commands have ended without an error.</summary>
    public void Complete() => _isComplete = true;

    /// <summary>Writes an object. What reads a session there has it once the pipeline has ended without an error.</summary>
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

    /// <summary>Whether the pipeline has ended without an error, as far as PowerShell tells.</summary>
    public bool HasSucceeded(PSCmdlet cmdlet) => _isComplete && !UpstreamStop.HasFailed(cmdlet.CommandRuntime);

    /// <summary>Takes out the sessions that nobody was given.</summary>
    public IReadOnlyList<HeldSession> TakeUnwritten() => TakeWhere(held => !held.IsWritten);

    /// <summary>Takes out the sessions to end after the pipeline. After one without an error, the caller has what was written.</summary>
    public IReadOnlyList<HeldSession> TakeAll(bool hasSucceeded)
    {
        foreach (var (session, held) in _held.Where(pair => hasSucceeded && pair.Value.IsWritten && Holds(pair.Key)))
        {
            if (session.EndsWithPipeline)
            {
                _held[session] = held with { Reason = "its pipeline has ended" };
            }
            else
            {
                Leave(session);
                session.Holder = null;
            }
        }

        return TakeWhere(_ => true);
    }

    private bool IsOfPipeline(FargateSession session) =>
        session.StartOrder > _startsBefore || (session.Holder is Runspace job && job == Runspace.DefaultRunspace);

    private void Hold(FargateSession session, HeldSession held)
    {
        session.Holder = this;
        _held[session] = held;
    }

    private void NoteWritten(object output, bool isWritten)
    {
        if (output is FargateSession session && _held.TryGetValue(session, out var held))
        {
            _held[session] = held with { IsWritten = isWritten };
        }
    }

    private HeldSession[] TakeWhere(Func<HeldSession, bool> isWanted)
    {
        HeldSession[] taken = [.. _held.Values.Where(isWanted)];
        Array.ForEach(taken, held => Leave(held.Session));
        return [.. taken.Where(held => Holds(held.Session) && !held.Session.IsClosed)];
    }
}

/// <summary>A session that a command has to end.</summary>
/// <param name="Session">The session.</param>
/// <param name="Reason">Why it is stopped, in a few words.</param>
/// <param name="Cloud">How AWS is reached for it; null for as the command's parameters say.</param>
internal sealed record HeldSession(FargateSession Session, string Reason, IFargateCloud? Cloud)
{
    /// <summary>Whether a later command or a variable was given it.</summary>
    public bool IsWritten { get; init; }
}
