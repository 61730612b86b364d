using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.Completion;

/// <summary>Completion shows what runs: tasks by their service, numbers of tasks, and containers.</summary>
public sealed class RunningCompletionTests
{
    [Fact]
    public async Task Tasks_services_and_families_are_shown_with_what_runs_and_containers_by_what_is_named()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("shop")
        {
            Containers = [Container("app"), Container("log")],
        });
        me.Fargate.RegisterService(ServiceIn(me.Fargate, "front"));
        me.Fargate.RegisterService(ServiceIn(me.Fargate, "idle"));

        var task = me.Fargate.StartServiceTask("front", enablesExecuteCommand: false);
        var id = task[(task.LastIndexOf('/') + 1)..];

        var services = Tab.Find(me, "New-FargateSession -Service ");
        Assert.Equal(["front", "idle"], services.Select(service => service.CompletionText));
        Assert.StartsWith("running tasks: 1, arn:", services[0].ToolTip, StringComparison.Ordinal);
        Assert.StartsWith("running tasks: 0, arn:", services[1].ToolTip, StringComparison.Ordinal);
        Assert.StartsWith(
            "shop, running tasks: 1, its latest revision",
            Assert.Single(Tab.Find(me, "New-FargateSession -TaskDefinition sh")).ToolTip,
            StringComparison.Ordinal);
        var found = Assert.Single(Tab.Find(me, $"Enter-FargateShell -Cluster {me.Fargate.Cluster} -TaskArn fro"));
        Assert.Equal((task, $"front {id}"), (found.CompletionText, found.ListItemText));
        Assert.Matches("^[A-Z]+, shop:1, app and log, without ECS Exec$", found.ToolTip);
        Assert.Equal(["app", "log"], Tab.Texts(me, "New-FargateSession -TaskDefinition shop -ContainerName "));
        Assert.Equal(["log"], Tab.Texts(me, $"Enter-FargateShell -Cluster {me.Fargate.Cluster} -Service front -ContainerName l"));
        Assert.Equal(["app"], Tab.Texts(me, $"Enter-FargateShell -TaskArn {task} -ContainerName a"));
        Assert.Equal(["app"], Tab.Texts(me, $"Enter-FargateShell -Cluster {me.Fargate.Cluster} -TaskArn {id} -ContainerName a"));
    }

    private static ContainerOptions Container(string name) => new(name)
    {
        Image = ContainerOptions.PlainImage,
        Command = ["sleep", "1000"],
    };

    private static ServiceOptions ServiceIn(LocalFargateServer fargate, string name) => new(name)
    {
        Cluster = fargate.Cluster,
        TaskDefinition = "shop",
        Subnets = fargate.Subnets,
    };
}
