using System.Management.Automation;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Receives what commands of Invoke-FargateCommand -Detach have printed since the last time, and whether they run or with which exit
/// code they have ended. Any PowerShell of this machine can, for as long as the session is there.
/// </summary>
[Cmdlet(VerbsCommunications.Receive, "FargateCommand", DefaultParameterSetName = AllSet,
    HelpUri = HelpPages.Folder + "Receive-FargateCommand.md")]
[OutputType(typeof(FargateDetachedCommand))]
public sealed class ReceiveFargateCommandCommand : LoginCmdlet
{
    private const string AllSet = "All";
    private const string CommandSet = "Command";
    private const string SessionSet = "Session";

    private readonly Dictionary<string, FargateSession> _sessions = [];

    /// <summary>Commands, as Invoke-FargateCommand -Detach returns them. Without commands and sessions all of this machine.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = CommandSet,
        HelpMessage = "Commands, as Invoke-FargateCommand -Detach returns them.")]
    [ValidateNotNullOrEmpty]
    public FargateDetachedCommand[] Command { get; set; } = [];

    /// <summary>Sessions, as Get-FargateSession returns them, or their ids: all commands that run on there.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = SessionSet,
        HelpMessage = "Sessions, or their ids: all commands there.")]
    [SessionArgument(IsNeededHere = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>
    /// Leaves what it returns to be received again. A session that was started for the command goes on, too.
    /// </summary>
    [Parameter(HelpMessage = "Leaves what it returns to be received again.")]
    public SwitchParameter Keep { get; set; }

    private protected override string WorkName => "command";

    private protected override FargateTransport? WantedTransport => FargateTransport.Ssh;

    /// <summary>Receives the output of the commands of this record.</summary>
    protected override void ProcessRecord() => Guard(null, () =>
    {
        foreach (var session in Session)
        {
            _sessions[session.SessionId] = session;
        }

        foreach (var record in Records().ToList())
        {
            Guard(record.CommandId, () => Receive(record));
        }
    });

    /// <summary>Says of a task that has ended since the command was begun what that means for it.</summary>
    private protected override void Show(SessionEvent happened) => base.Show(
        happened is SessionFailed { Error.Error: FargateError.TaskStopped } failed
            ? failed with { Error = CommandErrors.OutputGone(failed.Session, failed.Error) }
            : happened);

    private IEnumerable<DetachedRecord> Records() => ParameterSetName switch
    {
        CommandSet => Command.Select(Find).OfType<DetachedRecord>(),
        SessionSet => Session.SelectMany(session => Journal.CommandsOf(session.SessionId)),
        _ => Journal.ReadAll().SelectMany(entry => Journal.CommandsOf(entry.SessionId)),
    };

    private DetachedRecord? Find(FargateDetachedCommand command)
    {
        var found = Journal.CommandsOf(command.SessionId).FirstOrDefault(record => record.CommandId == command.CommandId);
        if (found is null)
        {
            Report(JournalErrors.SessionNotHere(command.SessionId), command);
        }

        return found;
    }

    private void Receive(DetachedRecord record)
    {
        var login = Reach(SessionOf(record.SessionId));
        if (RunToEnd(login, () => DetachedCommand.Receiving(record)) is var (ended, output))
        {
            Show(login, record, ended, output);
        }
    }

    private void Show(Login login, DetachedRecord record, CommandEnded ended, CollectedOutput output)
    {
        if (ended.Error is not null || DetachedCommand.Parse(record, output.Bytes) is not var (received, now))
        {
            throw ended.Error ?? CommandErrors.NotReceived(ended.Session, ended.ExitCode, output.ErrorText);
        }

        if (!Keep)
        {
            Journal.Write(now);
        }

        WriteObject(received);
        // Another command may run on there.
        if (record.EndsSession && !Keep && !KeepSession && received.State == FargateCommandState.Ended
            && Journal.CommandsOf(record.SessionId).Count == 1)
        {
            Close(login.Cloud, login.Session, "its detached command has ended");
        }
    }

    /// <summary>The session, the same one for all of its commands.</summary>
    private FargateSession SessionOf(string sessionId)
    {
        if (!_sessions.TryGetValue(sessionId, out var session))
        {
            session = Journal.SessionOf(Journal.Find(sessionId) ?? throw JournalErrors.SessionNotHere(sessionId));
            _sessions.Add(sessionId, session);
        }

        return session;
    }
}
