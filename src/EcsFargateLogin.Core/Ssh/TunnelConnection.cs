using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Ssh;

/// <summary>A connection that forwards a local port. Disposing closes the port.</summary>
internal interface ITunnelConnection : IAsyncDisposable
{
    /// <summary>Completes when the connection has ended.</summary>
    Task Ended { get; }

    /// <summary>The reason of its end, as far as it is known; or null.</summary>
    string? Complaint { get; }

    /// <summary>The error that has ended it, where no other connection would do better; or null.</summary>
    FargateException? Error => null;
}

/// <summary>
/// An ssh process that forwards a port. It never outlives this process: it ends with the pipe to its standard input, which the
/// system closes when this process ends.
/// </summary>
internal sealed class TunnelConnection : ITunnelConnection
{
    /// <summary>
    /// The remote command: it reports that the forwarding is set up, and reads until its input ends. Then it ends its connection,
    /// which would stay open while a client uses it. PPID is the sshd of this connection alone.
    /// </summary>
    public const string RemoteCommand = $"exec sh -c 'echo {Ready}; while read -r line; do :; done; kill \"$PPID\"'";

    private const string Ready = "ecs-fargate-login-tunnel-ready";

    /// <summary>The time limit of connection and login; ssh's own limit for the former is 15 s.</summary>
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(45);

    private readonly SshPipe _pipe;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts ssh.</summary>
    /// <param name="start">The start information, with <see cref="RemoteCommand"/> among its arguments.</param>
    /// <param name="onMessage">Receives each message of ssh, on any thread.</param>
    /// <exception cref="FargateException"><see cref="FargateError.SshNotFound"/>.</exception>
    public TunnelConnection(ProcessStartInfo start, Action<string> onMessage)
    {
        _pipe = new SshPipe(start, onMessage);
        Ended = Task.WhenAll(ReadOutputAsync(), _pipe.WaitForEndAsync());
    }

    /// <summary>Completes when ssh has ended.</summary>
    public Task Ended { get; }

    /// <inheritdoc cref="SshPipe.Complaint"/>
    public string? Complaint => _pipe.Complaint;

    /// <inheritdoc cref="SshPipe.Messages"/>
    public IReadOnlyList<string> Messages => _pipe.Messages;

    /// <summary>Waits until ssh has logged in and listens on the local port.</summary>
    /// <returns>False when ssh has ended, or did not get that far in time.</returns>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = TimeLimit.Begin(OpenLimit, cancellationToken);
        try
        {
            return await Task.WhenAny(_ready.Task, Ended).WaitAsync(limit.Token) == _ready.Task;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Ends ssh.</summary>
    public ValueTask DisposeAsync() => _pipe.DisposeAsync();

    private async Task ReadOutputAsync()
    {
        using StreamReader reader = new(_pipe.Output, leaveOpen: true);
        // Login scripts may print lines before.
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line == Ready)
            {
                _ready.TrySetResult();
            }
        }
    }
}

/// <summary>The ends of a tunnel.</summary>
/// <param name="BindAddress">The local IP address that it listens on.</param>
/// <param name="LocalPort">The local port; 0 for any that is free.</param>
/// <param name="RemoteHost">The host by its name inside the task's network; null where each client names its own (SOCKS).</param>
/// <param name="RemotePort">The port on that host.</param>
internal sealed record TunnelRoute(string BindAddress, int LocalPort, string? RemoteHost, int? RemotePort)
{
    /// <summary>The arguments of ssh for the tunnel.</summary>
    public IReadOnlyList<string> Arguments => RemoteHost is null
        ? ["-D", Invariant($"{Bracketed(BindAddress)}:{LocalPort}")]
        : ["-L", Invariant($"{Bracketed(BindAddress)}:{LocalPort}:{Bracketed(RemoteHost)}:{RemotePort}")];

    /// <summary>Returns the route with a local port that is free now, because ssh cannot choose one itself.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.LocalPortUnavailable"/>.</exception>
    public TunnelRoute WithFreePort()
    {
        try
        {
            using TcpListener listener = new(IPAddress.Parse(BindAddress), LocalPort);
            listener.Start();
            return this with { LocalPort = ((IPEndPoint)listener.LocalEndpoint).Port };
        }
        catch (SocketException e)
        {
            throw SshErrors.LocalPortUnavailable(this, e.Message, e);
        }
    }

    /// <summary>The local end, for people.</summary>
    public string LocalEnd => Invariant($"{Bracketed(BindAddress)}:{LocalPort}");

    /// <summary>The remote end, for people.</summary>
    public string RemoteEnd => RemoteHost is null ? "any host (SOCKS)" : Invariant($"{Bracketed(RemoteHost)}:{RemotePort}");

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
