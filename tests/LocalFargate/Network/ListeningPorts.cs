using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace LocalFargate.Network;

/// <summary>Sees from the kernel's table whether a port is listened on, without connecting to it.</summary>
internal static class ListeningPorts
{
    private const string TcpListen = "0A";

    // With its end. The kernel fills each line up to it.
    private const int LineLength = 150;

    // A port that is not listened on soon is not waited for by the moment any more.
    private const int SoonTries = 500;
    private static readonly TimeSpan _soonInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _laterInterval = TimeSpan.FromMilliseconds(500);

    private static readonly Lock _reading = new();
    private static HashSet<string> _listening = [];
    private static long _readAt;

    internal static async Task WaitForAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        for (var tries = 0; !IsListening(endpoint); tries++)
        {
            await Task.Delay(tries < SoonTries ? _soonInterval : _laterInterval, cancellationToken);
        }
    }

    /// <summary>The kernel writes an address as the number that its bytes in memory make on this machine.</summary>
    /// <param name="endpoint">Of IPv4, or one of IPv6 that stands for it.</param>
    internal static string EntryOf(IPEndPoint endpoint) => string.Create(
        CultureInfo.InvariantCulture, $"{BitConverter.ToUInt32(endpoint.Address.MapToIPv4().GetAddressBytes()):X8}:{endpoint.Port:X4}");

    private static bool IsListening(IPEndPoint endpoint) => ReadTable().Contains(EntryOf(endpoint));

    /// <summary>All that wait share a reading of the table: it is long where tasks are many.</summary>
    private static HashSet<string> ReadTable()
    {
        lock (_reading)
        {
            if (Stopwatch.GetElapsedTime(_readAt) >= _soonInterval / 2)
            {
                _listening = ReadListening();
                _readAt = Stopwatch.GetTimestamp();
            }

            return _listening;
        }
    }

    // The kernel writes what listens first, and looks through all that its table of connections has room for afterwards, which takes
    // it milliseconds: so many bytes at a time are read that it does not come to that.
    private static HashSet<string> ReadListening()
    {
        using FileStream table = new("/proc/net/tcp", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        using StreamReader reader = new(table, Encoding.ASCII, detectEncodingFromByteOrderMarks: false, LineLength);
        HashSet<string> listening = [];
        _ = reader.ReadLine();
        while (reader.ReadLine()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, TcpListen, ..])
        {
            listening.Add(local);
        }

        return listening;
    }
}
