using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Setup;

/// <summary>Errors about images and task definitions for sessions.</summary>
internal static class SetupErrors
{
    private static readonly string Distributions = string.Join(", ", Enum.GetNames<FargateDistribution>());

    internal static FargateException InvalidImage(string text) => new(
        FargateError.InvalidImage,
        $"'{text}' is not the name of a container image.",
        "Write it like debian:12-slim or 111122223333.dkr.ecr.eu-central-1.amazonaws.com/rails:7.")
    { Target = text };

    internal static FargateException DistributionUnknown(string image) => new(
        FargateError.DistributionUnknown,
        $"The name '{image}' does not tell on which Linux distribution the image is built.",
        $"Name it with -Distribution: {Distributions}.")
    { Target = image };

    internal static FargateException NoPackageManager(string image, string word) => new(
        FargateError.DistributionUnknown,
        $"The image '{image}' is one of '{word}', which has no package manager to install an SSH server with.",
        $"Name an image that is built on another distribution; or, where its name misleads, say with -Distribution what it is: "
        + $"{Distributions}.")
    { Target = image };

    internal static FargateException FileExists(string path) => new(
        FargateError.FileExists,
        $"'{path}' exists already, and nothing was written.",
        "Name another folder with -Path, or replace what is there with -Force.")
    { Target = path };

    internal static FargateException FileNotWritten(string path, Exception cause) => new(
        FargateError.FileNotWritten,
        $"'{path}' could not be written: {ErrorText.ReasonOf(cause)}.",
        "Make the folder writable for you, free some space, or name another one with -Path.",
        cause)
    { Target = path };

    internal static FargateException NotAFileSystemPath(string path) => new(
        FargateError.FileNotWritten,
        $"'{path}' is not a path of the file system.",
        "Name a folder with -Path.")
    { Target = path };

    internal static FargateException FamilyOfApplication(string family, string taskDefinition) => new(
        FargateError.InvalidFamily,
        $"The family '{family}' is that of the application's own task definition '{taskDefinition}': its newest revision "
        + "would then be without the application.",
        "Name another one with -Family.")
    { Target = family };

    internal static FargateException SourceContainerUnclear(string taskDefinition, string? wanted, IEnumerable<string> present)
    {
        var names = string.Join(", ", present);
        return new(
            FargateError.ContainerNotFound,
            wanted is null
                ? $"The task definition '{taskDefinition}' has several containers: {names}."
                : $"The task definition '{taskDefinition}' has no container '{wanted}'; it has: {names}.",
            "Name the application's own container with -ContainerName.")
        { Target = wanted ?? taskDefinition };
    }

    internal static FargateException NotForLinux(string taskDefinition, string system) => new(
        FargateError.TaskDefinitionUnsuitable,
        $"The task definition '{taskDefinition}' is for {system}, and sessions run on Linux only.",
        "Name another one with -FromTaskDefinition.")
    { Target = taskDefinition };
}
