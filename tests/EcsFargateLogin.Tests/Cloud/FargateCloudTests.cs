using System.Runtime.Loader;
using Amazon.Runtime;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Cloud;

public sealed class FargateCloudTests
{
    [Fact]
    public void The_connector_and_its_SDK_load_beside_another_SDK_and_share_our_types()
    {
        var inDefault = typeof(AmazonServiceClient).Assembly;
        var connector = FargateCloud.LoadConnector(ModuleFolder.Lib);
        var context = AssemblyLoadContext.GetLoadContext(connector.GetType().Assembly)!;
        var isolated = context.LoadFromAssemblyName(inDefault.GetName());

        Assert.NotEqual(AssemblyLoadContext.Default, context);
        Assert.Equal(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(inDefault));
        Assert.NotSame(inDefault, isolated);
        Assert.Equal(context, AssemblyLoadContext.GetLoadContext(isolated));
        Assert.NotSame(typeof(EcsFargateLogin.Aws.AwsCloudConnector), connector.GetType());
        var ours = typeof(IFargateCloud).Assembly;
        Assert.Same(ours, context.LoadFromAssemblyName(ours.GetName()));
    }

    [Fact]
    public async Task An_error_from_the_isolated_side_is_caught_as_ours()
    {
        var connector = FargateCloud.LoadConnector(ModuleFolder.Lib);
        var settings = new CloudSettings { Region = "eu-central-1", EndpointUrl = "ftp://127.0.0.1" };
        var error = await Assert.ThrowsAsync<FargateException>(
            () => connector.ConnectAsync(settings, CancellationToken.None));
        Assert.Equal(FargateError.InvalidEndpoint, error.Error);
    }

    [Fact]
    public void A_missing_file_says_to_install_or_build_the_module()
    {
        // The test's own folder has no lib.
        var error = Assert.Throws<FargateException>(() => FargateCloud.Connector);
        Assert.Equal(FargateError.ModuleIncomplete, error.Error);
        Assert.EndsWith("EcsFargateLogin.Aws.dll", error.Target);
        Assert.Contains("./build.ps1", error.NextStep);
    }

    [Fact]
    public void A_damaged_file_says_to_install_or_build_the_module()
    {
        using var folder = new TemporaryFolder();
        folder.Write("EcsFargateLogin.Aws.dll", "not an assembly");
        var error = Assert.Throws<FargateException>(() => FargateCloud.LoadConnector(folder.Path));
        Assert.Equal(FargateError.ModuleIncomplete, error.Error);
    }

    [Fact]
    public void A_missing_SDK_is_an_error_even_where_another_module_has_loaded_one()
    {
        using var folder = new TemporaryFolder();
        const string alone = "EcsFargateLogin.Aws.dll";
        File.Copy(Path.Combine(ModuleFolder.Lib, alone), Path.Combine(folder.Path, alone));
        var error = Assert.Throws<FargateException>(() => FargateCloud.LoadConnector(folder.Path));
        Assert.Equal(FargateError.ModuleIncomplete, error.Error);
        Assert.Equal(Path.Combine(folder.Path, "AWSSDK.Core.dll"), error.Target);
    }

    [Theory]
    [InlineData("AWSSDK.EC2.dll", false)]
    [InlineData("AWSSDK.EC2.dll", true)]
    [InlineData("AWSSDK.SecurityToken.dll", true)]
    public void A_part_of_the_SDK_that_is_needed_later_is_checked_first(string part, bool damaged)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(ModuleFolder.Lib, "*.dll").Where(file => Path.GetFileName(file) != part))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        if (damaged)
        {
            // As an interrupted copy leaves it.
            File.WriteAllBytes(folder[part], File.ReadAllBytes(Path.Combine(ModuleFolder.Lib, part))[..1000]);
        }

        var error = Assert.Throws<FargateException>(() => FargateCloud.LoadConnector(folder.Path));
        Assert.Equal((FargateError.ModuleIncomplete, folder[part]), (error.Error, error.Target));
    }
}
