using System.Management.Automation;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Pipeline;
using EcsFargateLogin.Setup;
using Microsoft.PowerShell.Commands;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Writes the files to build an image with an SSH server on top of a base image: start-sshd.sh, a Dockerfile for the base image's
/// distribution, and a README with the next steps.
/// </summary>
[Cmdlet(VerbsData.Export, "FargateLoginContainer", SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Export-FargateLoginContainer.md")]
[OutputType(typeof(FileInfo))]
public sealed class ExportFargateLoginContainerCommand : FargateCmdlet
{
    /// <summary>
    /// The image to build on: the application's own, such as my-app:1.2 or 111122223333.dkr.ecr.eu-central-1.amazonaws.com/rails.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The image to build on: the application's own, such as my-app:1.2.")]
    [ValidateNotNullOrEmpty]
    public string BaseImage { get; set; } = "";

    /// <summary>The folder to write to. It is created if it does not exist.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "The folder to write to. It is created if it does not exist.")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>
    /// The distribution of the base image. Without it the image's name must show it, as debian:12, ruby:3.3-alpine and
    /// node:22-bookworm do.
    /// </summary>
    [Parameter(HelpMessage = "The distribution of the base image.")]
    public FargateDistribution? Distribution { get; set; }

    /// <summary>Replaces existing files.</summary>
    [Parameter(HelpMessage = "Replaces existing files.")]
    public SwitchParameter Force { get; set; }

    /// <summary>Writes the files.</summary>
    protected override void ProcessRecord() => Guard(BaseImage, () =>
    {
        var image = ImageReference.Parse(BaseImage);
        var files = ContainerExport.FilesFor(image, Distribution ?? DistributionNames.Of(image));
        var folder = ResolveFolder();
        if (!Force && files.Select(file => System.IO.Path.Combine(folder, file.Name)).FirstOrDefault(File.Exists) is { } existing)
        {
            throw SetupErrors.FileExists(existing);
        }

        foreach (var file in files)
        {
            if (ShouldProcess(System.IO.Path.Combine(folder, file.Name), "Write file"))
            {
                WriteFile(file.Write(folder, Force).FullName);
            }
        }
    });

    private string ResolveFolder()
    {
        var folder = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path, out var provider, out _);
        return provider.Name == FileSystemProvider.ProviderName ? folder : throw SetupErrors.NotAFileSystemPath(Path);
    }
}
