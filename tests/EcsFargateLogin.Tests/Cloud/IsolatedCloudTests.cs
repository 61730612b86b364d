using System.Runtime.Loader;
using System.Xml.Linq;
using Amazon.SecurityToken;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Cloud;

[Collection(EnvironmentScope.Collection)]
public sealed class IsolatedCloudTests
{
    [Fact]
    public async Task An_assumed_role_signs_the_requests_of_the_isolated_side()
    {
        // AWSSDK.SecurityToken is found by the SDK itself, by name: it must find the copy in lib.
        await using var server = await LoopbackServer.StartAsync((request, context) =>
            request.Headers.ContainsKey("X-Amz-Target")
                ? context.AnswerAsync("{}")
                : context.AnswerAsync(AssumeRoleAnswer, contentType: "text/xml"));
        using var environment = new EnvironmentScope(("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", server.Url));
        environment.WriteConfig("""
            [profile keys]
            aws_access_key_id = AKIDSOURCE
            aws_secret_access_key = not-a-real-secret-key
            [profile role]
            role_arn = arn:aws:iam::123456789012:role/ops
            source_profile = keys
            """);

        using var cloud = await FargateCloud.LoadConnector(ModuleFolder.Lib)
            .ConnectAsync(new() { ProfileName = "role" }, CancellationToken.None);
        await cloud.StopTaskAsync("prod", "arn", "done", CancellationToken.None);

        Assert.Equal("profile 'role'", cloud.Connection.CredentialSource);
        Assert.Collection(
            server.Requests,
            request => Assert.Contains("AKIDSOURCE", request.Authorization),
            request => Assert.Contains("AKIDROLE", request.Authorization));
    }

    [Fact]
    public async Task Copies_of_the_SDKs_clients_of_STS_in_the_default_context_are_not_taken()
    {
        Assert.Equal(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(typeof(AmazonSecurityTokenServiceClient).Assembly));
        await using var sts = await TokenService.StartAsync();
        using var environment = new EnvironmentScope(("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL_STS", sts.Url));
        var token = environment.Write("token", "web-identity-token");
        environment.WriteConfig($"""
            [profile keys]
            aws_access_key_id = AKIDSOURCE
            aws_secret_access_key = not-a-real-secret-key
            [profile role]
            role_arn = arn:aws:iam::123456789012:role/ops
            source_profile = keys
            [profile web]
            role_arn = arn:aws:iam::123456789012:role/ops
            web_identity_token_file = {token}
            """);
        var connector = FargateCloud.LoadConnector(ModuleFolder.Lib);
        foreach (var profile in new[] { "role", "web" })
        {
            using var cloud = await connector.ConnectAsync(new() { ProfileName = profile }, CancellationToken.None);
            Assert.Equal($"profile '{profile}'", cloud.Connection.CredentialSource);
        }
    }

    private static string AssumeRoleAnswer
    {
        get
        {
            XNamespace sts = "https://sts.amazonaws.com/doc/2011-06-15/";
            return new XElement(
                sts + "AssumeRoleResponse",
                new XElement(
                    sts + "AssumeRoleResult",
                    new XElement(
                        sts + "Credentials",
                        new XElement(sts + "AccessKeyId", "AKIDROLE"),
                        new XElement(sts + "SecretAccessKey", "not-a-real-secret-key"),
                        new XElement(sts + "SessionToken", "token"),
                        new XElement(sts + "Expiration", DateTimeOffset.UtcNow.AddHours(1).ToString("O"))))).ToString();
        }
    }
}
