using System.Management.Automation;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Ends the access of other keys to sessions, as Grant-FargateAccess has granted it: they cannot log in again. Connections that are
/// open go on.
/// </summary>
[Cmdlet(VerbsSecurity.Revoke, "FargateAccess", DefaultParameterSetName = SessionSet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Revoke-FargateAccess.md")]
[OutputType(typeof(void))]
public sealed class RevokeFargateAccessCommand : AccessCmdlet
{
    private const string AccessSet = "Access";
    private const string SessionSet = "Session";

    /// <summary>Accesses, as Grant-FargateAccess and the property Access of sessions return them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = AccessSet,
        HelpMessage = "Accesses, as Grant-FargateAccess returns them.")]
    [ValidateNotNullOrEmpty]
    public FargateAccess[] Access { get; set; } = [];

    /// <summary>Sessions, as New-FargateSession returns them, or their ids.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = SessionSet,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [SessionArgument(IsNeededHere = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>The names or fingerprints of those to revoke. Wildcards are permitted. Without it all of the session.</summary>
    [Parameter(Position = 0, ParameterSetName = SessionSet, HelpMessage = "The names or fingerprints of those to revoke.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>Revokes this record's accesses.</summary>
    protected override void ProcessRecord()
    {
        OwnOrKeep(Session);
        foreach (var session in Session)
        {
            Guard(session, () => Revoke(Reach(session), Find(session)));
        }

        foreach (var bySession in Access.GroupBy(access => access.SessionId))
        {
            Guard(bySession.Key, () =>
            {
                var entry = Journal.Find(bySession.Key) ?? throw JournalErrors.SessionNotHere(bySession.Key);
                Revoke(Reach(Journal.SessionOf(entry)), bySession);
            });
        }
    }

    private IEnumerable<FargateAccess> Find(FargateSession session)
    {
        var granted = session.Access;
        foreach (var name in (Name ?? []).Where(name => !Wildcards.IsPattern(name) && !granted.Any(access => IsOf(access, name))))
        {
            Report(AccessErrors.NotFound(session, name), name);
        }

        return granted.Where(access => Name is null || Name.Any(name => IsOf(access, name)));
    }

    private static bool IsOf(FargateAccess access, string name) =>
        name == access.Name || Wildcards.IsMatch(name, access.Name) || Wildcards.IsMatch(name, access.Fingerprint);

    private void Revoke(Login login, IEnumerable<FargateAccess> accesses)
    {
        var session = login.Session;
        foreach (var access in accesses)
        {
            if (ShouldProcess($"{session}", $"Revoke access of {access.Name} ({access.Fingerprint})")
                && Change(login, () => AccessCommand.Revoking(access)))
            {
                ChangeFiles(session, folder => AccessFiles.Delete(folder, access));
            }
        }
    }
}
