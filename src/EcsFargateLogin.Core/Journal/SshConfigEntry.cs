using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Journal;

/// <summary>The entry of one session in a configuration of ssh: the host with its id as the name.</summary>
/// <param name="SessionId">The session's id.</param>
/// <param name="Lines">Its lines, the first of which names the host.</param>
internal sealed record SshConfigEntry(string SessionId, IReadOnlyList<string> Lines)
{
    private const string HostWord = "Host ";

    /// <summary>Creates the entry of a session with a server that has answered.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    public static SshConfigEntry Of(FargateSession session) => Of(session, SshCommandLine.ForConfiguration(session.Endpoint));

    /// <summary>
    /// Creates the entry of a session for a colleague on another machine: with its own address instead of a port of this machine, and
    /// without the files and the -ProxyCommand of this user.
    /// </summary>
    /// <exception cref="FargateException"><see cref="FargateError.SshConfigUnavailable"/>.</exception>
    public static SshConfigEntry ForColleague(FargateSession session)
    {
        var endpoint = session.Endpoint;
        return Of(session, SshCommandLine.ForColleague(endpoint with
        {
            Address = session.OpenRoute is { IsLocal: true } open ? session.AddressFor(open.Route)! : endpoint.Address,
            Port = session.Port,
            Proxy = endpoint.Proxy is { IsJumpHost: true } ? endpoint.Proxy : null,
        }));
    }

    private static SshConfigEntry Of(FargateSession session, IEnumerable<SshOption> options)
    {
        string[] lines = [$"{HostWord}{session.SessionId}", .. options.Select(option => $"    {option.Name} {option.Value}")];
        // AWS has told some of the values, and a line break would begin another option.
        return SessionIds.IsValid(session.SessionId) && !lines.Any(line => line.Any(char.IsControl))
            ? new(session.SessionId, lines)
            : throw SshConfigErrors.UnfitEntry(session);
    }

    /// <summary>Reads the entries among the lines of a file. Lines before the first one are left out.</summary>
    public static IReadOnlyList<SshConfigEntry> Parse(IEnumerable<string> lines)
    {
        List<SshConfigEntry> entries = [];
        List<string> current = [];
        foreach (var line in lines)
        {
            if (line.StartsWith(HostWord, StringComparison.Ordinal))
            {
                current = [];
                entries.Add(new(line[HostWord.Length..].Trim(), current));
            }

            if (line.Length > 0)
            {
                current.Add(line);
            }
        }

        return entries;
    }

    /// <summary>Returns the lines of which two lists of entries differ: removed ones behind -, and added ones behind +.</summary>
    public static IReadOnlyList<string> Difference(IReadOnlyList<SshConfigEntry> before, IReadOnlyList<SshConfigEntry> after)
    {
        List<string> difference = [];
        foreach (var id in before.Concat(after).Select(entry => entry.SessionId).Distinct())
        {
            var (old, now) = (LinesOf(before, id), LinesOf(after, id));
            var (removed, added) = (old.Except(now).ToList(), now.Except(old).ToList());
            if (removed.Count + added.Count > 0)
            {
                // The host's own line shows which entry changes.
                difference.AddRange(old.Count > 0 && now.Count > 0 ? [$"  {HostWord}{id}"] : []);
                difference.AddRange(removed.Select(line => $"- {line}"));
                difference.AddRange(added.Select(line => $"+ {line}"));
            }
        }

        return difference;
    }

    private static IReadOnlyList<string> LinesOf(IReadOnlyList<SshConfigEntry> entries, string id) =>
        entries.FirstOrDefault(entry => entry.SessionId == id)?.Lines ?? [];
}
