using System.Text.Json;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Help;

/// <summary>The examples of Get-Help, typed as they stand there by tests/Examples/run-examples.ps1.</summary>
public sealed class ExampleTests
{
    private static readonly string Runner = Path.Combine(Checkout.Root, "tests", "Examples", "run-examples.ps1");

    /// <summary>Examples mostly wait: so three read at the same time, each with an account and a journal of their own.</summary>
    [Fact]
    public async Task Every_example_runs_without_an_error_and_the_session_it_starts_can_be_stopped()
    {
        const int readers = 3;
        var shares = await Task.WhenAll(Enumerable.Range(0, readers).Select(share => ReadAsync(share, readers)));
        var examples = shares.SelectMany(share => share).ToList();

        Assert.Equal(
            ["New-FargateSession: Reach a task in a private subnet through a bastion"],
            examples.Where(example => example.WhyNotRun.Length > 0).Select(example => example.Name));
        Assert.All(examples, example => Assert.True(example.Errors.Length == 0, $"{example.Name}\n{string.Join('\n', example.Errors)}"));
    }

    /// <summary>Runs a reader's share of the examples, and asserts that it leaves nothing.</summary>
    private static async Task<RunExample[]> ReadAsync(int share, int readers)
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions
        {
            Region = "eu-central-1",
            Clusters = ["prod", "staging", "default"],
            Services = ["web"],
            InstanceConnectEndpoints = [new InstanceConnectEndpointOptions()],
        });
        // That of the examples of EC2 Instance Connect.
        me.Fargate.AddIngressRule(me.Fargate.SecurityGroups[0], me.Fargate.SecurityGroups[0], me.Fargate.SshPort, "the endpoint");
        var examples = await RunAllAsync(me, $"-Source Help -Share {share} -Of {readers}");
        Assert.NotEmpty(me.Fargate.Tasks);
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.All(task => !task.IsAlive), () => string.Join(", ", me.Fargate.Tasks));
        Assert.Empty(me.SessionFiles());
        return examples;
    }

    private static async Task<RunExample[]> RunAllAsync(Operator me, string arguments)
    {
        var report = Path.Combine(me.StateHome, "examples.json");
        var place = Path.Combine(me.StateHome, "place.json");
        await File.WriteAllTextAsync(place, JsonSerializer.Serialize(new
        {
            endpointUrl = me.Fargate.EndpointUrl,
            region = me.Fargate.Region,
            subnets = me.Fargate.Subnets,
            securityGroups = me.Fargate.SecurityGroups,
            sshPort = me.Fargate.SshPort,
            userName = me.Fargate.UserName,
        }));
        var start = me.Process($"& '{Runner}' {arguments} -Place '{place}' -Report '{report}'");
        start.WorkingDirectory = me.StateHome;
        start.Environment["XDG_CONFIG_HOME"] = Path.Combine(me.StateHome, "config");
        var run = await EngineProcess.RunAsync(start, "", TimeSpan.FromMinutes(15));
        Assert.True(File.Exists(report), run.Output + run.Error);
        return JsonSerializer.Deserialize<RunExample[]>(await File.ReadAllTextAsync(report))!;
    }

    private sealed record RunExample(string Name, string WhyNotRun, string[] Errors);
}
