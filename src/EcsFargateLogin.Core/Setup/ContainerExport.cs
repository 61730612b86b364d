using System.Text;
using System.Text.RegularExpressions;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Setup;

/// <summary>The files for building an image with an SSH server from a base image.</summary>
internal static partial class ContainerExport
{
    /// <exception cref="FargateException"><see cref="FargateError.ModuleIncomplete"/>.</exception>
    public static IReadOnlyList<ExportedFile> FilesFor(ImageReference baseImage, FargateDistribution distribution) =>
    [
        new(ContainerFolder.Script, ContainerFolder.Read(ContainerFolder.Script), IsProgram: true),
        new("Dockerfile", Dockerfile(baseImage, distribution)),
        new("README.md", ReadMe(baseImage)),
    ];

    /// <summary>Returns the module's Dockerfile with the base image, and a first comment about this folder.</summary>
    private static string Dockerfile(ImageReference baseImage, FargateDistribution distribution)
    {
        var template = ContainerFolder.Read(distribution switch
        {
            FargateDistribution.Alpine => "Dockerfile.alpine",
            FargateDistribution.AmazonLinux => "Dockerfile.amazonlinux",
            _ => "Dockerfile.debian",
        });
        return FirstLines().Replace(
            template.ReplaceLineEndings("\n"),
            $"""
            # Adds ssh logins to {baseImage.Text}:
            #   docker build --tag {baseImage.LoginName} .
            ARG BASE={baseImage.Text}

            """.ReplaceLineEndings("\n"),
            count: 1);
    }

    private static string ReadMe(ImageReference baseImage)
    {
        var name = baseImage.LoginName;
        return $"""
            # {name}

            `{baseImage.Text}` with an SSH server that accepts one key, for EcsFargateLogin.

            1. Build the image for the architecture of your tasks (linux/amd64, or linux/arm64), and push it to your registry:

                   docker build --platform linux/amd64 --tag ACCOUNT_ID.dkr.ecr.REGION.amazonaws.com/{name} .
                   docker push ACCOUNT_ID.dkr.ecr.REGION.amazonaws.com/{name}

               A base image that runs as an unprivileged user: `--build-arg RUN_AS=THAT_USER`, and a port above 1023
               (`-Port 2222`) in the next steps.
            2. Register a task definition, with what the application's own has of environment, secrets, roles and logs:

                   Register-FargateLoginTaskDefinition ACCOUNT_ID.dkr.ecr.REGION.amazonaws.com/{name} -FromTaskDefinition APPLICATION -WhatIf

               says what would be registered; without -WhatIf it is. Nothing else is created: log group and roles have to exist.
            3. Log in:

                   New-FargateSession {name} -Cluster CLUSTER -Subnet SUBNET -SecurityGroup GROUP | Enter-FargateShell

            | file | what it is |
            |---|---|
            | `start-sshd.sh` | what the container runs; the same for every image |
            | `Dockerfile` | adds it and sshd to the base image |

            Write the files again with `Export-FargateLoginContainer -Force` when the module was updated.

            """;
    }

    [GeneratedRegex(@"\A(#.*\n)*ARG BASE=.*\n")]
    private static partial Regex FirstLines();
}

/// <summary>A file for building an image.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Text">Its content.</param>
/// <param name="IsProgram">Whether it is executable.</param>
internal sealed record ExportedFile(string Name, string Text, bool IsProgram = false)
{
    private const UnixFileMode ProgramMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Writes it with LF line ends on every system.</summary>
    /// <param name="folder">An absolute path, which is created if it does not exist.</param>
    /// <param name="replaces">Whether an existing file is replaced.</param>
    /// <exception cref="FargateException">The file exists or could not be written.</exception>
    public FileInfo Write(string folder, bool replaces)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            Directory.CreateDirectory(folder);
            using (FileStream stream = new(path, replaces ? FileMode.Create : FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(Encoding.UTF8.GetBytes(Text.ReplaceLineEndings("\n")));
            }

            if (IsProgram && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, ProgramMode);
            }
        }
        catch (IOException) when (!replaces && File.Exists(path))
        {
            throw SetupErrors.FileExists(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw SetupErrors.FileNotWritten(path, e);
        }

        return new FileInfo(path);
    }
}

/// <summary>The folder of the files that the module ships for containers.</summary>
internal static class ContainerFolder
{
    public const string Script = "start-sshd.sh";
    public const string TaskDefinition = "task-definition.json";

    /// <summary>Reads one of the files.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.ModuleIncomplete"/>.</exception>
    public static string Read(string name)
    {
        // module/container lies beside module/bin.
        var module = Path.GetDirectoryName(Path.GetDirectoryName(typeof(ContainerFolder).Assembly.Location)) ?? "";
        var path = Path.Combine(module, "container", name);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GeneralErrors.ModuleIncomplete(path);
        }
    }
}
