using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace EcsFargateLogin.Ssh.Sftp;

/// <summary>
/// Sends requests to an SFTP server and gives each its reply. Many may be under way at once; one caller at a time sends.
/// </summary>
internal sealed class SftpConnection(Stream toServer, Stream fromServer)
{
    private const uint ProtocolVersion = 3;

    /// <summary>No reply is longer; what says so is no SFTP server, but a login script that prints.</summary>
    private const int LongestReply = 1 << 20;

    private readonly ConcurrentDictionary<uint, TaskCompletionSource<SftpReply>> _pending = [];
    private volatile Exception? _end;
    private uint _lastId;

    /// <summary>The names of the extensions that the server has.</summary>
    public HashSet<string> Extensions { get; } = [];

    /// <summary>Agrees on the version, and reads replies from then on.</summary>
    /// <exception cref="SftpConnectionException">The connection has ended, or what answers is no SFTP server.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await AgreeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw Ended(e);
        }

        _ = Task.Run(ReceiveAllAsync, CancellationToken.None);
    }

    private async Task AgreeAsync(CancellationToken cancellationToken)
    {
        await SendAsync(new SftpPacket(SftpType.Init).Add(ProtocolVersion), cancellationToken).ConfigureAwait(false);
        var version = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        if (version.Type != SftpType.Version || version.ReadUInt32() < ProtocolVersion)
        {
            throw new InvalidDataException("What answers is no SFTP server of version 3.");
        }

        while (!version.IsAtEnd)
        {
            Extensions.Add(version.ReadText());
            version.ReadBytes();
        }
    }

    /// <summary>Sends a request.</summary>
    /// <param name="type">What is asked for.</param>
    /// <param name="addFields">Adds what follows the request's id.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What will be the reply, once the request is on its way.</returns>
    /// <exception cref="SftpConnectionException">The connection has ended.</exception>
    public async Task<Task<SftpReply>> RequestAsync(
        SftpType type, Func<SftpPacket, SftpPacket> addFields, CancellationToken cancellationToken)
    {
        var id = ++_lastId;
        TaskCompletionSource<SftpReply> reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[id] = reply;
        if (_end is { } end)
        {
            throw Ended(end);
        }

        await SendAsync(addFields(new SftpPacket(type).Add(id)), cancellationToken).ConfigureAwait(false);
        return reply.Task;
    }

    private async Task SendAsync(SftpPacket packet, CancellationToken cancellationToken)
    {
        try
        {
            await toServer.WriteAsync(packet.Finish(), cancellationToken).ConfigureAwait(false);
            await toServer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw Ended(e);
        }
    }

    private async Task<SftpReply> ReceiveAsync(CancellationToken cancellationToken)
    {
        var prefix = new byte[sizeof(uint)];
        await fromServer.ReadExactlyAsync(prefix, cancellationToken).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length is 0 or > LongestReply)
        {
            throw new InvalidDataException("What answers is no SFTP server.");
        }

        var bytes = new byte[length];
        await fromServer.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return new SftpReply(bytes);
    }

    private async Task ReceiveAllAsync()
    {
        try
        {
            while (true)
            {
                var reply = await ReceiveAsync(CancellationToken.None).ConfigureAwait(false);
                if (_pending.TryRemove(reply.ReadUInt32(), out var pending))
                {
                    pending.SetResult(reply);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidDataException)
        {
            _end = e;
            foreach (var pending in _pending.Values)
            {
                pending.TrySetException(Ended(e));
            }
        }
    }

    private static SftpConnectionException Ended(Exception cause) => new("The connection to the SFTP server has ended.", cause);
}
