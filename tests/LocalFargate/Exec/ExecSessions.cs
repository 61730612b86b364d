using System.Collections.Concurrent;
using System.Security.Cryptography;
using LocalFargate.Tasks;

namespace LocalFargate.Exec;

/// <summary>The streams that ExecuteCommand has promised. Each can be used once, by whoever has its token.</summary>
/// <param name="serverUrl">Tells this server's URL.</param>
internal sealed class ExecSessions(Func<string> serverUrl)
{
    /// <summary>The path of the streams; the session's id follows.</summary>
    internal const string Path = "/_local/exec/";

    private readonly ConcurrentDictionary<string, ExecSession> _sessions = [];

    internal ExecSession Open(FargateTask task, string containerName, string command)
    {
        var id = $"ecs-execute-command-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(9))}";
        var session = new ExecSession(id, $"token-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}")
        {
            Task = task,
            ContainerName = containerName,
            Command = command,
        };
        _sessions[id] = session;
        return session;
    }

    internal string UrlOf(ExecSession session) =>
        $"{serverUrl().Replace("http://", "ws://", StringComparison.Ordinal).TrimEnd('/')}{Path}{session.Id}";

    /// <summary>Hands out a session; null when there is none of that id, or somebody has it.</summary>
    internal ExecSession? Take(string id) => _sessions.TryRemove(id, out var session) ? session : null;
}

/// <summary>A stream to the terminal of a program in a container.</summary>
internal sealed record ExecSession(string Id, string Token)
{
    internal required FargateTask Task { get; init; }

    internal required string ContainerName { get; init; }

    /// <summary>The line that was asked for.</summary>
    internal required string Command { get; init; }
}
