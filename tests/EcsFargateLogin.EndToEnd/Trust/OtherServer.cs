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
    private static readonly TimeSpan Limit = Eventually.DefaultLimit;

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

    /// <summary>Type and text of its host key.</summary>
    public string HostKey { get; private set; } = "";

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => _address;

    /// <summary>Makes its host key, and does not listen yet.</summary>
    public static async Task<OtherServer> CreateAsync()
    {
        OtherServer server = new();
        await server.MakeKeyAsync();
        return server;
    }

    /// <summary>Stands between the operator and the tasks that are started from now on.</summary>
    public static async Task<OtherServer> BeforeTasksOfAsync(Operator me, bool onEveryRoute = false)
    {
        var server = await CreateAsync();
        await server.ListenAsync();
        me.Fargate.Faults.Add(new SshDiverted { To = server._address.ToString(), OnEveryRoute = onEveryRoute });
        return server;
    }

    /// <summary>Listens from now on.</summary>
    /// <param name="addendum">What it adds to its version line; sshd's word for nothing is none.</param>
    public async Task ListenAsync(string addendum = "none")
    {
        Directory.CreateDirectory("/run/sshd");
        _sshd = Process.Start(new ProcessStartInfo("/usr/sbin/sshd",
        [
            "-D", "-e", "-f", "/dev/null", "-h", KeyPath, "-p", $"{_address.Port}", "-o", $"ListenAddress={_address.Address}",
            "-o", "AuthorizedKeysCommand=/bin/echo %t %k", "-o", "AuthorizedKeysCommandUser=root", "-o", "PidFile=none",
            "-o", $"VersionAddendum={addendum}",
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

    private string KeyPath => Path.Combine(_folder.FullName, "host_key");

    private async Task MakeKeyAsync()
    {
        await ProcessRun.CompleteAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", KeyPath]);
        var listing = await ProcessRun.CompleteAsync("ssh-keygen", ["-l", "-f", KeyPath]);
        Fingerprint = listing.Output.Split(' ')[1];
        HostKey = (await File.ReadAllTextAsync($"{KeyPath}.pub")).Trim();
    }
}
