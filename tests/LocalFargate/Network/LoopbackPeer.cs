using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace LocalFargate.Network;

/// <summary>Finds the user of this machine that a loopback connection comes from.</summary>
internal static class LoopbackPeer
{
    private static readonly string[] _tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Whether the kernel's tables say that the other end of a connection belongs to the user of this process.</summary>
    /// <param name="there">The other end, an address of IPv4 that a socket of IPv6 may have.</param>
    /// <param name="here">This end.</param>
    internal static bool IsOfThisUser(IPEndPoint there, IPEndPoint here)
    {
        var (from, to) = (ListeningPorts.EntryOf(there), ListeningPorts.EntryOf(here));
        return _tables
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            // Number, local and remote address, state, queues, timer, retransmissions, user.
            .Any(words => words.Length > 7
                && words[1].EndsWith(from, StringComparison.Ordinal)
                && words[2].EndsWith(to, StringComparison.Ordinal)
                && words[7] == GetEffectiveUserId().ToString(CultureInfo.InvariantCulture));
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUserId();
}
