using System.Text.RegularExpressions;

namespace EcsFargateLogin.Setup;

/// <summary>The files from which an image with an SSH server is built on top of another one.</summary>
internal static partial class ContainerExport
{
    /// <summary>The files.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.ModuleIncomplete"/>.</exception>
    public static IReadOnlyList<ExportedFile> FilesFor(ImageReference baseImage, FargateDistribution distribution) =>
    [
        new(ContainerFolder.Script, ContainerFolder.Read(ContainerFolder.Script), IsProgram: true),
        new("Dockerfile", Dockerfile(baseImage, distribution)),
        new("README.md", ReadMe(baseImage)),
    ];

    /// <summary>The module's own Dockerfile with that base, and with its first comment about this folder.</summary>
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

            `{baseImage.Text}` with an SSH server that lets in the holder of one key, for EcsFargateLogin.

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
