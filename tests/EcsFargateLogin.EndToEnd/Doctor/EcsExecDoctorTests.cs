using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Doctor;

/// <summary>Test-FargateLogin -Transport: what ECS Exec needs.</summary>
public sealed class EcsExecDoctorTests : IAsyncLifetime
{
    private Operator _me = null!;

    public async Task InitializeAsync() => _me = await Operator.StartAsync();

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public async Task All_that_ECS_Exec_needs_is_checked_and_nothing_that_only_ssh_needs()
    {
        var rows = Rows($"rails-cli -Cluster local -Subnet {_me.Fargate.Subnets[0]} -SecurityGroup {_me.Fargate.SecurityGroups[0]} "
            + "-Transport EcsExec -Deep");

        Assert.DoesNotContain(rows, row => row.Result is "Failed" or "Warning");
        Assert.All(
            (string[])["ecs:ExecuteCommand", "task role", "root file system", "platform version"],
            check => Assert.Equal("Passed", rows.Single(row => row.Check == check).Result));
        Assert.Empty(rows.Select(row => row.Check).Intersect(
            ["ssh", "ssh-keygen", "port mapping", "log driver", "_AUTHORIZED_PUBLIC_KEY", "ingress", "logs:GetLogEvents"]));
        Assert.StartsWith(
            "the agent of ECS Exec runs", rows.Single(row => row.Check == "session ready").Detail, StringComparison.Ordinal);
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public void Auto_needs_what_both_need_and_misses_ECS_Exec_less()
    {
        _me.Fargate.Faults.Add(new AccessDenied { Operation = "ExecuteCommand" });
        _me.Fargate.Faults.Add(new AccessDenied { Operation = "SimulatePrincipalPolicy" });

        var rows = Rows("rails-cli -Cluster local -Transport Auto");

        Assert.Empty(((string[])["ssh", "port mapping", "task role"]).Except(rows.Select(row => row.Check)));
        Assert.Equal("Warning", rows.Single(row => row.Check == "ecs:ExecuteCommand").Result);
        Assert.Equal("NotChecked", rows.Single(row => row.Check == "task role").Result);
    }

    [Fact]
    public void What_is_wrong_is_told_with_what_to_do_about_it()
    {
        _me.Fargate.Faults.Add(new AccessDenied { Operation = "ExecuteCommand" });
        _me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("odd")
        {
            Containers = [new ContainerOptions("cli") { ReadOnlyRoot = true }],
        });

        var rows = Rows("odd -Cluster local -Transport EcsExec -PlatformVersion 1.3.0");

        Assert.All(
            (string[])["ecs:ExecuteCommand", "task role", "root file system", "platform version"],
            check =>
            {
                var row = rows.Single(row => row.Check == check);
                Assert.Equal((check, "Failed", true), (check, row.Result, row.Fix.Length > 0));
            });
    }

    [Fact]
    public void A_task_role_without_the_agents_rights_is_found_by_the_policy_simulator()
    {
        _me.Fargate.DenyInSimulation("ssmmessages:OpenDataChannel");

        var row = Rows("rails-cli -Cluster local -Transport EcsExec").Single(row => row.Check == "task role");

        Assert.Equal("Failed", row.Result);
        Assert.Contains("role/local-execution does not allow ssmmessages:OpenDataChannel", row.Detail, StringComparison.Ordinal);
        Assert.Contains("exec-task-policy.json", row.Fix, StringComparison.Ordinal);
    }

    private SeenRow[] Rows(string parameters)
    {
        var script = $"Test-FargateLogin {parameters} | ForEach-Object {{ @{{ Check = $_.Check; Result = \"$($_.Result)\"; "
            + "Detail = $_.Detail; Fix = $_.Fix } | ConvertTo-Json -Compress }";
        return [.. _me.Run(script).Output.Select(line => JsonNode.Parse(line.ToString()!)!).Select(row => new SeenRow(
            (string)row["Check"]!, (string)row["Result"]!, (string)row["Detail"]!, (string)row["Fix"]!))];
    }

    private sealed record SeenRow(string Check, string Result, string Detail, string Fix);
}
