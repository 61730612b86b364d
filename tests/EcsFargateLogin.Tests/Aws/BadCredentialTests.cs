using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Aws;

/// <summary>Sources of credentials that are broken: each is an error within 10 s that names it.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class BadCredentialTests
{
    private const string Secret = "planted-secret-0123456789";
    private const string Role = "arn:aws:iam::123456789012:role/operator";
    private static readonly (string, string) Region = ("AWS_REGION", "eu-central-1");
    private static readonly CloudSettings It = new() { ProfileName = "it" };

    private const string RoleOfBase = $"""
        [base]
        aws_access_key_id = AKIDBASE
        aws_secret_access_key = {Secret}
        [it]
        role_arn = {Role}
        source_profile = base
        """;

    [Fact]
    public async Task A_process_that_hangs_is_ended()
    {
        using var environment = new EnvironmentScope(Region);
        var pid = environment.Write("pid", "");
        var script = environment.Write("hang.sh", $"sleep 600 & echo $! > {pid}; wait\n");
        environment.WriteConfig($"[profile it]\ncredential_process = /bin/sh {script}\n");
        var error = await FailAsync(It);
        Assert.Contains("profile 'it'", error.Message);
        Assert.Contains("its credential_process did not end within 6 s", error.Message);
        await RunningProgram.EndsAsync(pid);
    }

    [Theory]
    [InlineData("echo '{}'", "printed no keys of version 1")]
    [InlineData("echo '[1]'", "printed something else than credentials")]
    [InlineData("echo '{\"Version\":2,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"" + Secret + "\"}'", "printed no keys of version 1")]
    [InlineData("echo '{\"Version\":1,\"SecretAccessKey\":\"" + Secret + "\"}'", "printed no keys of version 1")]
    [InlineData("echo " + Secret + "; exit 3", "failed with exit code 3")]
    [InlineData("true", "printed something else than credentials")]
    public async Task A_process_that_prints_no_keys_is_an_error(string command, string expected)
    {
        using var environment = new EnvironmentScope(Region);
        var script = environment.Write("print.sh", command);
        environment.WriteConfig($"[profile it]\ncredential_process = /bin/sh {script}\n");
        var error = await FailAsync(It);
        Assert.Contains($"profile 'it' could not be obtained: its credential_process {expected}", error.Message);
    }

    [Fact]
    public async Task Profiles_that_refer_to_each_other_are_an_error()
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteConfig(
            $"[profile it]\nrole_arn = {Role}\nsource_profile = other\n[profile other]\nrole_arn = {Role}\nsource_profile = it\n");
        Assert.Contains("profile 'it'", (await FailAsync(It)).Message);
    }

    [Theory]
    [InlineData("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: me is not authorized to perform: sts:AssumeRole</Message></Error><RequestId>7</RequestId></ErrorResponse>", 403, "not authorized to perform: sts:AssumeRole")]
    [InlineData("<!DOCTYPE html><html><body>Log in to the network</body></html>", 200, "profile 'it'")]
    [InlineData("<html><body>Bad gateway</body></html>", 403, "profile 'it'")]
    public async Task An_STS_that_gives_no_role_is_an_error(string answer, int status, string expected)
    {
        await using var sts = await LoopbackServer.StartAsync((_, context) => context.AnswerAsync(answer, status, "text/html"));
        using var environment = new EnvironmentScope(Region, ("AWS_ENDPOINT_URL_STS", sts.Url));
        environment.WriteCredentials(RoleOfBase);
        var error = await FailAsync(It);
        Assert.Contains("profile 'it'", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("AWS_EC2_METADATA_SERVICE_ENDPOINT", "EC2 instance metadata")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "container metadata")]
    [InlineData("AWS_ENDPOINT_URL_STS", "profile 'it'")]
    public async Task A_service_that_never_answers_is_an_error(string variable, string expected)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var environment = new EnvironmentScope(Region, (variable, $"http://{silent.LocalEndpoint}/"));
        environment.Set("AWS_EC2_METADATA_DISABLED", null);
        environment.WriteCredentials(RoleOfBase);
        Assert.Contains(expected, (await FailAsync(expected == "profile 'it'" ? It : new())).Message);
    }

    [Theory]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "container metadata")]
    [InlineData("AWS_ENDPOINT_URL_STS", "profile 'it'")]
    public async Task A_service_that_cannot_be_reached_is_an_error(string variable, string expected)
    {
        using var environment = new EnvironmentScope(Region, (variable, "http://127.0.0.1:1/"));
        environment.WriteCredentials(RoleOfBase);
        Assert.Contains(expected, (await FailAsync(expected == "profile 'it'" ? It : new())).Message);
    }

    [Fact]
    public async Task Credentials_that_cannot_be_renewed_in_the_middle_of_a_session_name_their_source()
    {
        using var environment = new EnvironmentScope(Region);
        await using var server = await LoopbackServer.StartAsync("{}");
        using var cloud = await Signer.ConnectAsync(new() { Credentials = new BrokenSource(), EndpointUrl = server.Url });
        var error = await Assert.ThrowsAsync<FargateException>(
            () => cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None));
        Assert.Equal(FargateError.CredentialsExpired, error.Error);
        Assert.Contains("-Credential", error.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_usual_file_that_is_malformed_does_not_disturb_one_that_is_named()
    {
        using var environment = new EnvironmentScope(Region);
        environment.WriteCredentials($"[default]\n{Secret}\n");
        var file = environment.Write("good/credentials", $"[it]\naws_access_key_id = AKIDIT\naws_secret_access_key = {Secret}\n");
        Assert.Equal("AKIDIT", (await Signer.OfAsync(It with { ProfileLocation = file })).AccessKey);
        var keys = new GivenKeys(CredentialOrigin.Keys, new AccessKeys("AKIDGIVEN", Secret, null));
        var error = await FailAsync(new() { Credentials = keys });
        Assert.Contains("line 2", error.Message);
    }

    [Fact]
    public async Task A_folder_in_place_of_a_file_is_named()
    {
        using var environment = new EnvironmentScope(Region);
        var folder = Directory.GetParent(environment.Write("folder/file", ""))!.FullName;
        Assert.Contains($"'{folder}'", (await FailAsync(It with { ProfileLocation = folder })).Message);
    }

    private static async Task<FargateException> FailAsync(CloudSettings settings)
    {
        var watch = Stopwatch.StartNew();
        var error = await Assert.ThrowsAsync<FargateException>(() => Signer.ConnectAsync(settings));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"It took {watch.Elapsed}: {error.Message}");
        Assert.DoesNotContain(Secret, error.ToString());
        Assert.DoesNotContain(" at Amazon.", error.Message);
        return error;
    }

    /// <summary>Works once, and then is a login that has expired.</summary>
    private sealed class BrokenSource : ICredentialSource
    {
        private bool _isUsed;

        public CredentialOrigin Origin => CredentialOrigin.Credential;

        public Task<AccessKeys> GetKeysAsync()
        {
            if (_isUsed)
            {
                throw new InvalidOperationException("No valid SSO Token could be found.");
            }

            _isUsed = true;
            return Task.FromResult(new AccessKeys("AKID", Secret, null));
        }
    }
}
