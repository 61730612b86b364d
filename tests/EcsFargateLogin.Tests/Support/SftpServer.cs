using System.Diagnostics;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh.Sftp;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Support;

/// <summary>OpenSSH's SFTP server on this machine's files, without ssh, and the copies that are made by it.</summary>
internal sealed class SftpServer : IAsyncDisposable
{
    private static readonly string[] Places =
        ["/usr/lib/openssh", "/usr/lib/ssh", "/usr/libexec/openssh", "/usr/libexec"];

    private readonly Process _process;
    private readonly Task<string> _log;
    private readonly SftpClient _client;
    private readonly EventLog _events = new();
    private readonly TemporaryFolder _sessionFolder = new();

    private SftpServer(Process process)
    {
        _process = process;
        _log = process.StandardError.ReadToEndAsync();
        _client = new SftpClient(new SftpConnection(process.StandardInput.BaseStream, process.StandardOutput.BaseStream));
    }

    /// <summary>The secret in the names of parts.</summary>
    public byte[] Secret => Report().Secret;

    /// <summary>The items that could not be copied, by their sources.</summary>
    public IReadOnlyList<(string Source, string Message)> Failures =>
        [.. _events.Events.OfType<ItemFailed>().Select(failed => (failed.Source, failed.Error.Message))];

    /// <summary>The items that were copied.</summary>
    public IReadOnlyList<FargateCopiedItem> Copied => [.. _events.Events.OfType<ItemCopied>().Select(copied => copied.Item)];

    /// <summary>Starts the server.</summary>
    /// <param name="denied">Requests that it refuses, by the names of sftp-server -Q requests.</param>
    public static async Task<SftpServer> StartAsync(string? denied = null)
    {
        var program = Places.Select(place => Path.Combine(place, "sftp-server")).First(File.Exists);
        string[] arguments = ["-e", "-l", "VERBOSE", .. denied is null ? [] : new[] { "-P", denied }];
        SftpServer server = new(Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        await server._client.RunAsync(() => server._client.OpenAsync(CancellationToken.None));
        return server;
    }

    /// <summary>Copies to the server.</summary>
    public Task UploadAsync(string destination, params string[] sources) => _client.RunAsync(() =>
        new SftpUpload(_client, Request(destination, sources, fromSession: false), Report()).RunAsync(CancellationToken.None));

    /// <summary>Copies from the server.</summary>
    public Task DownloadAsync(string destination, params string[] sources) =>
        DownloadAsync(NameRules.Here, destination, sources);

    /// <summary>The same to a machine where other names are possible.</summary>
    public Task DownloadAsync(NameRules names, string destination, params string[] sources) => _client.RunAsync(() => new SftpDownload(
        _client, Request(destination, sources, fromSession: true) with { Names = names }, Report()).RunAsync(CancellationToken.None));

    /// <summary>Ends the server, and returns what it has logged.</summary>
    public async Task<string> EndAsync()
    {
        _process.StandardInput.Close();
        return await _log;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _sessionFolder.Dispose();
    }

    private CopyReport Report() => new(new FargateSession(new SessionRecord(), _sessionFolder.Path), "sftp", _events);

    private static CopyRequest Request(string destination, string[] sources, bool fromSession) => new()
    {
        Sources = sources,
        Destination = destination,
        FromSession = fromSession,
        Recurse = true,
    };
}
