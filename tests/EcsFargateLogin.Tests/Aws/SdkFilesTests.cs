using Amazon.Runtime.CredentialManagement;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>AWS's two files are read by this module alone, as long as the SDK's setters for their paths can be found.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class SdkFilesTests
{
    [Fact]
    public void The_SDK_has_no_files_to_read()
    {
        SdkFiles.Disable();

        Assert.False(Path.Exists(Path.GetDirectoryName(SharedCredentialsFile.DefaultFilePath)));
        Assert.False(Path.Exists(Path.GetDirectoryName(SharedCredentialsFile.DefaultConfigFilePath)));
    }

    [Theory]
    [InlineData("NoSuchPath")]
    [InlineData(nameof(SharedCredentialsFile.FilePath))]
    public void A_setter_that_is_gone_is_no_error(string property) => Assert.False(SdkFiles.TrySet(property, "/nowhere"));

    [Fact]
    public async Task A_profile_signs_also_where_the_SDK_reads_the_files_itself()
    {
        using EnvironmentScope environment = new();
        environment.WriteConfig("""
            [profile it]
            aws_access_key_id = AKIDPROFILE
            aws_secret_access_key = planted-secret
            """);
        SdkFiles.Disable();
        var nowhere = SharedCredentialsFile.DefaultConfigFilePath;
        Assert.True(SdkFiles.TrySet(nameof(SharedCredentialsFile.DefaultConfigFilePath), ProfilePaths.Config));
        try
        {
            Assert.Equal("AKIDPROFILE", (await Signer.OfAsync(new() { ProfileName = "it", Region = "eu-central-1" })).AccessKey);
        }
        finally
        {
            SdkFiles.TrySet(nameof(SharedCredentialsFile.DefaultConfigFilePath), nowhere);
        }
    }
}
