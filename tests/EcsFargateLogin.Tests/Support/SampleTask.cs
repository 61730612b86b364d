using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Tasks, sessions and refusals as AWS would make them.</summary>
internal static class SampleTask
{
    public const string Id = "0123456789abcdef0123456789abcdef";
    public const string Arn = $"arn:aws:ecs:eu-central-1:123456789012:task/dev/{Id}";
    public const string InterfaceId = "eni-0123456789abcdef0";

    public static TaskDescription Of(string status, string arn = Arn) => new()
    {
        TaskArn = arn,
        ClusterArn = "arn:aws:ecs:eu-central-1:123456789012:cluster/dev",
        TaskDefinitionArn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/rails-cli:7",
        LastStatus = status,
        NetworkInterfaceId = status == "PROVISIONING" ? null : InterfaceId,
        SubnetId = status == "PROVISIONING" ? null : "subnet-1",
    };

    public static DescribeTasksReply Reply(params TaskDescription[] tasks) => new(tasks, []);

    public static NetworkInterfaceDescription Interface(string? publicAddress) =>
        new() { Id = InterfaceId, PublicIPv4Address = publicAddress, SubnetId = "subnet-1" };

    public static TaskDefinitionDescription Definition(params string[] containers) => new()
    {
        Arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition/rails-cli:7",
        NetworkMode = "awsvpc",
        Compatibilities = ["EC2", "FARGATE"],
        ContainerNames = containers,
    };

    public static FargateSession Session(int port = 22, bool? assignPublicIp = true, string arn = Arn) => new(new SessionRecord
    {
        SessionId = "fl-abcdefghjk",
        TaskArn = arn,
        Cluster = "dev",
        Connection = new AwsConnection { Region = "eu-central-1" },
        ContainerName = "cli",
        Log = new ContainerLog("/ecs/cli", "eu-west-1", "login"),
        Port = port,
        AssignPublicIp = assignPublicIp,
        CreatedAt = DateTimeOffset.UtcNow,
    });

    public static ServiceReply Answer(string code) => new(code, "as the test says") { StatusCode = 400 };

    public static FargateException Throttled() =>
        CloudErrors.Throttled("ecs:DescribeTasks", Answer("ThrottlingException"));

    public static FargateException AccessDenied(string action) =>
        CloudErrors.AccessDenied(action, Answer("AccessDeniedException"));

    public static FargateException ServiceFailed() =>
        CloudErrors.ServiceFailed("ecs:DescribeTasks", Answer("ServerException"));
}
