using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace EcsFargateLogin.Tests.Support;

/// <summary>
/// What hands out temporary keys, on 127.0.0.1: STS, the SSO portal, and the metadata services of containers and
/// instances. It accepts everybody and remembers what it was asked.
/// </summary>
internal static class TokenService
{
    internal const string AccessKey = "AKIDTEMPORARY";
    internal const string SecretKey = "planted-secret-temporary";
    internal const string SessionToken = "planted-token-temporary";
    internal const string ExpiresAt = "2099-01-01T00:00:00Z";

    internal static Task<LoopbackServer> StartAsync() => LoopbackServer.StartAsync(AnswerAsync);

    internal static Task AnswerAsync(CapturedRequest request, HttpContext context) =>
        context.AnswerAsync(Answer(request, context), contentType: "text/xml");

    /// <summary>The parameters of the only call of an operation of STS.</summary>
    internal static IReadOnlyDictionary<string, string> CallOf(this LoopbackServer server, string operation) =>
        Assert.Single(server.Requests, request => request.Body.Contains($"Action={operation}&", StringComparison.Ordinal)).Form;

    private static string Answer(CapturedRequest request, HttpContext context) => context.Request.Path.Value switch
    {
        "/federation/credentials" => SsoAnswer,
        "/latest/api/token" => "metadata-token",
        "/latest/meta-data/iam/security-credentials/" => "fargate-role",
        "/latest/meta-data/iam/security-credentials/fargate-role" or "/latest/meta-data/iam/info" or "/container" =>
            MetadataAnswer,
        "/latest/dynamic/instance-identity/document" => """{"region":"eu-west-2"}""",
        _ => StsAnswer(QueryHelpers.ParseQuery(request.Body)["Action"].ToString()),
    };

    private static string SsoAnswer => JsonSerializer.Serialize(new
    {
        roleCredentials = new
        {
            accessKeyId = AccessKey,
            secretAccessKey = SecretKey,
            sessionToken = SessionToken,
            expiration = DateTimeOffset.Parse(ExpiresAt, null).ToUnixTimeMilliseconds(),
        },
    });

    private static string MetadataAnswer => JsonSerializer.Serialize(new
    {
        Code = "Success",
        Type = "AWS-HMAC",
        AccessKeyId = AccessKey,
        SecretAccessKey = SecretKey,
        Token = SessionToken,
        Expiration = ExpiresAt,
        LastUpdated = "2026-01-01T00:00:00Z",
    });

    private static string StsAnswer(string operation) => $"""
        <{operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{operation}Result>
        <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/x/y</Arn><AssumedRoleId>A:y</AssumedRoleId></AssumedRoleUser>
        <Credentials><AccessKeyId>{AccessKey}</AccessKeyId><SecretAccessKey>{SecretKey}</SecretAccessKey>
        <SessionToken>{SessionToken}</SessionToken><Expiration>{ExpiresAt}</Expiration></Credentials>
        </{operation}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>
        """;
}
