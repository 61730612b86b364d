using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Routes;

/// <summary>A port of this process that leads to a task through AWS.</summary>
internal interface ILocalRoute : IAsyncDisposable
{
    /// <summary>The port on <see cref="LocalRoutes.Address"/>.</summary>
    int Port { get; }

    /// <summary>Whether it still takes connections.</summary>
    bool IsOpen { get; }

    /// <summary>The number of open connections.</summary>
    int ConnectionCount { get; }

    /// <summary>The error of the last connection that failed, which its client only sees closed; null for none.</summary>
    FargateException? LastError { get; }
}

/// <summary>The route through an EC2 Instance Connect Endpoint.</summary>
internal sealed class InstanceConnectRoute(InstanceConnectTunnel tunnel) : ILocalRoute
{
    private volatile bool _isClosed;

    public int Port => tunnel.Port;

    public bool IsOpen => !_isClosed;

    public int ConnectionCount => tunnel.ConnectionCount;

    public FargateException? LastError => tunnel.LastError;

    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        return tunnel.DisposeAsync();
    }
}

/// <summary>
/// The route through a session of Systems Manager. While it is open, a file of this process in the folder of the session names it:
/// the agent has few places for sessions, so those of processes that were killed are ended by the next one.
/// </summary>
internal sealed class SessionManagerRoute : ILocalRoute
{
    private const string FilePrefix = "channel-";

    private readonly PortSession _port;
    private readonly HeldFile? _file;

    private SessionManagerRoute(PortSession port, HeldFile? file) => (_port, _file) = (port, file);

    public int Port => _port.Port;

    public bool IsOpen => !_port.Ended.IsCompleted;

    public int ConnectionCount => _port.ConnectionCount;

    public FargateException? LastError => _port.LastError;

    /// <summary>Returns the name of a container in Systems Manager.</summary>
    /// <param name="cluster">The name or ARN of its cluster.</param>
    /// <param name="task">The id or ARN of its task.</param>
    /// <param name="runtimeId">Its id in the container runtime.</param>
    public static string TargetOf(string cluster, string task, string runtimeId) =>
        $"ecs:{TaskArn.IdOf(cluster)}_{TaskArn.IdOf(task)}_{runtimeId}";

    /// <summary>Opens the route to a session's SSH server.</summary>
    /// <param name="sessions">Systems Manager.</param>
    /// <param name="session">The session.</param>
    /// <param name="target">The container, as <see cref="TargetOf"/> returns it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="FargateException">It cannot be opened. Nothing of it is left.</exception>
    public static async Task<ILocalRoute> OpenAsync(
        ISessionManager sessions, FargateSession session, string target, CancellationToken cancellationToken)
    {
        await EndAbandonedAsync(sessions, session.Folder, cancellationToken);
        PortRequest request = new(target, session.Port, RemoteHost: null, $"EcsFargateLogin session {session}");
        var port = await PortSession.OpenAsync(sessions, request, new ChannelOptions(), cancellationToken);
        return new SessionManagerRoute(port, Note(session.Folder, port.SessionId));
    }

    public async ValueTask DisposeAsync()
    {
        await _port.DisposeAsync();
        _file?.Dispose();
    }

    /// <summary>Ends the sessions of processes that have ended without doing so.</summary>
    private static async Task EndAbandonedAsync(ISessionManager sessions, string? folder, CancellationToken cancellationToken)
    {
        foreach (var file in FilesIn(folder).Where(file => !HeldFile.IsHeld(file)))
        {
            try
            {
                await sessions.TerminateAsync(Path.GetFileName(file)[FilePrefix.Length..], cancellationToken);
                HeldFile.TryDelete(file);
            }
            catch (FargateException)
            {
                // AWS ends it when it has been idle for a while.
            }
        }
    }

    private static string[] FilesIn(string? folder)
    {
        try
        {
            return folder is null ? [] : Directory.GetFiles(folder, $"{FilePrefix}*");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Notes a session. AWS's ids are fit for file names; another text is not noted.</summary>
    private static HeldFile? Note(string? folder, string sessionId)
    {
        try
        {
            return folder is not null && sessionId.Length <= 96
                && sessionId.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '@')
                    ? HeldFile.Take(folder, $"{FilePrefix}{sessionId}")
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only a process that is killed leaves it, and then AWS ends it when it has been idle for a while.
            return null;
        }
    }
}
