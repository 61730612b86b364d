using System.Text.RegularExpressions;

namespace EcsFargateLogin.Setup;

/// <summary>The name of a container image.</summary>
/// <param name="Text">The whole name.</param>
/// <param name="Registry">The registry's host; null for Docker Hub.</param>
/// <param name="Repository">The part between registry and tag, with its slashes.</param>
/// <param name="Tag">The tag, or null.</param>
internal sealed partial record ImageReference(string Text, string? Registry, string Repository, string? Tag)
{
    /// <summary>The last part of the repository.</summary>
    public string Name => Repository[(Repository.LastIndexOf('/') + 1)..];

    /// <summary>The name of the image with an SSH server that is built from it.</summary>
    public string LoginName => Name.EndsWith(Suffix, StringComparison.Ordinal) ? Name : Name + Suffix;

    private const string Suffix = "-cli";

    /// <summary>Parses a name strictly, because it is written into files and commands.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidImage"/>.</exception>
    public static ImageReference Parse(string text) => TryParse(text) ?? throw SetupErrors.InvalidImage(text);

    /// <summary>Parses a name; returns null if it is invalid.</summary>
    public static ImageReference? TryParse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : text[..slash];
        // Docker's rule: any other first part is a namespace of Docker Hub.
        var hasRegistry = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal)
            || first == "localhost";
        var match = (hasRegistry ? WithRegistry() : WithoutRegistry()).Match(text);
        return match.Success ? new(text, Value(match, "registry"), match.Groups["repository"].Value, Value(match, "tag")) : null;
    }

    private static string? Value(Match match, string group) =>
        match.Groups[group] is { Success: true, Value: var value } ? value : null;

    private const string AfterRegistry =
        @"(?<repository>[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*)"
        + @"(:(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(@sha256:[0-9a-f]{64})?\z";

    [GeneratedRegex("^(?<registry>[A-Za-z0-9.-]+(:[0-9]+)?)/" + AfterRegistry, RegexOptions.ExplicitCapture)]
    private static partial Regex WithRegistry();

    [GeneratedRegex("^" + AfterRegistry, RegexOptions.ExplicitCapture)]
    private static partial Regex WithoutRegistry();
}

/// <summary>Guesses the distribution of an image from its name.</summary>
internal static partial class DistributionNames
{
    /// <summary>Base images without a package manager and mostly without a shell.</summary>
    private static readonly string[] WithoutPackageManager = ["scratch", "distroless", "busybox"];

    private static readonly Dictionary<string, FargateDistribution> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["debian"] = FargateDistribution.Debian,
        ["buster"] = FargateDistribution.Debian,
        ["bullseye"] = FargateDistribution.Debian,
        ["bookworm"] = FargateDistribution.Debian,
        ["trixie"] = FargateDistribution.Debian,
        ["ubuntu"] = FargateDistribution.Ubuntu,
        ["focal"] = FargateDistribution.Ubuntu,
        ["jammy"] = FargateDistribution.Ubuntu,
        ["noble"] = FargateDistribution.Ubuntu,
        ["alpine"] = FargateDistribution.Alpine,
        ["amazonlinux"] = FargateDistribution.AmazonLinux,
        ["al2"] = FargateDistribution.AmazonLinux,
        ["al2023"] = FargateDistribution.AmazonLinux,
    };

    /// <summary>Finds the distribution in a name such as debian:12, ruby:3.3-alpine3.20 or app:al2023.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.DistributionUnknown"/>: the name has none, several, or one without a package manager.
    /// </exception>
    public static FargateDistribution Of(ImageReference image)
    {
        // The registry's host says nothing about the image.
        List<string> words =
            [.. Word().Matches($"{image.Repository} {image.Tag}")
                .SelectMany(match => new[] { match.Value, match.Groups["name"].Value }).Distinct()];
        if (words.Find(word => WithoutPackageManager.Contains(word, StringComparer.OrdinalIgnoreCase)) is { } bare)
        {
            throw SetupErrors.NoPackageManager(image.Text, bare);
        }

        return words.Where(Words.ContainsKey).Select(word => Words[word]).Distinct().ToList() is [var only]
            ? only
            : throw SetupErrors.DistributionUnknown(image.Text);
    }

    [GeneratedRegex("(?<name>[A-Za-z]+)[0-9]*")]
    private static partial Regex Word();
}
