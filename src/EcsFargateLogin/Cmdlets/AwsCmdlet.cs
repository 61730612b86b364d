using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Connection;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Starting;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Presets;
using EcsFargateLogin.Routes;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Cmdlets;

/// <summary>A cmdlet that talks to AWS: how AWS is reached, by the names that AWS Tools for PowerShell uses.</summary>
public abstract class AwsCmdlet : FargateCmdlet
{
    private readonly Dictionary<CloudSettings, IFargateCloud> _clouds = [];
    private readonly AwsAccess _access;

    private protected AwsCmdlet() => _access = new AwsAccess(
        () => AccessParameters.Of(Values, path => SessionState.Path.GetUnresolvedProviderPathFromPSPath(path)),
        name => SessionState.PSVariable.GetValue(name));

    /// <summary>
    /// The credential profile to use. Without it the AWS CLI's order holds: environment, AWS_PROFILE, default, …
    /// </summary>
    [Parameter(HelpMessage = "The credential profile to use.")]
    [Alias("StoredCredentials", "AWSProfileName")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileNameCompleter))]
    public string? ProfileName { get; set; }

    /// <summary>
    /// The region: its system name, such as eu-central-1, or a region object of AWS Tools. Without it $StoredAWSRegion,
    /// the profile or the environment decides.
    /// </summary>
    [Parameter(HelpMessage = "The region: its system name, such as eu-central-1, or one of AWS Tools.")]
    [Alias("RegionToCall")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RegionCompleter))]
    [ProjectKey]
    public object? Region { get; set; }

    /// <summary>
    /// A credentials object of AWS Tools for PowerShell, or a PSCredential with the access key as its user name and the
    /// secret key as its password. Cannot go with -ProfileName.
    /// </summary>
    [Parameter(HelpMessage = "Credentials of AWS Tools, or a PSCredential of access key and secret key.")]
    [ValidateNotNull]
    public object? Credential { get; set; }

    /// <summary>An access key id; goes with -SecretKey.</summary>
    [Parameter(HelpMessage = "An access key id; goes with -SecretKey.")]
    [Alias("AK")]
    [ValidateNotNullOrEmpty]
    public string? AccessKey { get; set; }

    /// <summary>The secret access key of -AccessKey.</summary>
    [Parameter(HelpMessage = "The secret access key of -AccessKey.")]
    [Alias("SK", "SecretAccessKey")]
    [ValidateNotNullOrEmpty]
    public string? SecretKey { get; set; }

    /// <summary>The session token of -AccessKey, where that is a temporary one.</summary>
    [Parameter(HelpMessage = "The session token of -AccessKey, where that is a temporary one.")]
    [Alias("ST")]
    [ValidateNotNullOrEmpty]
    public string? SessionToken { get; set; }

    /// <summary>The path of the file that takes the shared credentials file's place. The config file is the usual one.</summary>
    [Parameter(HelpMessage = "The path of the file that takes the shared credentials file's place.")]
    [Alias("AWSProfilesLocation", "ProfilesLocation")]
    [ValidateNotNullOrEmpty]
    public string? ProfileLocation { get; set; }

    /// <summary>An absolute http or https URL that takes the place of AWS's own, for every service.</summary>
    [Parameter(HelpMessage = "An http or https URL that takes the place of AWS's own, for every service.")]
    [ValidateNotNullOrEmpty]
    public string? EndpointUrl { get; set; }

    /// <summary>The values of the parameters for the current record.</summary>
    private protected virtual ParameterValues Values => ParameterValues.Of(BoundParameters.Of(this));

    /// <summary>The sessions that this command owns, and so has to end.</summary>
    private protected OwnedSessions Owned { get; } = new();

    /// <summary>Whether the pipeline has ended without an error, a break or Ctrl+C. Valid at its end.</summary>
    private protected bool HasSucceeded => !CancelToken.IsCancellationRequested && Owned.HasSucceeded(this);

    private protected static SessionJournal Journal => SessionJournal.OfCurrentUser();

    /// <summary>
    /// Records in the journal that this process uses a session. If the journal cannot be written, the session still works.
    /// </summary>
    private protected static void ClaimSession(FargateSession session)
    {
        if (!session.IsOwn)
        {
            return;
        }

        try
        {
            Journal.Claim(session.SessionId);
        }
        catch (FargateException)
        {
        }
    }

    /// <summary>Connects to AWS as the parameters say or, without them, as the session was started.</summary>
    private protected IFargateCloud Connect(FargateSession? session = null)
    {
        var settings = SettingsFor(session);
        var key = KeyOf(settings);
        if (!_clouds.TryGetValue(key, out var cloud))
        {
            cloud = Await((_, cancellationToken) => FargateCloud.Connector.ConnectAsync(settings, cancellationToken));
            _clouds.Add(key, cloud);
            WriteDebug($"Credentials from {cloud.Connection.CredentialSource}; region from {cloud.Connection.RegionSource}.");
            WriteVerbose($"Using {cloud.Connection.EcsEndpoint} in {cloud.Connection.Region}.");
        }

        return cloud;
    }

    /// <summary>
    /// The key of a connection. The source of the region makes no difference: sessions share a connection, and the calls that
    /// poll them.
    /// </summary>
    private static CloudSettings KeyOf(CloudSettings settings) => settings with { RegionSource = "" };

    /// <summary>Opens another connection to AWS, for an owner that outlives this cmdlet and disposes of it.</summary>
    private protected IFargateCloud ConnectApart(FargateSession session) =>
        Await((_, cancellationToken) => FargateCloud.Connector.ConnectAsync(SettingsFor(session), cancellationToken));

    private CloudSettings SettingsFor(FargateSession? session) => _access.SettingsFor(session) with { MfaCode = AskForMfaCode };

    /// <summary>Stores credentials from parameters for later commands about the session.</summary>
    private protected void RememberCredentials(FargateSession session)
    {
        if (_access.Given is { } source)
        {
            SessionCredentials.Remember(session.SessionId, source);
        }
    }

    /// <summary>Asks for an MFA code while the command waits for AWS. Can be called on any thread.</summary>
    internal async Task<string> AskForMfaCode(MfaRequest request, CancellationToken cancellationToken) =>
        MfaPrompt.IsPiped(Host)
            ? await Task.Run(() => MfaPrompt.Read(request), CancellationToken.None).WaitAsync(cancellationToken)
            : await OnPipelineThread(() => MfaPrompt.Ask(Host?.UI, request), cancellationToken)
                ?? throw CredentialErrors.MfaCodeUnavailable(request, "nobody can be asked for it now");

    /// <summary>Finds a program of OpenSSH.</summary>
    /// <returns>Its full path.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.SshNotFound"/>.</exception>
    private protected string FindProgram(string name) => FindProgramOrNull(name) ?? throw SshErrors.SshNotFound(name);

    private protected string? FindProgramOrNull(string name) =>
        InvokeCommand.GetCommand(name, CommandTypes.Application) is ApplicationInfo { Path.Length: > 0 } program
            ? program.Path
            : null;

    /// <summary>Throws if a parameter was typed that applies to ssh only.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidTransport"/>.</exception>
    private protected void ThrowIfGiven(IEnumerable<string> parametersOfSsh)
    {
        if (TypedOf(parametersOfSsh) is { Length: > 0 } typed)
        {
            throw RouteErrors.OnlyForSsh(typed);
        }
    }

    /// <summary>Returns those of some parameters that were typed, such as -Route.</summary>
    private protected string[] TypedOf(IEnumerable<string> parameters) =>
        [.. parameters.Where(IsTyped).Select(name => $"-{name}")];

    /// <summary>
    /// Whether a parameter has a value that is not the one of $PSDefaultParameterValues. Those are for all commands that have the
    /// parameter, and are ignored where it does not apply.
    /// </summary>
    private protected bool IsTyped(string parameter) => Values.IsBound(parameter)
        && DefaultParameters.Find(GetVariableValue(DefaultParameters.Variable), MyInvocation.MyCommand.Name, parameter) is null;

    /// <summary>Creates a waiter for sessions, which repeats a start where that helps.</summary>
    private protected SessionWaiter WaiterFor(IFargateCloud cloud) =>
        new(cloud, new WaitOptions(), StarterFor(cloud)) { History = Journal.Starts };

    /// <summary>Creates a starter of tasks. A second Ctrl+C ends its clean-up.</summary>
    private protected TaskStarter StarterFor(IFargateCloud cloud) => new(cloud, Journal) { GiveUp = GiveUpToken };

    /// <summary>Creates a closer of sessions. A second Ctrl+C ends its wait for AWS.</summary>
    private protected SessionCloser CloserFor(IFargateCloud cloud) => new(cloud, Journal) { GiveUp = GiveUpToken };

    /// <summary>Begins to stop a session's task and to delete its key, on another thread.</summary>
    private protected Task BeginClosing(IFargateCloud cloud, FargateSession session, string reason) =>
        Task.Run(() => CloserFor(cloud).CloseAsync(session, reason));

    /// <summary>
    /// Waits until all sessions have been closed, and then reports the errors: a report may end the pipeline, and must not cut
    /// the others short.
    /// </summary>
    private protected void CleanUpAll(IReadOnlyCollection<(FargateSession Session, Task Closing)> closings)
    {
        CleanUp(
            async () => await Task.WhenAll(closings.Select(each => each.Closing))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing),
            closings);
        foreach (var (session, closing) in closings)
        {
            CleanUp(() => closing, session);
        }
    }

    /// <summary>
    /// Stops a session's task and deletes its key, and reports errors as <see cref="FargateCmdlet.CleanUp"/> does.
    /// </summary>
    private protected void Close(IFargateCloud cloud, FargateSession session, string reason) =>
        CleanUp(() => CloserFor(cloud).CloseAsync(session, reason), session);

    /// <summary>
    /// Begins to stop a session after the end of its pipeline, possibly before there was a connection to AWS for it.
    /// </summary>
    private Task BeginClosing(OwnedSession owned)
    {
        try
        {
            var settings = _access.SettingsFor(owned.Session);
            return owned.Cloud is { } cloud || _clouds.TryGetValue(KeyOf(settings), out cloud)
                ? BeginClosing(cloud, owned.Session, owned.Reason)
                : Task.Run(() => ConnectAndCloseAsync(settings, owned));
        }
        catch (FargateException e)
        {
            return Task.FromException(SessionErrors.StopFailed(owned.Session, e));
        }
    }

    private async Task ConnectAndCloseAsync(CloudSettings settings, OwnedSession owned)
    {
        IFargateCloud cloud;
        try
        {
            using var limit = TimeLimit.BeginCleanUp(GiveUpToken);
            cloud = await FargateCloud.Connector.ConnectAsync(settings, limit.Token);
        }
        catch (FargateException e)
        {
            throw SessionErrors.StopFailed(owned.Session, e);
        }
        catch (OperationCanceledException e)
        {
            throw SessionErrors.StopFailed(owned.Session, CloudErrors.NoReplyInTime(settings.EndpointUrl ?? "AWS", e));
        }

        using (cloud)
        {
            await CloserFor(cloud).CloseAsync(owned.Session, owned.Reason);
        }
    }

    /// <summary>Notes that the earlier commands have ended without an error.</summary>
    protected override void EndProcessing() => Owned.Complete();

    /// <summary>
    /// Ends the sessions that the command still owns; called by PowerShell after the pipeline, on every way out.
    /// </summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CleanUpAll([.. Owned.RemoveAll(HasSucceeded).Select(owned => (owned.Session, BeginClosing(owned)))]);
            foreach (var cloud in _clouds.Values)
            {
                cloud.Dispose();
            }

            _clouds.Clear();
        }

        base.Dispose(disposing);
    }
}
