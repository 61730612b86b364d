using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Container;
using LocalFargate;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>The AWS CLI signs, writes and reads by AWS's own rules: it is the judge of the protocols.</summary>
public sealed class AwsCliTests
{
    [AwsCliFact]
    public async Task The_AWS_CLI_runs_describes_and_stops_a_task()
    {
        foreach (var program in AwsCliFactAttribute.Programs)
        {
            await using var fargate = await LocalFargateServer.StartAsync();
            var idle = fargate.RegisterIdleTask();
            Task<JsonNode?> AwsAsync(params string[] arguments) => RunAsync(program, fargate, arguments);

            var started = await AwsAsync(
                "ecs", "run-task", "--cluster", fargate.Cluster, "--task-definition", idle, "--launch-type", "FARGATE",
                "--started-by", "aws-cli", "--tags", "key=who,value=me", "--network-configuration",
                $"awsvpcConfiguration={{subnets=[{fargate.Subnets[0]}],securityGroups=[{fargate.SecurityGroups[0]}],assignPublicIp=ENABLED}}");
            var arn = (string)started!["tasks"]![0]!["taskArn"]!;
            await AwsAsync("ecs", "wait", "tasks-running", "--cluster", fargate.Cluster, "--tasks", arn);
            var task = (await AwsAsync("ecs", "describe-tasks", "--cluster", fargate.Cluster, "--include", "TAGS", "--tasks", arn))!["tasks"]![0]!;
            var id = (string)task["attachments"]![0]!["details"]!.AsArray()
                .Single(detail => (string)detail!["name"]! == "networkInterfaceId")!["value"]!;
            var networkInterface = (await AwsAsync("ec2", "describe-network-interfaces", "--network-interface-ids", id))!;
            var listed = await AwsAsync("ecs", "list-tasks", "--cluster", fargate.Cluster, "--started-by", "aws-cli");
            await AwsAsync("ecs", "stop-task", "--cluster", fargate.Cluster, "--task", arn, "--reason", "seen");
            await AwsAsync("ecs", "wait", "tasks-stopped", "--cluster", fargate.Cluster, "--tasks", arn);

            Assert.Equal("RUNNING", (string?)task["lastStatus"]);
            Assert.Equal("me", (string?)task["tags"]![0]!["value"]);
            Assert.StartsWith("127.", (string?)networkInterface["NetworkInterfaces"]![0]!["Association"]!["PublicIp"]);
            Assert.Equal(arn, (string?)listed!["taskArns"]![0]);
            Assert.Equal("seen", fargate.Tasks.Single().StoppedReason);
        }
    }

    [AwsCliFact]
    public async Task The_AWS_CLI_shows_errors_in_the_words_of_AWS()
    {
        await using var fargate = await LocalFargateServer.StartAsync();
        var program = AwsCliFactAttribute.Programs[0];

        var cluster = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RunAsync(program, fargate, "ecs", "list-tasks", "--cluster", "none"));
        var address = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RunAsync(program, fargate, "ec2", "describe-network-interfaces", "--network-interface-ids", "eni-0"));

        Assert.Contains("(ClusterNotFoundException) when calling the ListTasks operation: Cluster not found.", cluster.Message);
        Assert.Contains("(InvalidNetworkInterfaceID.NotFound)", address.Message);
    }

    [Fact]
    public async Task The_comparison_with_moto_says_what_it_lacks()
    {
        var start = EngineProcess.Script(Path.Combine(Checkout.Root, "tests", "Compare", "compare.ps1"));
        start.Environment["PATH"] = "/nowhere";

        var run = await EngineProcess.RunAsync(start);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("there is no aws and no moto_server on PATH", run.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonNode?> RunAsync(string program, LocalFargateServer fargate, params string[] arguments)
    {
        var result = await ProcessRun.CompleteAsync("env",
        [
            "-u", "AWS_SESSION_TOKEN", "-u", "AWS_PROFILE", $"AWS_ACCESS_KEY_ID={fargate.AccessKeyId}", $"AWS_SECRET_ACCESS_KEY={fargate.SecretAccessKey}",
            $"AWS_DEFAULT_REGION={fargate.Region}", "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
            "AWS_EC2_METADATA_DISABLED=true", "AWS_PAGER=",
            program, "--endpoint-url", fargate.EndpointUrl, "--output", "json", .. arguments,
        ]);
        return result.ExitCode == 0
            ? result.Output.Length > 0 ? JsonNode.Parse(result.Output) : null
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} exited with {result.ExitCode}: {result.Error}");
    }
}
