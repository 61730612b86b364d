using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Connection;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Listing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Lists sessions: those in this machine's journal, and those with tasks that ECS runs, wherever they were started. Sessions that
/// have ended are removed from the journal and not listed.
/// </summary>
[Cmdlet(VerbsCommon.Get, "FargateSession", DefaultParameterSetName = SessionSet,
    HelpUri = HelpPages.Folder + "Get-FargateSession.md")]
[OutputType(typeof(FargateSession), ParameterSetName = [SessionSet])]
[OutputType(typeof(FargateStart), ParameterSetName = [HistorySet])]
public sealed class GetFargateSessionCommand : AwsCmdlet
{
    private const string DefaultCluster = "default";
    private const string SessionSet = "Session";
    private const string HistorySet = "History";

    private readonly HashSet<string> _reported = [];

    /// <summary>The sessions' short ids. Wildcards are permitted.</summary>
    /// <value>*</value>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = SessionSet,
        HelpMessage = "The sessions' short ids.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string[] SessionId { get; set; } = ["*"];

    /// <summary>The clusters to search, by name or ARN. Without it: those in the journal, and 'default'.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = SessionSet,
        HelpMessage = "The clusters to search, by name or ARN.")]
    [BlankIsDefault]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ClusterCompleter))]
    public string[] Cluster { get; set; } = [];

    /// <summary>The statuses of ECS, or UNKNOWN. Wildcards are permitted.</summary>
    /// <value>*</value>
    [Parameter(ParameterSetName = SessionSet, HelpMessage = "The statuses of ECS, or UNKNOWN.")]
    [ValidateNotNullOrEmpty]
    [KnownStatus]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StatusCompleter))]
    public string[] Status { get; set; } = ["*"];

    /// <summary>Lists only the sessions in this machine's journal: your own that were started from here.</summary>
    [Parameter(ParameterSetName = SessionSet, HelpMessage = "Lists only your sessions that were started from this machine.")]
    public SwitchParameter Mine { get; set; }

    /// <summary>
    /// Lists only those of your own sessions that no PowerShell uses any more. Sessions that are not in this machine's journal
    /// are never among them: somebody may use them.
    /// </summary>
    [Parameter(ParameterSetName = SessionSet, HelpMessage = "Lists only those of your own sessions that no PowerShell uses any more.")]
    public SwitchParameter Orphaned { get; set; }

    /// <summary>
    /// Lists the last 200 starts of sessions from this machine instead, the newest first, with the time that each phase took. AWS is
    /// not asked.
    /// </summary>
    [Parameter(Mandatory = true, ParameterSetName = HistorySet,
        HelpMessage = "Lists the last starts from this machine, with the time of each phase.")]
    public SwitchParameter History { get; set; }

    /// <summary>
    /// The families of task definitions, or family:revision. Wildcards are permitted. A default that $PSDefaultParameterValues has for
    /// this hides no sessions.
    /// </summary>
    /// <value>*</value>
    [Parameter(HelpMessage = "The families of task definitions.")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(HistoryCompleter))]
    public string[] TaskDefinition { get; set; } = ["*"];

    /// <summary>Lists the sessions, or their starts.</summary>
    protected override void ProcessRecord()
    {
        if (History)
        {
            Guard(null, ListStarts);
        }
        else
        {
            Guard(null, ListSessions);
        }
    }

    private void ListStarts()
    {
        var (starts, fault) = Journal.Starts.Read();
        if (fault is not null)
        {
            WriteVerbose(fault);
        }

        WriteObject(
            starts.Where(start => IsOfTaskDefinition(start.TaskDefinition)),
            enumerateCollection: true);
    }

    private void ListSessions()
    {
        Journal.Sweep();
        var (entries, damaged) = Journal.ReadAllAndDamaged();
        var found = Find([.. entries.Where(IsReachedAsAsked)]);
        AddDamaged(found, damaged);
        var isOfAny = !IsTyped(nameof(TaskDefinition));
        var wanted = found.Where(IsWanted).Where(session => isOfAny || IsOfTaskDefinition(session.TaskDefinition ?? ""));
        foreach (var session in wanted.DistinctBy(IdentityOf).OrderBy(session => session.CreatedAt))
        {
            RememberCredentials(session);
            WriteObject(session);
        }

        foreach (var id in SessionId.Where(id => !Wildcards.IsPattern(id)))
        {
            if (!found.Exists(session => IsSame(session.SessionId, id)))
            {
                Report(SessionErrors.SessionNotFound(id, cluster: null), id);
            }
        }
    }

    /// <summary>
    /// Adds sessions with entries that cannot be read, unless ECS lists their tasks, and warns of each. Their connections are not
    /// known, so parameters about connections do not exclude them.
    /// </summary>
    private void AddDamaged(List<FargateSession> found, IEnumerable<DamagedEntry> entries)
    {
        foreach (var damaged in entries.Where(damaged => Wildcards.IsMatch(SessionId, damaged.SessionId)))
        {
            if (_reported.Add(damaged.SessionId))
            {
                WriteWarning(JournalErrors.SessionDamaged(damaged));
            }

            if (!found.Exists(session => session.SessionId == damaged.SessionId))
            {
                found.Add(SessionJournal.SessionOf(damaged));
            }
        }
    }

    /// <summary>Queries every connection at the same time, and reports each that fails.</summary>
    private List<FargateSession> Find(List<SessionRecord> entries)
    {
        var isOwnOnly = Mine || Orphaned || SessionId.All(id => entries.Exists(entry => IsSame(entry.SessionId, id)));
        var asked = isOwnOnly ? null : TryConnect(null);
        List<FargateSession> found = [];
        List<(IFargateCloud Cloud, SessionQuery Query)> queries = [];
        foreach (var connection in entries.Where(entry => !isOwnOnly || IsWanted(entry)).GroupBy(entry => entry.Connection))
        {
            SessionRecord[] wanted = [.. connection.Where(IsWanted)];
            var isAsked = asked is not null && connection.Key == asked.Connection.Aws;
            if ((isAsked ? asked : TryConnect(Journal.SessionOf(connection.First()))) is { } cloud)
            {
                var clusters = connection.Select(entry => entry.Cluster).Union(isAsked ? AskedClusters : []);
                queries.Add((cloud, QueryOf(wanted) with { Clusters = isOwnOnly ? [] : [.. clusters] }));
            }
            else
            {
                found.AddRange(wanted.Select(entry => SessionFinder.UnknownOf(Journal, entry)));
            }
        }

        if (asked is not null && !queries.Exists(query => query.Cloud == asked))
        {
            queries.Add((asked, QueryOf([]) with { Clusters = AskedClusters }));
        }

        return [.. found, .. Query(queries)];
    }

    private List<FargateSession> Query(List<(IFargateCloud Cloud, SessionQuery Query)> queries)
    {
        var replies = Await((_, cancellationToken) => Task.WhenAll(queries.Select(query =>
            new SessionFinder(query.Cloud, Journal).FindAsync(query.Query, cancellationToken))));
        foreach (var error in replies.SelectMany(reply => reply.Errors))
        {
            ReportOnce(error);
        }

        return [.. replies.SelectMany(reply => reply.Sessions)];
    }

    private string[] AskedClusters => Cluster.Length > 0 ? Cluster : [DefaultCluster];

    private SessionQuery QueryOf(SessionRecord[] wanted) => new(wanted)
    {
        UnnamedCluster = Cluster.Length > 0 ? null : DefaultCluster,
        Ids = Array.Exists(SessionId, Wildcards.IsPattern) ? null : SessionId,
    };

    /// <summary>Connects to AWS. A connection that fails is reported, and the sessions of the others are still listed.</summary>
    private IFargateCloud? TryConnect(FargateSession? session)
    {
        try
        {
            return Connect(session);
        }
        catch (FargateException e)
        {
            ReportOnce(e);
            return null;
        }
    }

    private void ReportOnce(FargateException e)
    {
        if (_reported.Add(e.Message) && !CancelToken.IsCancellationRequested)
        {
            WriteError(e.ToErrorRecord());
        }
    }

    /// <summary>Whether a session has the connection that the parameters name, if they name one.</summary>
    private bool IsReachedAsAsked(SessionRecord entry) =>
        (ProfileName is null || ProfileName == entry.Connection.ProfileName)
        && (Region is null || IsSame(RegionObject.ToName(Region, "-Region"), entry.Connection.Region))
        && (EndpointUrl is null || EndpointUrl == entry.Connection.EndpointUrl)
        && (Cluster.Length == 0 || Cluster.Contains(entry.Cluster));

    private bool IsWanted(SessionRecord entry) => Wildcards.IsMatch(SessionId, entry.SessionId);

    private bool IsWanted(FargateSession session) =>
        Wildcards.IsMatch(SessionId, session.SessionId)
        && Wildcards.IsMatch(Status, session.Status)
        && (!Mine || session.Owner != SessionOwner.Elsewhere)
        && (!Orphaned || session.Owner == SessionOwner.Orphaned);

    private bool IsOfTaskDefinition(string taskDefinition) =>
        Wildcards.IsMatch(TaskDefinition, FargateStart.FamilyOf(taskDefinition))
        || Wildcards.IsMatch(TaskDefinition, Model.TaskArn.IdOf(taskDefinition));

    private static bool IsSame(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Removes duplicates: two connections may lead to the same account.</summary>
    private static string IdentityOf(FargateSession session) =>
        session.TaskArn.Length > 0 ? session.TaskArn : session.SessionId;
}
