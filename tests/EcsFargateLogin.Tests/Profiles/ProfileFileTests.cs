using System.Text;
using Amazon.Runtime.CredentialManagement;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Profiles;

/// <summary>Files and folders at the path of a file of profiles, and the settings that only some commands use.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class ProfileFileTests
{
    private static readonly string s_keys = ProfileVector.Keys("AKIDIT");
    private static readonly CloudSettings It = new() { ProfileName = "it" };

    [Fact]
    public async Task A_pipe_is_not_waited_for()
    {
        using EnvironmentScope environment = new();
        environment.WriteCredentials($"[it]\n{s_keys}");
        var pipe = Path.Combine(environment.Home, "pipe");
        Assert.Equal(0, (await RunningProgram.RunAsync("mkfifo", pipe)).ExitCode);
        environment.Set("AWS_CONFIG_FILE", pipe);
        Assert.Equal("AKIDIT", (await Signer.OfAsync(It)).AccessKey);

        var error = await FailAsync(It with { ProfileLocation = pipe });

        Assert.Equal(FargateError.ProfileNotFound, error.Error);
        Assert.Contains($"'{pipe}' (which is a pipe or a device)", error.Message);
    }

    [Fact]
    public async Task A_file_without_end_is_named()
    {
        using EnvironmentScope environment = new();
        var file = environment.Write("huge", "");
        using (var stream = File.OpenWrite(file))
        {
            stream.SetLength(17 * 1024 * 1024);
        }

        Assert.Contains($"'{file}' (which is longer than 16384 KB)", (await FailAsync(It with { ProfileLocation = file })).Message);
        environment.Set("AWS_SHARED_CREDENTIALS_FILE", file);
        Assert.Contains($"'{file}' is longer", (await FailAsync(new CloudSettings { Region = "eu-west-3" })).Message);
    }

    [Fact]
    public async Task Thousands_of_profiles_are_read()
    {
        using EnvironmentScope environment = new();
        environment.WriteConfig(string.Concat(
            Enumerable.Range(0, 20_000).Select(number => $"[profile p{number}]\n{ProfileVector.Keys($"AKID{number}")}")));
        Assert.Equal("AKID19999", (await Signer.OfAsync(new CloudSettings { ProfileName = "p19999" })).AccessKey);
    }

    [Fact]
    public async Task Files_that_Windows_PowerShell_writes_are_read()
    {
        using EnvironmentScope environment = new();
        var file = environment.Write("utf-16", "");
        File.WriteAllText(file, $"[it]\r\n{s_keys.Replace("\n", "\r\n")}", Encoding.Unicode);
        Assert.Equal("AKIDIT", (await Signer.OfAsync(It with { ProfileLocation = file })).AccessKey);
    }

    [Theory]
    [InlineData("use_fips_endpoint = maybe", "use_fips_endpoint", "maybe")]
    [InlineData("use_fips_endpoint = yes", "use_fips_endpoint", "yes")]
    [InlineData("use_dualstack_endpoint = 1", "use_dualstack_endpoint", "1")]
    [InlineData("ignore_configured_endpoint_urls = perhaps", "ignore_configured_endpoint_urls", "perhaps")]
    [InlineData("services = gone", "services", "gone")]
    public async Task A_setting_that_cannot_be_used_is_named_where_an_endpoint_is_resolved(string line, string setting, string value)
    {
        using EnvironmentScope environment = new();
        environment.WriteConfig($"[profile it]\n{s_keys}{line}\n");
        Assert.Equal("AKIDIT", (await Signer.OfAsync(It)).AccessKey);

        var error = await FailAsync(It);

        Assert.Equal(FargateError.InvalidProfile, error.Error);
        Assert.Equal("it", error.Target);
        Assert.Contains("profile 'it'", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"{setting} (line 5 of '{environment.Home}/config') is '{value}'", error.Message);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("False")]
    public async Task What_is_false_is_false(string value)
    {
        using EnvironmentScope environment = new();
        environment.WriteConfig($"[profile it]\n{s_keys}use_fips_endpoint = {value}\nuse_dualstack_endpoint = TRUE\n");
        using var cloud = await Signer.ConnectAsync(It);
        Assert.Equal("https://ecs.eu-west-3.api.aws/", cloud.Connection.EcsEndpoint);
    }

    [Theory]
    [InlineData("endpoint_url = nonsense\n", 5)]
    [InlineData("services = s\n[services s]\necs =\n  endpoint_url = nonsense\n", 8)]
    public async Task An_endpoint_that_is_no_URL_is_named_with_its_line(string lines, int number)
    {
        using EnvironmentScope environment = new();
        environment.WriteConfig($"[profile it]\n{s_keys}{lines}");
        var error = await FailAsync(It);
        Assert.Equal(FargateError.InvalidEndpoint, error.Error);
        Assert.Contains($"'nonsense' (from profile 'it', line {number} of '{environment.Home}/config')", error.Message);
    }

    [Fact]
    public async Task A_value_that_swallowed_a_secret_is_named_without_it()
    {
        using EnvironmentScope environment = new();
        environment.WriteConfig($"[profile it]\naws_access_key_id = A\nregion = eu-west-3\n aws_secret_access_key = {ProfileVector.Secret}\n");
        var error = await FailAsync(It);
        Assert.Contains("region (line 3 of", error.Message);
        Assert.Contains("continued by line 4", error.Message);
        Assert.DoesNotContain(ProfileVector.Secret, error.ToString());
    }

    [Fact]
    public async Task The_SDK_reads_no_file_itself()
    {
        using EnvironmentScope environment = new();
        environment.WriteConfig($"[profile it] ; the SDK stumbles here\n{s_keys}");
        await Signer.OfAsync(It);
        Assert.False(File.Exists(SharedCredentialsFile.DefaultFilePath));
        Assert.False(File.Exists(SharedCredentialsFile.DefaultConfigFilePath));
    }

    [Fact]
    public void A_profile_of_the_encrypted_store_has_the_settings_of_a_file()
    {
        var options = new CredentialProfileOptions
        {
            AccessKey = "AKID", SecretKey = "s", Token = "t", RoleArn = "r", SourceProfile = "p", CredentialSource = "c",
            ExternalID = "e", MfaSerial = "m", CredentialProcess = "x",
        };
        var profile = AwsToolsStore.Of(new CredentialProfile("it", options) { Region = Amazon.RegionEndpoint.EUWest3 });
        string[] settings =
        [
            "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "role_arn", "source_profile", "credential_source",
            "external_id", "mfa_serial", "credential_process", "region",
        ];
        Assert.Equal(["AKID", "s", "t", "r", "p", "c", "e", "m", "x", "eu-west-3"], settings.Select(profile.Text));
        Assert.False(AwsToolsStore.Of(new CredentialProfile("bare", new CredentialProfileOptions())).Has("role_arn"));
    }

    [Fact]
    public void Names_are_those_of_both_files_once()
    {
        using EnvironmentScope environment = new();
        environment.WriteConfig("[default]\n[profile \"my work\"]\n[sso-session corp]\n[services s]\n[preview]\n[DEFAULT]\n[profile a\n");
        environment.WriteCredentials("[my work]\n[profile b]\n[c]\nnonsense\n");
        Assert.Equal(["b", "c", "default", "my work"], new EcsFargateLogin.Aws.AwsCloudConnector().ProfileNames(new CloudSettings()).Order());
    }

    private static Task<FargateException> FailAsync(CloudSettings settings) =>
        Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(settings));
}
