using System.Text.Json.Nodes;

namespace EcsFargateLogin.Setup;

/// <summary>
/// The confinement of an application's container: its user, a read-only root file system, and the capabilities that it drops.
/// A session's container keeps what start-sshd.sh and sshd support; notes tell the rest.
/// </summary>
/// <param name="application">The application's container.</param>
/// <param name="session">The session's container, with its mount points.</param>
/// <param name="port">The port of the SSH server.</param>
internal sealed class Confinement(JsonObject application, JsonObject session, int port)
{
    private const string UserMember = "user";
    private const string ReadOnlyMember = "readonlyRootFilesystem";
    private const int LowestUnprivilegedPort = 1024;
    private const string All = "ALL";

    /// <summary>The capabilities of a container on Fargate that drops none.</summary>
    private static readonly string[] OfFargate =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP",
        "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    /// <summary>The capabilities that sshd needs as root; a test of the container drops all others.</summary>
    private static readonly string[] NeededByRoot =
        ["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID", "SYS_CHROOT"];

    private readonly List<string> _notes = [];

    private bool ListensAsRoot => port < LowestUnprivilegedPort;

    /// <summary>Copies what can be kept into the session's container.</summary>
    /// <returns>A sentence for each part that is not kept, and for each option that sessions need.</returns>
    public IReadOnlyList<string> CarryOver()
    {
        var runsAsRoot = !CarryUserOver();
        CarryRootFileSystemOver();
        CarryCapabilitiesOver(runsAsRoot);
        return _notes;
    }

    /// <returns>Whether the container has a user of its own that is not root.</returns>
    private bool CarryUserOver()
    {
        var user = (string?)application[UserMember] ?? "";
        var name = user.Split(':')[0];
        if (name is "" or "root" or "0")
        {
            return false;
        }

        if (ListensAsRoot)
        {
            _notes.Add(
                $"The application's user '{user}' is not kept, because only root listens on port {port}: the container runs as "
                + $"the image says, which may be root. Name a -Port from {LowestUnprivilegedPort} to keep it.");
            return false;
        }

        session[UserMember] = user;
        _notes.Add(name.All(char.IsAsciiDigit)
            ? $"The container runs as the application's user '{user}': give that user a name in the image, and start sessions with -UserName and that name."
            : $"The container runs as the application's user '{user}': start sessions with -UserName {name}.");
        return true;
    }

    private void CarryRootFileSystemOver()
    {
        if ((bool?)application[ReadOnlyMember] != true)
        {
            return;
        }

        var mounts = (session["mountPoints"] as JsonArray ?? []).OfType<JsonObject>();
        if (mounts.Any(mount => (bool?)mount["readOnly"] != true
            && ((string?)mount["containerPath"])?.TrimEnd('/') is "/tmp" or "/run"))
        {
            session[ReadOnlyMember] = true;
            return;
        }

        _notes.Add(
            "The application's readonlyRootFilesystem is not kept, because start-sshd.sh has to write somewhere: mount a volume "
            + "at /tmp in the application's task definition to keep it.");
    }

    private void CarryCapabilitiesOver(bool runsAsRoot)
    {
        var dropped = (application["linuxParameters"]?["capabilities"]?["drop"] as JsonArray ?? [])
            .Select(capability => ((string?)capability ?? "").ToUpperInvariant())
            .Where(capability => capability.Length > 0).ToList();
        if (dropped.Count == 0)
        {
            return;
        }

        var kept = dropped;
        if (runsAsRoot)
        {
            string[] needed = [.. NeededByRoot, .. ListensAsRoot ? (string[])["NET_BIND_SERVICE"] : []];
            var all = dropped.Contains(All) ? [.. OfFargate] : dropped;
            kept = [.. all.Except(needed)];
            if (all.Intersect(needed).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } lost)
            {
                _notes.Add(
                    $"The container cannot drop {string.Join(", ", lost)} as the application does, because sshd needs them as root.");
            }
        }

        if (kept.Count > 0)
        {
            session["linuxParameters"]!["capabilities"] =
                new JsonObject { ["drop"] = new JsonArray([.. kept.Select(capability => (JsonNode)capability)]) };
        }
    }
}
