using System.Diagnostics;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

[Collection(EnvironmentScope.Collection)]
public sealed class CredentialTests
{
    private const string Secret = "planted-secret-0123456789";
    private static readonly (string, string) Region = ("AWS_REGION", "eu-central-1");
    private static readonly (string, string)[] Keys =
        [("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", Secret)];

    private const string TwoProfiles = $"""
        [default]
        aws_access_key_id = AKIDDEFAULT
        aws_secret_access_key = {Secret}
        [ops]
        aws_access_key_id = AKIDOPS
        aws_secret_access_key = {Secret}
        aws_session_token = token
        """;

    [Fact]
    public async Task Keys_of_the_environment_sign_the_requests()
    {
        using var environment = new EnvironmentScope([Region, .. Keys]);
        environment.WriteCredentials(TwoProfiles);
        Assert.Equal(("AKIDENV", "environment variables"), await SignedByAsync(new()));
    }

    [Fact]
    public async Task A_named_profile_goes_before_keys_of_the_environment()
    {
        using var environment = new EnvironmentScope([Region, .. Keys]);
        environment.WriteCredentials(TwoProfiles);
        Assert.Equal(("AKIDOPS", "profile 'ops'"), await SignedByAsync(new() { ProfileName = "ops" }));
    }

    [Fact]
    public async Task The_profile_of_AWS_PROFILE_goes_before_the_default_one()
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteCredentials(TwoProfiles);
        Assert.Equal(("AKIDDEFAULT", "profile 'default'"), await SignedByAsync(new()));
        environment.Set("AWS_PROFILE", "ops");
        Assert.Equal(("AKIDOPS", "profile 'ops'"), await SignedByAsync(new()));
    }

    [Fact]
    public async Task A_profile_of_the_config_file_can_run_a_process()
    {
        using var environment = new EnvironmentScope(Region);
        var script = environment.Write(
            "keys.sh", $$"""echo '{"Version":1,"AccessKeyId":"AKIDPROCESS","SecretAccessKey":"{{Secret}}"}'""");
        environment.WriteConfig($"[profile tool]\ncredential_process = /bin/sh {script}\n");
        Assert.Equal(("AKIDPROCESS", "profile 'tool'"), await SignedByAsync(new() { ProfileName = "tool" }));
    }

    [Theory]
    [InlineData("echo garbage-" + Secret)]
    [InlineData("echo failed-" + Secret + " >&2; exit 1")]
    public async Task A_process_that_gives_no_keys_is_an_error_without_its_output(string command)
    {
        using var environment = new EnvironmentScope(Region);
        var script = environment.Write("keys.sh", command);
        environment.WriteConfig($"[profile tool]\ncredential_process = /bin/sh {script}\n");
        var error = await FailAsync(new() { ProfileName = "tool" });
        Assert.Equal(FargateError.NoCredentials, error.Error);
        Assert.Contains("profile 'tool'", error.Message);
        Assert.Contains("credential_process", error.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_profile_that_does_not_exist_is_an_error_even_where_others_have_keys(bool byParameter)
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteCredentials(TwoProfiles);
        environment.Set("AWS_PROFILE", byParameter ? null : "nobody");
        var error = await FailAsync(new() { ProfileName = byParameter ? "nobody" : null });
        Assert.Equal(FargateError.ProfileNotFound, error.Error);
        Assert.Equal("nobody", error.Target);
        Assert.Contains(Environment.GetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE")!, error.Message);
    }

    [Fact]
    public async Task A_named_profile_without_credentials_is_an_error()
    {
        using var environment = new EnvironmentScope([Region, .. Keys]);
        environment.WriteConfig("[profile bare]\nregion = eu-west-1\n");
        var error = await FailAsync(new() { ProfileName = "bare" });
        Assert.Equal(FargateError.NoCredentials, error.Error);
        Assert.Contains("profile 'bare'", error.Message);
    }

    [Theory]
    [InlineData("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY is not")]
    [InlineData("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID is not")]
    public async Task Half_a_pair_of_keys_is_an_error_that_says_which_half(string name, string expected)
    {
        using var environment = new EnvironmentScope(Region, (name, Secret));
        environment.WriteCredentials(TwoProfiles);
        var error = await FailAsync(new());
        Assert.Equal(FargateError.NoCredentials, error.Error);
        Assert.Contains(expected, error.Message);
    }

    [Fact]
    public async Task A_malformed_file_is_named_with_its_line_and_without_its_content()
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteCredentials($"[default]\naws_access_key_id = AKID\n{Secret}\n");
        var error = await FailAsync(new());
        Assert.Equal(FargateError.NoCredentials, error.Error);
        Assert.Contains(Environment.GetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE")!, error.Message);
        Assert.Contains("line 3", error.Message);
    }

    [Theory]
    [InlineData("role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = nobody")]
    [InlineData("role_arn = arn:aws:iam::123456789012:role/x\ncredential_source = Nowhere")]
    [InlineData("credential_process = /no/such/program")]
    [InlineData("role_arn = arn:aws:iam::123456789012:role/x\nweb_identity_token_file = /no/such/file")]
    [InlineData("aws_access_key_id = AKID")]
    [InlineData("region = eu central\naws_access_key_id = AKID")]
    public async Task A_profile_that_leads_nowhere_is_an_error_that_names_it(string lines)
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteConfig($"[profile odd]\n{lines}\n");
        var error = await FailAsync(new() { ProfileName = "odd" });
        Assert.Contains(error.Error, new[] { FargateError.NoCredentials, FargateError.NoRegion });
        Assert.Contains("profile 'odd'", error.Message);
    }

    [Fact]
    public async Task A_profile_that_refers_to_itself_is_an_error()
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteConfig("[profile loop]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = loop\n");
        var error = await FailAsync(new() { ProfileName = "loop" });
        Assert.Equal(FargateError.NoCredentials, error.Error);
        Assert.Contains("profile 'loop'", error.Message);
    }

    [Fact]
    public async Task A_login_that_is_not_there_says_how_to_log_in()
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteConfig("""
            [profile sso]
            sso_session = corp
            sso_account_id = 123456789012
            sso_role_name = admin
            [sso-session corp]
            sso_region = eu-central-1
            sso_start_url = https://127.0.0.1/start
            sso_registration_scopes = sso:account:access
            """);
        var error = await FailAsync(new() { ProfileName = "sso" });
        Assert.Equal(FargateError.CredentialsExpired, error.Error);
        Assert.Contains("aws sso login --profile sso", error.NextStep);
        Assert.Contains("Invoke-AWSSSOLogin", error.NextStep);
    }

    [Fact]
    public async Task Without_any_credentials_the_error_comes_quickly()
    {
        using var environment = new EnvironmentScope(Region);
        // Nothing listens there; a machine that is not EC2 answers the same.
        environment.Set("AWS_EC2_METADATA_DISABLED", null);
        environment.Set("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1");
        var watch = Stopwatch.StartNew();
        var error = await FailAsync(new());
        Assert.Equal(FargateError.NoCredentials, error.Error);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"It took {watch.Elapsed}.");
    }

    [Theory]
    [InlineData(null, null, "eu-west-3", "profile 'ops'")]
    [InlineData("eu-north-1", null, "eu-west-3", "profile 'ops'")]
    [InlineData("eu-north-1", "eu-south-1", "eu-south-1", "-Region")]
    public async Task A_named_profiles_region_goes_before_the_environments(
        string? variable, string? parameter, string expected, string source)
    {
        using var environment = new EnvironmentScope();
        environment.WriteCredentials(TwoProfiles);
        environment.WriteConfig("[profile ops]\nregion = eu-west-3\n");
        environment.Set("AWS_REGION", variable);
        using var cloud = await Signer.ConnectAsync(new() { ProfileName = "ops", Region = parameter });
        Assert.Equal(expected, cloud.Connection.Region);
        Assert.Equal(source, cloud.Connection.RegionSource);
        Assert.Equal("ops", cloud.Connection.Aws.ProfileName);
    }

    [Theory]
    [InlineData("AWS_REGION", "eu-north-1")]
    [InlineData("AWS_DEFAULT_REGION", "eu-south-1")]
    public async Task The_environments_region_goes_before_the_default_profiles(string variable, string expected)
    {
        using var environment = new EnvironmentScope();
        environment.WriteCredentials(TwoProfiles);
        environment.WriteConfig("[default]\nregion = eu-west-3\n");
        environment.Set(variable, expected);
        using var cloud = await Signer.ConnectAsync(new());
        Assert.Equal(expected, cloud.Connection.Region);
        Assert.Equal($"environment variable {variable}", cloud.Connection.RegionSource);
    }

    [Fact]
    public async Task No_region_anywhere_is_an_error()
    {
        using var environment = new EnvironmentScope();
        environment.WriteCredentials(TwoProfiles);
        Assert.Equal(FargateError.NoRegion, (await FailAsync(new())).Error);
    }

    [Theory]
    [InlineData("eu central")]
    [InlineData("evil.example.com/")]
    [InlineData("")]
    [InlineData("-x")]
    public async Task What_cannot_be_a_region_is_refused(string region)
    {
        using var environment = new EnvironmentScope(Keys);
        var error = await FailAsync(new() { Region = region });
        Assert.Equal(FargateError.NoRegion, error.Error);
        Assert.Contains($"'{region}' (from -Region)", error.Message);
    }

    private static async Task<(string AccessKey, string Source)> SignedByAsync(CloudSettings settings)
    {
        var signer = await Signer.OfAsync(settings);
        return (signer.AccessKey, signer.Source);
    }

    private static async Task<FargateException> FailAsync(CloudSettings settings)
    {
        var error = await Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(settings));
        Assert.DoesNotContain(Secret, error.ToString());
        return error;
    }
}
