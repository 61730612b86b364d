using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>Every kind of profile, from a real file, with the services that it needs on this machine.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class ProfileKindTests
{
    private const string Secret = "planted-secret-0123456789";
    private const string Role = "arn:aws:iam::123456789012:role/operator";
    private static readonly (string, string) Region = ("AWS_REGION", "eu-central-1");
    private static readonly Signer Temporary = new(TokenService.AccessKey, TokenService.SessionToken, "profile 'it'");
    private static readonly CloudSettings It = new() { ProfileName = "it" };

    private const string Base = $"""
        [base]
        aws_access_key_id = AKIDBASE
        aws_secret_access_key = {Secret}

        """;

    [Fact]
    public async Task Static_keys()
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteCredentials($"[it]\naws_access_key_id = AKIDIT\naws_secret_access_key = {Secret}\n");
        Assert.Equal(new Signer("AKIDIT", null, "profile 'it'"), await Signer.OfAsync(It));
    }

    [Fact]
    public async Task Keys_with_a_session_token()
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteCredentials(
            $"[it]\naws_access_key_id = AKIDIT\naws_secret_access_key = {Secret}\naws_session_token = token-it\n");
        Assert.Equal(new Signer("AKIDIT", "token-it", "profile 'it'"), await Signer.OfAsync(It));
    }

    [Fact]
    public async Task A_role_from_a_source_profile_with_an_external_id()
    {
        await using var sts = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(("AWS_ENDPOINT_URL_STS", sts.Url));
        environment.WriteCredentials(Base);
        environment.WriteConfig($"""
            [profile it]
            region = eu-west-3
            role_arn = {Role}
            source_profile = base
            external_id = outside-7
            role_session_name = me
            """);
        Assert.Equal(Temporary, await Signer.OfAsync(It));
        var call = sts.CallOf("AssumeRole");
        Assert.Equal((Role, "outside-7", "me"), (call["RoleArn"], call["ExternalId"], call["RoleSessionName"]));
        Assert.Contains("AKIDBASE/", sts.Single.Authorization);
        Assert.Contains("/eu-west-3/sts/", sts.Single.Authorization);
    }

    [Fact]
    public async Task A_role_from_the_environments_keys()
    {
        await using var sts = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(
            Region, ("AWS_ENDPOINT_URL_STS", sts.Url), ("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", Secret));
        environment.WriteConfig($"[profile it]\nrole_arn = {Role}\ncredential_source = Environment\n");
        Assert.Equal(Temporary, await Signer.OfAsync(It));
        Assert.Contains("AKIDENV/", sts.Single.Authorization);
    }

    [Fact]
    public async Task A_role_with_MFA_asks_for_the_code_once_for_all_connections()
    {
        await using var sts = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(Region, ("AWS_ENDPOINT_URL_STS", sts.Url));
        environment.WriteCredentials(Base);
        environment.WriteConfig(
            $"[profile it]\nrole_arn = {Role}\nsource_profile = base\nmfa_serial = arn:aws:iam::123456789012:mfa/me\n");
        List<MfaRequest> asked = [];
        var settings = It with
        {
            MfaCode = (request, _) =>
            {
                asked.Add(request);
                return Task.FromResult("123456");
            },
        };
        Assert.Equal(Temporary, await Signer.OfAsync(settings));
        Assert.Equal(Temporary, await Signer.OfAsync(settings));
        Assert.Equal(new MfaRequest("it", "arn:aws:iam::123456789012:mfa/me"), Assert.Single(asked));
        Assert.Equal("123456", sts.CallOf("AssumeRole")["TokenCode"]);
    }

    [Fact]
    public async Task A_role_with_MFA_where_nobody_can_be_asked_is_an_error()
    {
        await using var sts = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(Region, ("AWS_ENDPOINT_URL_STS", sts.Url));
        environment.WriteCredentials(Base);
        environment.WriteConfig($"[profile it]\nrole_arn = {Role}\nsource_profile = base\nmfa_serial = device-1\n");
        var error = await Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(It));
        Assert.Equal(FargateError.NoCredentials, error.Error);
        Assert.Contains("profile 'it'", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("device-1", error.Message);
        Assert.Empty(sts.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_login_of_SSO_from_the_cache(bool hasSession)
    {
        await using var portal = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(Region, ("AWS_ENDPOINT_URL_SSO", portal.Url));
        WriteSso(environment, hasSession, expiresAt: TokenService.ExpiresAt);
        Assert.Equal(Temporary, await Signer.OfAsync(It));
        Assert.Equal("cached-login-token", portal.Single.Headers["x-amz-sso_bearer_token"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_expired_login_of_SSO_says_how_to_log_in(bool hasSession)
    {
        await using var portal = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(Region, ("AWS_ENDPOINT_URL_SSO", portal.Url));
        WriteSso(environment, hasSession, expiresAt: "2020-01-01T00:00:00Z");
        var error = await Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(It));
        Assert.Equal(FargateError.CredentialsExpired, error.Error);
        Assert.Contains("'aws sso login --profile it'", error.Message);
        Assert.Contains("'Invoke-AWSSSOLogin -ProfileName it'", error.Message);
        Assert.DoesNotContain("cached-login-token", error.ToString());
    }

    [Fact]
    public async Task A_role_for_a_web_identity()
    {
        await using var sts = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(Region, ("AWS_ENDPOINT_URL_STS", sts.Url));
        var token = environment.Write("token", "web-identity-token");
        environment.WriteConfig($"[profile it]\nrole_arn = {Role}\nweb_identity_token_file = {token}\nrole_session_name = me\n");
        Assert.Equal(Temporary, await Signer.OfAsync(It));
        Assert.Equal("web-identity-token", sts.CallOf("AssumeRoleWithWebIdentity")["WebIdentityToken"]);
    }

    [Fact]
    public async Task A_role_for_a_web_identity_of_the_environment()
    {
        await using var sts = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(
            Region, ("AWS_ENDPOINT_URL_STS", sts.Url), ("AWS_ROLE_ARN", Role), ("AWS_ROLE_SESSION_NAME", "me"));
        environment.Set("AWS_WEB_IDENTITY_TOKEN_FILE", environment.Write("token", "web-identity-token"));
        Assert.Equal(Temporary with { Source = "web identity (environment)" }, await Signer.OfAsync(new()));
    }

    [Fact]
    public async Task The_metadata_service_of_a_container()
    {
        await using var metadata = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(
            Region,
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{metadata.Url}/container"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token"));
        Assert.Equal(Temporary with { Source = "container metadata" }, await Signer.OfAsync(new()));
        Assert.Equal("container-token", metadata.Single.Authorization);
    }

    [Fact]
    public async Task The_metadata_service_of_an_instance_gives_keys_and_region()
    {
        await using var metadata = await TokenService.StartAsync();
        using var environment = new EnvironmentScope();
        environment.Set("AWS_EC2_METADATA_DISABLED", null);
        environment.Set("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.Url);
        Assert.Equal(Temporary with { Source = "EC2 instance metadata" }, await Signer.OfAsync(new()));
        using var cloud = await Signer.ConnectAsync(new());
        Assert.Equal(("eu-west-2", "EC2 instance metadata"), (cloud.Connection.Region, cloud.Connection.RegionSource));
    }

    [Fact]
    public async Task A_profile_of_a_file_that_is_named_goes_before_the_environment_and_the_usual_files()
    {
        using var environment = new EnvironmentScope(("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", Secret));
        environment.WriteCredentials($"[it]\naws_access_key_id = AKIDUSUAL\naws_secret_access_key = {Secret}\n");
        var file = environment.Write("other", $"""
            [it]
            aws_access_key_id = AKIDOTHER
            aws_secret_access_key = {Secret}
            region = eu-west-3
            [default]
            aws_access_key_id = AKIDOTHERDEFAULT
            aws_secret_access_key = {Secret}
            region = eu-west-1
            """);
        var settings = It with { ProfileLocation = file };
        Assert.Equal(new Signer("AKIDOTHER", null, "profile 'it'"), await Signer.OfAsync(settings));
        Assert.Equal("AKIDOTHERDEFAULT", (await Signer.OfAsync(new() { ProfileLocation = file })).AccessKey);
        using var cloud = await Signer.ConnectAsync(settings);
        Assert.Equal(("eu-west-3", file), (cloud.Connection.Region, cloud.Connection.Aws.ProfileLocation));
        var error = await Assert.ThrowsAsync<FargateException>(
            () => Signer.ConnectAsync(new() { ProfileName = "nobody", ProfileLocation = file }));
        Assert.Equal(FargateError.ProfileNotFound, error.Error);
        Assert.Contains($"'{file}'", error.Message);
    }

    [Fact]
    public async Task The_legacy_profile_of_AWS_Tools_is_the_last_resort()
    {
        using var environment = new EnvironmentScope(Region);
        const string legacy = $"[AWS PS Default]\naws_access_key_id = AKIDLEGACY\naws_secret_access_key = {Secret}\n";
        environment.WriteCredentials(legacy);
        Assert.Equal(new Signer("AKIDLEGACY", null, "profile 'AWS PS Default'"), await Signer.OfAsync(new()));
        environment.WriteCredentials($"{legacy}[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = {Secret}\n");
        Assert.Equal("AKIDDEFAULT", (await Signer.OfAsync(new())).AccessKey);
    }

    [SuppressMessage("Security", "CA5350", Justification = "The AWS CLI and the SDKs name their cache files by SHA-1.")]
    private static void WriteSso(EnvironmentScope environment, bool hasSession, string expiresAt)
    {
        const string login = "sso_region = eu-central-1\nsso_start_url = https://127.0.0.1/start\n";
        const string account = "sso_account_id = 123456789012\nsso_role_name = admin\n";
        environment.WriteConfig(hasSession
            ? $"[profile it]\nsso_session = corp\n{account}[sso-session corp]\n{login}sso_registration_scopes = sso:account:access\n"
            : $"[profile it]\n{account}{login}");
        var name = Convert.ToHexStringLower(
            SHA1.HashData(Encoding.UTF8.GetBytes(hasSession ? "corp" : "https://127.0.0.1/start")));
        environment.Write($".aws/sso/cache/{name}.json", JsonSerializer.Serialize(new
        {
            accessToken = "cached-login-token",
            expiresAt,
            region = "eu-central-1",
            startUrl = "https://127.0.0.1/start",
        }));
    }
}
