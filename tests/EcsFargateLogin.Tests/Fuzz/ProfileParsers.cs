using System.Text;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Credentials;
using EcsFargateLogin.Aws.Profiles;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>Parsers of AWS's two files, and of what they and the environment lead to.</summary>
internal sealed class ProfileParsers : ParserTable
{
    private const string LoginFile = "ee0bfd2552fbd840c02cc48b6e823320543c450f.json";

    private const string Files = """
        [DEFAULT]
        cli_pager =
        [default]
        region = eu-central-1
        aws_access_key_id = AKID
        aws_secret_access_key = secret
        [profile role]
        role_arn = arn:aws:iam::123456789012:role/x
        source_profile = default
        duration_seconds = 900
        mfa_serial = arn:aws:iam::123456789012:mfa/me
        services = local
        [profile "sso user"]
        sso_session = corp
        sso_account_id = 123456789012
        sso_role_name = ops
        [sso-session corp]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = eu-central-1
        [profile tool]
        credential_process = "/opt/a b/tool" --x 'y'
        use_fips_endpoint = false
        [services local]
        ecs =
          endpoint_url = http://127.0.0.1:1/
        # a comment
        [web] ; another
        web_identity_token_file = /tmp/token
        role_arn: arn:aws:iam::123456789012:role/y
        """;

    private LoopbackServer? _server;
    private byte[] _reply = [];

    public ProfileParsers()
    {
        byte[] utf16 = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Files)];
        AddInScope("AWS's config file", [Encoding.UTF8.GetBytes(Files), utf16], (environment, bytes) => FilesOf(environment, "config", bytes));
        AddInScope("AWS's credentials file", [Encoding.UTF8.GetBytes(Files)], (environment, bytes) => FilesOf(environment, "credentials", bytes));
        AddInScope(
            "the keys that a process prints",
            ["""{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"s","SessionToken":"t","Expiration":"2126-01-01T00:00:00Z"}"""u8.ToArray()],
            ProcessOf);
        AddInScope("the login of IAM Identity Center", ["""{"accessToken":"t","expiresAt":"2126-01-01T00:00:00Z"}"""u8.ToArray()], LoginOf);
        AddInScope(
            "an instance's metadata",
            ["""{"region":"eu-central-1","AccessKeyId":"AKID","SecretAccessKey":"s","Token":"t","Expiration":"2126-01-01T00:00:00Z"}"""u8.ToArray()],
            MetadataOf);
        AddInScope("a variable of the environment", ["eu-central-1"u8.ToArray(), "https://127.0.0.1:4566/x"u8.ToArray()], VariableOf);
    }

    private void AddInScope(string name, byte[][] corpus, Func<EnvironmentScope, byte[], IEnumerable<string?>> parse) => Add(name, () =>
    {
        var environment = Own(new EnvironmentScope());
        return new FuzzedParser(name, corpus, bytes => parse(environment, bytes));
    });

    private static List<string?> FilesOf(EnvironmentScope environment, string file, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(environment.Home, file), bytes);
        ProfileFiles files = new();
        List<string?> errors = [files.Problem];
        // Of a file with thousands of profiles, some are as good as all.
        foreach (var name in files.Names.Take(50).Concat(["default", "role", "sso user", "tool", "web", "none"]))
        {
            errors.Add(ErrorOf(() =>
            {
                var profile = files.Get(name);
                CredentialClients clients = new(profile, "eu-central-1");
                _ = new ProfileCredentials(files, clients, new InstanceMetadata(profile), askForCode: null).Find(profile);
                _ = new ServiceSettings(new CloudSettings(), profile).Of("ECS", "ecs", "eu-central-1");
            }));
        }

        return errors;
    }

    private static IEnumerable<string?> ProcessOf(EnvironmentScope environment, byte[] bytes)
    {
        var output = Path.Combine(environment.Home, "output");
        File.WriteAllBytes(output, bytes);
        environment.WriteConfig($"[profile tool]\ncredential_process = cat {output}\n");
        var profile = new ProfileFiles().Get("tool");
        var keys = new ProcessCredentials(profile, profile.Find("credential_process")!).GetCredentialsAsync().GetAwaiter().GetResult();
        return [$"{keys.AccessKey.Length}"];
    }

    private static IEnumerable<string?> LoginOf(EnvironmentScope environment, byte[] bytes)
    {
        var cache = Directory.CreateDirectory(Path.Combine(environment.Home, ".aws/sso/cache")).FullName;
        // Its name is the SHA-1 of "corp".
        File.WriteAllBytes(Path.Combine(cache, LoginFile), bytes);
        SsoOptions options = new("sso user", "corp") { StartUrl = "https://corp/", Region = "eu-central-1", AccountId = "1", RoleName = "x" };
        return [$"{new SsoCredentials(options, new CredentialClients(null, "eu-central-1")).LoginEnd}"];
    }

    private IEnumerable<string?> MetadataOf(EnvironmentScope environment, byte[] bytes)
    {
        _server ??= Own(LoopbackServer.StartAsync(
            async (_, context) => await context.Response.Body.WriteAsync(_reply)).GetAwaiter().GetResult());
        _reply = bytes;
        environment.Set("AWS_EC2_METADATA_DISABLED", null);
        environment.Set("AWS_EC2_METADATA_SERVICE_ENDPOINT", _server.Url);
        InstanceMetadata metadata = new(profile: null);
        var keys = metadata.GetKeysAsync(CancellationToken.None).GetAwaiter().GetResult();
        return [$"{keys?.End} {metadata.GetRegionAsync(CancellationToken.None).GetAwaiter().GetResult()?.Length}"];
    }

    private static List<string?> VariableOf(EnvironmentScope environment, byte[] bytes)
    {
        // No variable can hold a NUL.
        var text = Encoding.UTF8.GetString(bytes).Replace("\0", "", StringComparison.Ordinal);
        List<string?> errors = [];
        foreach (var name in (string[])["AWS_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_CREDENTIAL_EXPIRATION", "AWS_CONFIG_FILE"])
        {
            environment.Set(name, text);
            environment.Set("AWS_ACCESS_KEY_ID", "AKID");
            environment.Set("AWS_SECRET_ACCESS_KEY", "secret");
            errors.Add(ErrorOf(() => Signer.ConnectAsync(new CloudSettings()).GetAwaiter().GetResult().Dispose()));
            environment.Set(name, null);
        }

        return errors;
    }

    private static string? ErrorOf(Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (FargateException e)
        {
            return e.Message;
        }
    }
}
