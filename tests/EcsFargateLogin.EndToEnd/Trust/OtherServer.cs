using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Container;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Trust;

/// <summary>
/// Somebody on the path: an sshd with a host key of its own where a task's public address leads to, which lets any key in and
/// runs what it is told. Disposal ends it.
/// </summary>
internal sealed class OtherServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fargate-login-other-");
    private readonly IPEndPoint _address = FreeEndPoint();
    private readonly StringBuilder _log = new();
    private Process? _sshd;

    /// <summary>The fingerprint of its host key.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>The messages of its sshd.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Stands between the operator and the tasks that are started from now on.</summary>
    public static async Task<OtherServer> BeforeTasksOfAsync(Operator me, bool onEveryRoute = false)
    {
        var server = new OtherServer();
        await server.ListenAsync();
        me.Fargate.Faults.Add(new SshDiverted { To = server._address.ToString(), OnEveryRoute = onEveryRoute });
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_sshd is { } sshd)
        {
            sshd.Kill(entireProcessTree: true);
            await sshd.WaitForExitAsync().WaitAsync(Limit);
            sshd.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static IPEndPoint FreeEndPoint()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private async Task ListenAsync()
    {
        var hostKey = Path.Combine(_folder.FullName, "host_key");
        await ProcessRun.CompleteAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", hostKey]);
        var listing = await ProcessRun.CompleteAsync("ssh-keygen", ["-l", "-f", hostKey]);
        Fingerprint = listing.Output.Split(' ')[1];
        Directory.CreateDirectory("/run/sshd");
        _sshd = Process.Start(new ProcessStartInfo("/usr/sbin/sshd",
        [
            "-D", "-e", "-f", "/dev/null", "-h", hostKey, "-p", $"{_address.Port}", "-o", $"ListenAddress={_address.Address}",
            "-o", "AuthorizedKeysCommand=/bin/echo %t %k", "-o", "AuthorizedKeysCommandUser=root", "-o", "PidFile=none",
        ])
        { RedirectStandardError = true })!;
        _sshd.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _sshd.BeginErrorReadLine();
        await Eventually.BecomesAsync(() => Log.Contains("Server listening", StringComparison.Ordinal), () => Log);
    }
}
