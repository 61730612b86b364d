using System.Management.Automation;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Container;
using EcsFargateLogin.EndToEnd.Engine;

namespace EcsFargateLogin.EndToEnd.Setup;

/// <summary>Export-FargateLoginContainer: what an image is built from.</summary>
public sealed class ExportContainerTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private Operator _me = null!;

    private string Target => Path.Combine(_folder.Path, "new", "folder");

    public async Task InitializeAsync() => _me = await Operator.StartAsync();

    public async Task DisposeAsync() => await _me.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("debian:12-slim", "apt-get")]
    [InlineData("ubuntu:24.04", "apt-get")]
    [InlineData("ruby:3.3-alpine", "apk add")]
    [InlineData("amazonlinux:2023", "dnf")]
    public void The_files_are_written_for_the_distribution_of_the_base_image(string image, string installs)
    {
        var run = _me.Run("Export-FargateLoginContainer $args[0] $args[1]", image, Target);

        Assert.Empty(run.Errors);
        var names = run.Output.Select(file => Assert.IsType<FileInfo>(file.BaseObject).Name);
        Assert.Equal(["start-sshd.sh", "Dockerfile", "README.md"], names);
        var dockerfile = Read("Dockerfile");
        Assert.Contains($"\nARG BASE={image}\nFROM ${{BASE}}\n", dockerfile, StringComparison.Ordinal);
        Assert.Contains(installs, dockerfile, StringComparison.Ordinal);
        Assert.DoesNotContain("--file", dockerfile, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(ContainerFiles.Path("start-sshd.sh")), Read("start-sshd.sh"));
        Assert.True(File.GetUnixFileMode(Path.Combine(Target, "start-sshd.sh")).HasFlag(UnixFileMode.OtherExecute));
        Assert.Contains(image, Read("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_distribution_that_is_named_needs_no_name_that_tells_it()
    {
        Assert.Empty(_me.ErrorsOf("Export-FargateLoginContainer my-app:7 $args[0] -Distribution Alpine", Target));

        Assert.Contains("apk add", Read("Dockerfile"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("my-app:7", "DistributionUnknown")]
    [InlineData("gcr.io/distroless/base-debian12", "DistributionUnknown")]
    [InlineData("My App", "InvalidImage")]
    public void A_base_image_that_tells_nothing_is_an_error_and_nothing_is_written(string image, string id)
    {
        var error = _me.ErrorOf("Export-FargateLoginContainer $args[0] $args[1]", image, Target);

        error.Is(id, ErrorCategory.InvalidArgument, image);
        Assert.False(Directory.Exists(Target));
    }

    [Fact]
    public void Files_that_are_there_are_replaced_with_Force_alone()
    {
        Directory.CreateDirectory(Target);
        var readMe = Path.Combine(Target, "README.md");
        File.WriteAllText(readMe, new string('x', 100_000));

        var error = _me.ErrorOf("Export-FargateLoginContainer debian:12 $args[0]", Target);

        error.Is("FileExists", ErrorCategory.ResourceExists, readMe);
        Assert.Equal([readMe], Directory.GetFiles(Target));
        Assert.Empty(_me.ErrorsOf("Export-FargateLoginContainer debian:12 $args[0] -Force", Target));
        Assert.DoesNotContain("xxx", Read("README.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIf_writes_nothing_and_a_path_that_is_no_folder_is_an_error()
    {
        Assert.Empty(_me.Run("Export-FargateLoginContainer debian:12 $args[0] -WhatIf", Target).Output);
        Assert.False(Directory.Exists(Target));

        File.WriteAllText(Path.Combine(_folder.Path, "file"), "");
        var blocked = Path.Combine(_folder.Path, "file", "sub");
        _me.ErrorOf("Export-FargateLoginContainer debian:12 $args[0]", blocked)
            .Is("FileNotWritten", ErrorCategory.WriteError, Path.Combine(blocked, "start-sshd.sh"));
        _me.ErrorOf("Export-FargateLoginContainer debian:12 Env:/HOME")
            .Is("FileNotWritten", ErrorCategory.WriteError, "Env:/HOME");
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(Target, name));
}
