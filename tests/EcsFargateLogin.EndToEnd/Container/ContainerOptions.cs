using System.Globalization;

namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>The kinds of images and programs of the tests' containers.</summary>
public enum ImageKind
{
    /// <summary>This machine's programs, with dash as /bin/sh.</summary>
    Debian,

    /// <summary>The same, with bash as /bin/sh.</summary>
    Bash,

    BusyBox,

    /// <summary>Debian 13 with OpenSSH 10, where <see cref="Debian13.Folder"/> is there.</summary>
    Debian13,
}

/// <summary>The options of a container's start. Values are written byte by byte, as Latin-1.</summary>
internal sealed record ContainerOptions
{
    /// <summary>The kinds that every machine has which runs these tests: one for each shell.</summary>
    public static IReadOnlyList<ImageKind> Kinds { get; } = [ImageKind.Debian, ImageKind.Bash, ImageKind.BusyBox];

    public ImageKind Kind { get; init; }

    public int UserId { get; init; }

    /// <summary>Options of sandbox.sh.</summary>
    public IReadOnlyList<string> Sandbox { get; init; } = [];

    /// <summary>Whether its clock stands still, but for <see cref="SshContainer.PassAsync"/>.</summary>
    public bool HasOwnClock { get; init; }

    /// <summary>The commands that run in the container, as its user, before the script starts.</summary>
    public string Setup { get; init; } = "";

    /// <summary>Variables beside the key, the address and the port; the same names here take their place.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Whether the script is process 1. If not, it runs below another one, which lists what the script left behind.
    /// </summary>
    public bool IsProcess1 { get; init; } = true;

    /// <summary>Whether it gets a network namespace of its own, which a <see cref="ContainerNetwork"/> then reaches.</summary>
    public bool HasOwnNetwork { get; init; }

    public static Dictionary<string, string> Limit(string name, int seconds) =>
        new() { [name] = seconds.ToString(CultureInfo.InvariantCulture) };
}
