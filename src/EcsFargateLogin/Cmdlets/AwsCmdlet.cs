using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Sessions;

namespace EcsFargateLogin.Cmdlets;

/// <summary>A cmdlet that talks to AWS: how AWS is reached, by the names that AWS Tools for PowerShell uses.</summary>
public abstract class AwsCmdlet : FargateCmdlet
{
    private readonly Dictionary<CloudSettings, IFargateCloud> _clouds = [];

    private protected AwsCmdlet()
    {
    }

    /// <summary>The credential profile to use. Without it the SDK's own order holds: environment, AWS_PROFILE, default, …</summary>
    [Parameter]
    [Alias("StoredCredentials", "AWSProfileName")]
    [ValidateNotNullOrEmpty]
    public string? ProfileName { get; set; }

    /// <summary>The system name of the region, such as eu-central-1. Without it the profile or the environment decides.</summary>
    [Parameter]
    [Alias("RegionToCall")]
    [ValidateNotNullOrEmpty]
    public string? Region { get; set; }

    /// <summary>An absolute http or https URL that takes the place of AWS's own, for every service.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? EndpointUrl { get; set; }

    private protected static Journal Journal => Journal.OfCurrentUser();

    /// <summary>Reaches AWS as the parameters say or, where they say nothing, as the session was started.</summary>
    private protected IFargateCloud Connect(FargateSession? session = null)
    {
        CloudSettings settings = new()
        {
            ProfileName = ProfileName ?? session?.ProfileName,
            Region = Region ?? (session?.Region is { Length: > 0 } region ? region : null),
            EndpointUrl = EndpointUrl ?? session?.EndpointUrl,
        };
        if (!_clouds.TryGetValue(settings, out var cloud))
        {
            cloud = Await((_, cancellationToken) => FargateCloud.Connector.ConnectAsync(settings, cancellationToken));
            _clouds.Add(settings, cloud);
            WriteDebug($"Credentials from {cloud.Connection.CredentialSource}; region from {cloud.Connection.RegionSource}.");
            WriteVerbose($"Using {cloud.Connection.EcsEndpoint} in {cloud.Connection.Region}.");
        }

        return cloud;
    }

    /// <summary>Finds a program of OpenSSH.</summary>
    /// <returns>Its full path.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.SshNotFound"/>.</exception>
    private protected string FindProgram(string name) =>
        InvokeCommand.GetCommand(name, CommandTypes.Application) is ApplicationInfo { Path.Length: > 0 } program
            ? program.Path
            : throw FargateErrors.SshNotFound(name);

    /// <summary>Waits for sessions, and starts their tasks again where that helps.</summary>
    private protected static SessionWaiter WaiterFor(IFargateCloud cloud) =>
        new(cloud, new WaitOptions(), new TaskStarter(cloud, Journal));

    /// <summary>Stops the tasks of sessions side by side and forgets their keys, on every way out.</summary>
    private protected void CloseAll(IFargateCloud cloud, IEnumerable<FargateSession> sessions, string reason)
    {
        SessionCloser closer = new(cloud, Journal);
        foreach (var (session, closing) in sessions
            .Select(session => (session, Task.Run(() => closer.CloseAsync(session, reason)))).ToList())
        {
            CleanUp(() => closing, session);
        }
    }

    /// <summary>Stops a session's task and forgets its key, on every way out.</summary>
    private protected void Close(IFargateCloud cloud, FargateSession session, string reason) =>
        CleanUp(() => new SessionCloser(cloud, Journal).CloseAsync(session, reason), session);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var cloud in _clouds.Values)
            {
                cloud.Dispose();
            }

            _clouds.Clear();
        }

        base.Dispose(disposing);
    }
}
