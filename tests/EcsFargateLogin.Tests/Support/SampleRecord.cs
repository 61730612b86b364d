using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Records as a launch writes them.</summary>
internal static class SampleRecord
{
    public static SessionRecord Of(string sessionId, string? taskArn = null) => new()
    {
        SessionId = sessionId,
        Cluster = "dev",
        TaskDefinition = "rails-cli",
        ContainerName = "cli",
        UserName = "root",
        Port = 22,
        AssignPublicIp = true,
        Connection = new AwsConnection { Region = "eu-central-1", ProfileName = "ops", EndpointUrl = "http://127.0.0.1:4566/" },
        ClientToken = "0123456789",
        CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        DefinitionAccount = "123456789012",
        TaskArn = taskArn,
    };
}
