using System.Runtime.Loader;
using System.Xml.Linq;
using Amazon.SecurityToken;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;
using Microsoft.AspNetCore.Http;

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
    public async Task Copies_of_the_SDKs_clients_of_STS_in_the_default_context_are_not_used()
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

    [Fact]
    public async Task The_SDKs_clients_are_loaded_when_they_are_first_used()
    {
        await using var server = await LoopbackServer.StartAsync(Answer);
        using var environment = Environment(server);
        var connector = FargateCloud.LoadConnector(ModuleFolder.Lib);

        using var cloud = await connector.ConnectAsync(new(), CancellationToken.None);
        await cloud.RunTaskAsync(AwsClouds.FullRequest, CancellationToken.None);
        await cloud.CallAsync("ecs");
        Assert.Equal(["AWSSDK.Core"], PartsOf(connector));

        await cloud.CallAsync("ec2");
        Assert.Equal(["AWSSDK.Core", "AWSSDK.EC2"], PartsOf(connector));
        await cloud.CallAsync("sts");
        Assert.Equal(["AWSSDK.Core", "AWSSDK.EC2", "AWSSDK.SecurityToken"], PartsOf(connector));
    }

    [Fact]
    public async Task A_connection_that_needs_none_of_the_SDKs_clients_is_closed_without_one()
    {
        await using var server = await LoopbackServer.StartAsync(Answer);
        using var environment = Environment(server);
        var connector = FargateCloud.LoadConnector(ModuleFolder.Lib);

        (await connector.ConnectAsync(new(), CancellationToken.None)).Dispose();

        Assert.Equal(["AWSSDK.Core"], PartsOf(connector));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_part_that_is_lost_or_damaged_before_its_first_use_says_to_install_the_module(bool damaged)
    {
        await using var server = await LoopbackServer.StartAsync(Answer);
        using var environment = Environment(server);
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(ModuleFolder.Lib, "*.dll"))
        {
            File.Copy(file, folder[Path.GetFileName(file)]);
        }

        using var cloud = await FargateCloud.LoadConnector(folder.Path).ConnectAsync(new(), CancellationToken.None);
        var part = folder["AWSSDK.EC2.dll"];
        File.Delete(part);
        if (damaged)
        {
            File.WriteAllText(part, "not an assembly");
        }

        var error = await Assert.ThrowsAsync<FargateException>(() => cloud.CallAsync("ec2"));
        Assert.Equal((FargateError.ModuleIncomplete, part), (error.Error, error.Target));
    }

    private static EnvironmentScope Environment(LoopbackServer server) => new(
        ("AWS_REGION", "eu-central-1"), ("AWS_ENDPOINT_URL", server.Url), ("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "no"));

    private static Task Answer(CapturedRequest request, HttpContext context) =>
        request.Headers.ContainsKey("X-Amz-Target") ? context.AnswerAsync("{}")
        : request.Form["Action"] == "GetCallerIdentity" ? context.AnswerAsync(
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>",
            contentType: "text/xml")
        : context.AnswerAsync($"<{request.Form["Action"]}Response/>", contentType: "text/xml");

    /// <summary>The parts of the SDK that a connector has loaded.</summary>
    private static IEnumerable<string> PartsOf(IFargateCloudConnector connector) =>
        AssemblyLoadContext.GetLoadContext(connector.GetType().Assembly)!.Assemblies
            .Where(assembly => IsolatedLoadContext.IsOfSdk(assembly.GetName()))
            .Select(assembly => assembly.GetName().Name!)
            .Order();

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
