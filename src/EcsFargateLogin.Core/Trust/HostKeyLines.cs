using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Trust;

/// <summary>
/// Finds the host key in a container's log. start-sshd.sh ends its start line and its host-key line with the session's
/// tag. Others may print such lines too: those without the tag are skipped, and as soon as there are more
/// lines with the tag than the script writes, none of them is believed.
/// </summary>
internal static class HostKeyLines
{
    private const string StartLine = "ecs-fargate-login start ";
    private const string HostKeyLine = "ecs-fargate-login host-key ";

    /// <summary>Finds the host key of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="tag">The tag that its lines end with.</param>
    /// <param name="messages">The log, from its beginning.</param>
    /// <returns>The key, or null while its line has not come.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.HostKeyNotVerified"/>: the log contradicts itself.</exception>
    public static PublicKey? Find(FargateSession session, string tag, IEnumerable<string> messages)
    {
        // A log driver may take several lines for one message.
        string[] tagged =
        [
            .. messages.SelectMany(message => message.Split('\n')).Select(line => line.TrimEnd())
                .Where(line => line.EndsWith($" {tag}", StringComparison.Ordinal)),
        ];
        string[] starts = [.. tagged.Where(line => line.StartsWith(StartLine, StringComparison.Ordinal))];
        string[] keys = [.. tagged.Where(line => line.StartsWith(HostKeyLine, StringComparison.Ordinal))];
        if (starts.Length > 1 || keys.Length > 1)
        {
            throw HostKeyErrors.HostKeyContradicted(session, starts.Length, keys.Length);
        }

        if (keys.Length == 0)
        {
            return null;
        }

        if (starts.Length == 0 || Array.IndexOf(tagged, starts[0]) > Array.IndexOf(tagged, keys[0]))
        {
            throw HostKeyErrors.HostKeyWithoutStart(session);
        }

        // The blank before the tag may be the one after the line's name.
        return PublicKey.TryParse(keys[0][(HostKeyLine.Length - 1)..^(tag.Length + 1)])
            ?? throw HostKeyErrors.HostKeyUnreadable(session);
    }
}
