namespace LocalFargate.Containers;

/// <summary>What a container runs, in what surroundings.</summary>
internal sealed record ContainerSpec
{
    internal required string Hostname { get; init; }

    internal required string Address { get; init; }

    /// <summary>The program and its arguments; at least the program.</summary>
    internal required IReadOnlyList<string> Command { get; init; }

    internal required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The image's files: a path in the container, and where the file lies on this machine.</summary>
    internal required IReadOnlyDictionary<string, string> Files { get; init; }

    /// <summary>user, uid, user:group or uid:gid; empty for root.</summary>
    internal string User { get; init; } = "";

    internal bool ReadOnlyRoot { get; init; }
}
