using Amazon.Runtime;
using EcsFargateLogin.Aws;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Ec2;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Aws.Iam;
using EcsFargateLogin.Aws.Logs;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Real clients with keys of their own: neither this machine's environment nor its files matter.</summary>
internal static class AwsClouds
{
    internal const string Region = "eu-central-1";
    internal const string AccessKey = "AKIDEXAMPLE";
    internal const string SecretKey = "not-a-real-secret-key";
    internal const string SessionToken = "not-a-real-session-token";

    internal static IFargateCloud At(LoopbackServer server) => At(server.Url);

    /// <param name="url">Where both services are.</param>
    /// <param name="region">The region that requests are signed for.</param>
    /// <param name="attemptLimit">How long one attempt may take; null leaves what users have.</param>
    internal static IFargateCloud At(string url, string region = Region, TimeSpan? attemptLimit = null)
    {
        var credentials = new SessionAWSCredentials(AccessKey, SecretKey, SessionToken);
        var endpoint = new Uri(url);
        var connection = new CloudConnection
        {
            Region = region,
            RegionSource = "the test",
            CredentialSource = "the test",
            EcsEndpoint = url,
        };
        var ecs = new AwsClientConfig(EcsClient.ServiceId, EcsClient.SigningName, region, endpoint);
        var ec2 = new AwsClientConfig(Ec2Client.ServiceId, Ec2Client.SigningName, region, endpoint);
        ecs.Timeout = attemptLimit ?? ecs.Timeout;
        return new AwsFargateCloud(
            connection,
            new EcsClient(credentials, ecs),
            new Ec2Client(credentials, ec2),
            logRegion => new LogsClient(
                credentials, new AwsClientConfig(LogsClient.ServiceId, LogsClient.SigningName, logRegion, endpoint)),
            new SurveyClients(
                () => new CallerClient(
                    credentials, new AwsClientConfig(CallerClient.ServiceId, CallerClient.SigningName, region, endpoint)),
                () => new IamClient(
                    credentials, new AwsClientConfig(IamClient.ServiceId, IamClient.SigningName, region, endpoint))),
            credentials);
    }

    /// <summary>A program with a terminal.</summary>
    internal static ExecuteCommandRequest Command { get; } = new()
    {
        Cluster = "prod", Task = "arn:task/1", ContainerName = "cli", Command = "/bin/sh -c 'exec sh -l'",
    };

    /// <summary>A request with every member in use.</summary>
    internal static RunTaskRequest FullRequest { get; } = new()
    {
        Cluster = "prod",
        TaskDefinition = "rails-cli:7",
        Subnets = ["subnet-1", "subnet-2"],
        SecurityGroups = ["sg-1"],
        AssignPublicIp = true,
        ContainerName = "cli",
        Environment = new Dictionary<string, string> { ["_AUTHORIZED_PUBLIC_KEY"] = "ssh-ed25519 AAAA+/= é\"\\\n$" },
        Command = ["sh", "-c", "exec start-sshd.sh"],
        TaskRoleArn = "arn:aws:iam::123456789012:role/cli",
        StartedBy = "fargate-session/abc",
        ClientToken = "0123456789abcdef",
    };
}
