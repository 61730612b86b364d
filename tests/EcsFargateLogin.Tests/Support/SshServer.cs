using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Tests.Support;

/// <summary>A real sshd, one process for each connection, with a host key of its own.</summary>
internal sealed class SshServer : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Process> _processes = [];
    private readonly string[] _arguments;
    private int _connections;

    /// <param name="keyType">The type of its host key, as ssh-keygen takes it.</param>
    /// <param name="options">Options of sshd; empty ones are left out.</param>
    public SshServer(string keyType, params string[] options)
    {
        using (var keygen = Process.Start("ssh-keygen", ["-q", "-t", keyType, "-N", "", "-C", "", "-f", _folder["host_key"]]))
        {
            keygen.WaitForExit();
        }

        HostKey = File.ReadAllText(_folder["host_key.pub"]).Trim();
        _arguments =
        [
            "-i", "-e", "-f", "/dev/null", "-h", _folder["host_key"],
            .. options.Where(option => option.Length > 0).SelectMany(option => new[] { "-o", option }),
        ];
        Directory.CreateDirectory("/run/sshd");
        _listener.Start();
        _ = ServeAsync();
    }

    /// <summary>Type and text of its host key.</summary>
    public string HostKey { get; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The number of connections to it so far.</summary>
    public int Connections => _connections;

    public void Dispose()
    {
        _listener.Dispose();
        lock (_processes)
        {
            foreach (var process in _processes)
            {
                ChildProcess.Kill(process);
                process.WaitForExit();
                process.Dispose();
            }
        }

        _folder.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                _ = PassAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server is gone.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using (client)
        {
            var sshd = Process.Start(new ProcessStartInfo("/usr/sbin/sshd", _arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            lock (_processes)
            {
                _processes.Add(sshd);
            }

            sshd.BeginErrorReadLine();
            var stream = client.GetStream();
            var sending = sshd.StandardOutput.BaseStream.CopyToAsync(stream);
            try
            {
                await stream.CopyToAsync(sshd.StandardInput.BaseStream);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The client or sshd is gone.
            }

            await ((Task)sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
