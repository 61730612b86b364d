using System.Globalization;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>The known end of each kind of credentials.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class CredentialEndTests
{
    private const string Login = "https://127.0.0.1/start";

    /// <summary>The SHA-1 of the URL above.</summary>
    private const string LoginFile = "eb5e43e71ce87dd92ec58903d76debd8ee42aefd.json";
    private static readonly (string, string) Region = ("AWS_REGION", "eu-central-1");
    private static readonly CloudSettings It = new() { ProfileName = "it" };
    private static readonly DateTimeOffset InAnHour = Seconds(DateTimeOffset.UtcNow.AddHours(1));
    private static readonly DateTimeOffset EndOfKeys = DateTimeOffset.Parse(TokenService.ExpiresAt, CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("token", true, true)]
    [InlineData("token", false, false)]
    [InlineData("", true, false)]
    public async Task Keys_of_the_environment_end_when_it_says_so(string token, bool saysWhen, bool isKnown)
    {
        using var environment = new EnvironmentScope(
            Region, ("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "planted-secret"), ("AWS_SESSION_TOKEN", token));
        environment.Set("AWS_CREDENTIAL_EXPIRATION", saysWhen ? Text(InAnHour) : null);

        Assert.Equal(isKnown ? InAnHour : null, await EndAsync(new CloudSettings()));
    }

    [Theory]
    [InlineData("mfa_serial = device-of-the-end", true)]
    [InlineData("", false)]
    public async Task A_role_ends_where_a_person_must_give_a_code(string setting, bool isKnown)
    {
        await using var sts = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(Region, ("AWS_ENDPOINT_URL_STS", sts.Url));
        environment.WriteCredentials("[base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = planted-secret\n");
        environment.WriteConfig(
            $"[profile it]\nrole_arn = arn:aws:iam::123456789012:role/operator\nsource_profile = base\n{setting}\n");

        var end = await EndAsync(It with { MfaCode = (_, _) => Task.FromResult("123456") });

        AssertEndOfKeys(isKnown, end);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(", \"refreshToken\": \"r\", \"clientId\": \"c\", \"clientSecret\": \"s\"", false)]
    public async Task A_login_of_SSO_ends_unless_it_renews_itself(string more, bool isKnown)
    {
        await using var portal = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(Region, ("AWS_ENDPOINT_URL_SSO", portal.Url));
        environment.WriteConfig($"""
            [profile it]
            sso_account_id = 123456789012
            sso_role_name = admin
            sso_region = eu-central-1
            sso_start_url = {Login}
            """);
        environment.Write(
            Path.Combine(".aws", "sso", "cache", LoginFile),
            $$"""
            {"accessToken": "login", "region": "eu-central-1", "startUrl": "{{Login}}", "expiresAt": "{{Text(InAnHour)}}"{{more}}}
            """);

        // The keys that it has brought last longer.
        AssertEndOfKeys(isKnown, await EndAsync(It));
    }

    [Fact]
    public async Task An_object_ends_when_it_says_so()
    {
        using var environment = new EnvironmentScope(Region);
        var source = ForeignCredentials.TryWrap(new EndingKeys(InAnHour.UtcDateTime), CredentialOrigin.Credential);

        Assert.Equal(InAnHour, await EndAsync(new CloudSettings { Credentials = source }));
    }

    /// <summary>Keys that are renewed are renewed a minute or two early.</summary>
    private static void AssertEndOfKeys(bool isKnown, DateTimeOffset? end)
    {
        Assert.Equal(isKnown, end is not null);
        if (end is { } known)
        {
            Assert.InRange(known, EndOfKeys.AddMinutes(-2), EndOfKeys);
        }
    }

    private static async Task<DateTimeOffset?> EndAsync(CloudSettings settings)
    {
        using var cloud = await Signer.ConnectAsync(settings);
        return cloud.CredentialsEnd;
    }

    private static DateTimeOffset Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The object that Use-STSRole of AWS Tools returns: keys with an end, of another copy of the SDK.</summary>
    private sealed class EndingKeys(DateTime end)
    {
        public DateTime? Expiration { get; } = end;

        public string AccessKey { get; } = "AKID";

        public string SecretKey { get; } = "planted-secret";

        public string Token { get; } = "token";

        public EndingKeys GetCredentials() => this;
    }
}
