using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Tunnels;

/// <summary>The tunnels of this process, each with the runspace that started it and ends it.</summary>
internal static class TunnelRegistry
{
    private static readonly object _gate = new();
    private static readonly SortedDictionary<int, (TunnelKeeper Keeper, Guid Runspace)> _tunnels = [];
    private static int _lastId;

    /// <summary>Returns a number that no other tunnel of this process has had.</summary>
    public static int NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>All tunnels, in the order of their start.</summary>
    public static IReadOnlyList<TunnelKeeper> All => Where(_ => true);

    /// <summary>The tunnels that a runspace has started.</summary>
    public static IReadOnlyList<TunnelKeeper> Of(Guid runspace) => Where(owner => owner == runspace);

    public static void Add(TunnelKeeper keeper, Guid runspace)
    {
        lock (_gate)
        {
            _tunnels.Add(keeper.Tunnel.Id, (keeper, runspace));
        }
    }

    public static TunnelKeeper? Find(int id)
    {
        lock (_gate)
        {
            return _tunnels.TryGetValue(id, out var found) ? found.Keeper : null;
        }
    }

    /// <summary>Whether no other tunnel uses the session of a tunnel that has ended.</summary>
    public static bool IsLast(FargateTunnel ended) => !All.Any(other =>
        other.Tunnel != ended && other.Tunnel.SessionId == ended.SessionId && other.Tunnel.IsAlive);

    /// <returns>Whether no tunnel is left.</returns>
    public static bool Remove(int id)
    {
        lock (_gate)
        {
            _tunnels.Remove(id);
            return _tunnels.Count == 0;
        }
    }

    private static TunnelKeeper[] Where(Func<Guid, bool> isWanted)
    {
        lock (_gate)
        {
            return [.. _tunnels.Values.Where(tunnel => isWanted(tunnel.Runspace)).Select(tunnel => tunnel.Keeper)];
        }
    }
}

/// <summary>Errors about tunnels.</summary>
internal static class TunnelErrors
{
    internal static FargateException TunnelNotFound(int id) => new(
        FargateError.TunnelNotFound,
        $"There is no tunnel {id} in this PowerShell.",
        "Get-FargateTunnel lists those there are.");

    /// <summary>The warning about a remote end that the task cannot reach.</summary>
    internal static string TargetUnreachable(TunnelRoute route, string why) =>
        $"The tunnel listens at {route.LocalEnd}, but the task cannot reach {route.RemoteEnd}: {why}. "
        + "Check the name and the port, and that the host's security group allows the task.";
}
