using EcsFargateLogin.Model;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Entries as a launch writes them.</summary>
internal static class SampleEntry
{
    public static JournalEntry Of(string sessionId, string? taskArn = null) => new()
    {
        Version = JournalEntry.CurrentVersion,
        SessionId = sessionId,
        Cluster = "dev",
        TaskDefinition = "rails-cli",
        ContainerName = "cli",
        UserName = "root",
        Port = 22,
        AssignPublicIp = true,
        Region = "eu-central-1",
        ProfileName = "ops",
        EndpointUrl = "http://127.0.0.1:4566/",
        ClientToken = "0123456789",
        CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Account = "123456789012",
        TaskArn = taskArn,
    };
}
