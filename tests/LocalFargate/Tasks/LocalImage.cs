namespace LocalFargate.Tasks;

/// <summary>
/// The stand-in for a container image: this machine's own files, with these laid over them. A container with an image that
/// the server does not have fails as on Fargate, with CannotPullContainerError.
/// </summary>
public sealed record LocalImage
{
    /// <summary>An absolute path in the container, and the file on this machine that is copied there, executable.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>What runs where neither the task definition nor an override says something else.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The environment variables of the image.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
