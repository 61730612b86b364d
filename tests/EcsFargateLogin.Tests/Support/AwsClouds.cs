using Amazon.Runtime;
using EcsFargateLogin.Aws;
using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Ec2;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Aws.Iam;
using EcsFargateLogin.Aws.Kms;
using EcsFargateLogin.Aws.Logs;
using EcsFargateLogin.Aws.Ssm;
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

    /// <param name="url">Where all services are.</param>
    /// <param name="region">The region that requests are signed for.</param>
    /// <param name="attemptLimit">How long one attempt may take; null leaves what users have.</param>
    internal static IFargateCloud At(string url, string region = Region, TimeSpan? attemptLimit = null)
    {
        var credentials = new SessionAWSCredentials(AccessKey, SecretKey, SessionToken);
        var endpoint = new Uri(url);
        var connection = new CloudConnection
        {
            Aws = new AwsConnection { Region = region },
            RegionSource = "the test",
            CredentialSource = "the test",
            EcsEndpoint = url,
        };
        return new AwsFargateCloud(
            connection,
            new EcsClient(credentials, Settings(EcsClient.ServiceId, EcsClient.SigningName)),
            new Ec2Client(credentials, Settings(Ec2Client.ServiceId, Ec2Client.SigningName)),
            logRegion => new LogsClient(
                credentials, Settings(LogsClient.ServiceId, LogsClient.SigningName) with { Region = logRegion }),
            new SurveyClients(
                () => new StsClient(credentials, Settings(StsClient.ServiceId, StsClient.SigningName)),
                () => new IamClient(credentials, Settings(IamClient.ServiceId, IamClient.SigningName))),
            credentials)
        {
            CreateRoutes = () => new(new RouteClients
            {
                Ec2 = new Ec2Client(credentials, Settings(Ec2Client.ServiceId, Ec2Client.SigningName)),
                Ssm = new SsmClient(credentials, Settings(SsmClient.ServiceId, SsmClient.SigningName)),
                Kms = new KmsClient(credentials, Settings(KmsClient.ServiceId, KmsClient.SigningName)),
                ChannelSigner = new WebSocketSigner(credentials, Settings(SsmClient.ServiceId, "ssmmessages"), endpoint),
                TunnelSigner = new WebSocketSigner(credentials, Settings(Ec2Client.ServiceId, "ec2-instance-connect"), endpoint),
            }, "the test"),
        };

        ClientSettings Settings(string serviceId, string signingName)
        {
            ClientSettings settings = new(serviceId, signingName, region, endpoint);
            return settings with { AttemptLimit = attemptLimit ?? settings.AttemptLimit };
        }
    }

    /// <summary>One call of each service, by the service's name in signatures.</summary>
    internal static IReadOnlyDictionary<string, Func<IFargateCloud, CancellationToken, Task>> Calls { get; } =
        new Dictionary<string, Func<IFargateCloud, CancellationToken, Task>>
        {
            ["ecs"] = (cloud, token) => cloud.StopTaskAsync("prod", "arn", "done", token),
            ["logs"] = (cloud, token) => cloud.GetLogEventsAsync(new("group", Region, "stream"), fromStart: false, 1, token),
            ["ec2"] = (cloud, token) => cloud.DescribeNetworkInterfacesAsync(["eni-1"], token),
            ["sts"] = (cloud, token) => cloud.Survey.GetCallerAsync(token),
            ["ssm"] = (cloud, token) => cloud.SessionManager.TerminateAsync("session-1", token),
            ["kms"] = (cloud, token) => cloud.SessionManager.GenerateDataKeyAsync(
                "alias/shells", new Dictionary<string, string> { ["aws:ssm:SessionId"] = "session-1" }, token),
            ["iam"] = (cloud, token) => cloud.Survey.GetRoleArnAsync("ops", token),
        };

    /// <summary>The services, for theories.</summary>
    internal static TheoryData<string> Services => [.. Calls.Keys];

    internal static Task CallAsync(this IFargateCloud cloud, string service, CancellationToken cancellationToken = default) =>
        Calls[service](cloud, cancellationToken);

    /// <summary>The errors of a call of each of the services, made at the same time.</summary>
    internal static Task<FargateException[]> FailAsync(IFargateCloud cloud, IEnumerable<string> services) => Task.WhenAll(
        services.Select(service => Assert.ThrowsAsync<FargateException>(() => cloud.CallAsync(service))));

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
