using System.Text.RegularExpressions;

namespace EcsFargateLogin.Setup;

/// <summary>Tells the distribution of an image from its name, as far as people put it there.</summary>
internal static partial class DistributionNames
{
    /// <summary>Images of these have neither a package manager nor, mostly, a shell.</summary>
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

    /// <summary>The distribution that an image's name tells: debian:12, ruby:3.3-alpine3.20, node:22-bookworm, app:al2023.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.DistributionUnknown"/> when it tells none, several, or one without a package manager.
    /// </exception>
    public static FargateDistribution Of(ImageReference image)
    {
        // A registry's host is somebody's name and not the image's.
        List<string> words =
            [.. Word().Matches($"{image.Repository} {image.Tag}").SelectMany(match => new[] { match.Value, match.Groups["name"].Value }).Distinct()];
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
