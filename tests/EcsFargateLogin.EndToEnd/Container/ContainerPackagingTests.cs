using System.Text.Json;
using System.Text.RegularExpressions;

namespace EcsFargateLogin.EndToEnd.Container;

public sealed partial class ContainerPackagingTests
{
    [Fact]
    public void The_caller_may_do_what_a_session_needs_and_nothing_else()
    {
        var statements = Statements("iam/caller-policy.json");

        Assert.Equal(
            [
                "ec2-instance-connect:OpenTunnel", "ec2:AuthorizeSecurityGroupIngress", "ec2:DescribeInstanceConnectEndpoints",
                "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups",
                "ec2:RevokeSecurityGroupIngress", "ec2:UpdateSecurityGroupRuleDescriptionsIngress", "ecs:DescribeClusters", "ecs:DescribeServices",
                "ecs:DescribeTaskDefinition", "ecs:DescribeTasks", "ecs:ExecuteCommand", "ecs:ListTasks", "ecs:RunTask", "ecs:StopTask",
                "ecs:TagResource", "iam:PassRole", "logs:GetLogEvents", "ssm:ResumeSession", "ssm:StartSession", "ssm:TerminateSession",
                "ssmmessages:OpenDataChannel", "ssmmessages:OpenDataChannel",
            ],
            statements.SelectMany(statement => Texts(statement.GetProperty("Action"))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ECS_Exec_lets_into_the_container_of_sessions_alone()
    {
        var exec = Statements("iam/caller-policy.json")
            .Single(statement => Texts(statement.GetProperty("Action")).Contains("ecs:ExecuteCommand"));
        var container = Read("task-definition.json").GetProperty("containerDefinitions")[0].GetProperty("name").GetString();

        Assert.Equal(
            container,
            exec.GetProperty("Condition").GetProperty("StringEquals").GetProperty("ecs:container-name").GetString());
    }

    [Fact]
    public void Running_tasks_are_entered_in_a_container_that_is_named_and_sessions_of_ECS_Exec_are_resumed_by_nobody()
    {
        var running = Statements("iam/running-tasks-policy.json");
        var exec = running.Single(statement => Texts(statement.GetProperty("Action")).Contains("ecs:ExecuteCommand"));

        Assert.Equal(
            [
                "ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:DescribeTasks", "ecs:ExecuteCommand", "ecs:ListTasks",
                "logs:GetLogEvents", "ssmmessages:OpenDataChannel",
            ],
            running.SelectMany(statement => Texts(statement.GetProperty("Action"))).Order(StringComparer.Ordinal));
        Assert.Equal(
            "CONTAINER", exec.GetProperty("Condition").GetProperty("StringEquals").GetProperty("ecs:container-name").GetString());
        // Such a session has no name of a user: whoever may resume one may take over those of others.
        Assert.All(
            running.Concat(Statements("iam/caller-policy.json"))
                .Where(statement => Texts(statement.GetProperty("Resource")).Any(
                    resource => resource.EndsWith(":session/ecs-execute-command-*", StringComparison.Ordinal))),
            statement => Assert.Equal(["ssmmessages:OpenDataChannel"], Texts(statement.GetProperty("Action"))));
    }

    [Fact]
    public void Completion_needs_no_more_than_to_list_what_can_be_chosen() => Assert.Equal(
        [
            "ec2:DescribeInstanceConnectEndpoints", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ecs:ListClusters", "ecs:ListServices",
            "ecs:ListTaskDefinitionFamilies", "ecs:ListTaskDefinitions",
        ],
        Texts(Assert.Single(Statements("iam/completion-policy.json")).GetProperty("Action")).Order(StringComparer.Ordinal));

    [Fact]
    public void The_doctor_and_the_one_who_sets_up_need_no_more_than_what_they_do()
    {
        Assert.Equal(
            [
                "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "iam:GetRole",
                "iam:SimulatePrincipalPolicy",
            ],
            Statements("iam/doctor-policy.json").SelectMany(statement => Texts(statement.GetProperty("Action"))));
        Assert.Equal(
            ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition", "iam:PassRole"],
            Statements("iam/setup-policy.json").SelectMany(statement => Texts(statement.GetProperty("Action"))));
    }

    [Fact]
    public void The_policies_of_the_routes_are_those_parts_of_the_callers_and_narrow()
    {
        var caller = Statements("iam/caller-policy.json").Select(statement => statement.GetRawText()).ToList();
        var manager = Statements("iam/session-manager-policy.json");
        var connect = Statements("iam/instance-connect-policy.json");

        Assert.All([.. manager, connect[0]], statement => Assert.Contains(statement.GetRawText(), caller));
        Assert.Equal(
            ["ssm:StartSession", "ssm:ResumeSession", "ssm:TerminateSession", "ssmmessages:OpenDataChannel"],
            manager.SelectMany(statement => Texts(statement.GetProperty("Action"))));
        Assert.DoesNotContain(manager.SelectMany(statement => Texts(statement.GetProperty("Resource"))), resource => resource == "*");
        // Sessions of others cannot be resumed or ended, and no session opens anything but a port of a task.
        Assert.All(Texts(manager[1].GetProperty("Resource")), resource => Assert.Contains(":session/${aws:user", resource, StringComparison.Ordinal));
        Assert.All(
            Texts(manager[0].GetProperty("Resource")),
            resource => Assert.Matches(":task/CLUSTER/|:document/AWS-StartPortForwardingSession$", resource));
        Assert.Equal(
            ["ec2-instance-connect:OpenTunnel", "ec2:DescribeInstanceConnectEndpoints"],
            connect.SelectMany(statement => Texts(statement.GetProperty("Action"))));
        Assert.Equal(
            ["ec2-instance-connect:remotePort", "ec2-instance-connect:privateIpAddress", "ec2-instance-connect:maxTunnelDuration"],
            connect[0].GetProperty("Condition").EnumerateObject().SelectMany(condition => condition.Value.EnumerateObject()).Select(key => key.Name));
    }

    [Fact]
    public void The_task_role_of_ECS_Exec_lets_its_agent_talk_and_nothing_else() => Assert.Equal(
        [
            "ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        Texts(Assert.Single(Statements("iam/exec-task-policy.json")).GetProperty("Action")));

    [Fact]
    public void Roles_are_passed_to_ecs_tasks_alone_and_are_those_of_the_task_definition()
    {
        var passRole = Statements("iam/caller-policy.json")
            .Single(statement => Texts(statement.GetProperty("Action")).Contains("iam:PassRole"));
        var task = Read("task-definition.json");

        Assert.Equal(
            "ecs-tasks.amazonaws.com",
            passRole.GetProperty("Condition").GetProperty("StringEquals").GetProperty("iam:PassedToService")
                .GetString());
        Assert.Equal(
            [task.GetProperty("executionRoleArn").GetString()!, task.GetProperty("taskRoleArn").GetString()!],
            Texts(passRole.GetProperty("Resource")));
    }

    [Fact]
    public void Tasks_may_assume_the_roles_and_log_where_the_caller_reads()
    {
        var trust = Assert.Single(Statements("iam/task-trust.json"));
        var log = Read("task-definition.json").GetProperty("containerDefinitions")[0]
            .GetProperty("logConfiguration").GetProperty("options");
        var group = log.GetProperty("awslogs-group").GetString();
        var stream = log.GetProperty("awslogs-stream-prefix").GetString();

        Assert.Equal("ecs-tasks.amazonaws.com", trust.GetProperty("Principal").GetProperty("Service").GetString());
        Assert.Equal(
            $"arn:aws:logs:REGION:ACCOUNT_ID:log-group:{group}:*",
            ResourceOf("iam/execution-policy.json", "logs:PutLogEvents"));
        Assert.Equal(
            $"arn:aws:logs:REGION:ACCOUNT_ID:log-group:{group}:log-stream:{stream}/*",
            ResourceOf("iam/caller-policy.json", "logs:GetLogEvents"));
    }

    [Fact]
    public void The_task_definition_is_one_for_fargate_with_the_container_cli()
    {
        var task = Read("task-definition.json");
        var container = Assert.Single(task.GetProperty("containerDefinitions").EnumerateArray());

        Assert.Equal("awsvpc", task.GetProperty("networkMode").GetString());
        Assert.Equal(["FARGATE"], Texts(task.GetProperty("requiresCompatibilities")));
        Assert.Equal("cli", container.GetProperty("name").GetString());
        Assert.Equal(22, container.GetProperty("portMappings")[0].GetProperty("containerPort").GetInt32());
        Assert.Equal("awslogs", container.GetProperty("logConfiguration").GetProperty("logDriver").GetString());
    }

    [Fact]
    public void The_read_me_names_every_variable_of_the_script()
    {
        var variables = Variable().Matches(File.ReadAllText(ContainerFiles.Path("start-sshd.sh")))
            .Select(match => match.Groups[1].Value).Distinct().ToArray();
        var readMe = File.ReadAllText(ContainerFiles.Path("README.md"));

        Assert.Equal(12, variables.Length);
        Assert.All(variables, variable => Assert.Contains($"| `{variable}` |", readMe, StringComparison.Ordinal));
    }

    private static string ResourceOf(string file, string action) => Statements(file)
        .Single(statement => Texts(statement.GetProperty("Action")).Contains(action))
        .GetProperty("Resource").GetString()!;

    private static JsonElement[] Statements(string file) => [.. Read(file).GetProperty("Statement").EnumerateArray()];

    private static JsonElement Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ContainerFiles.Path(file)));
        return document.RootElement.Clone();
    }

    /// <summary>IAM takes one text as well as a list of them.</summary>
    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray().Select(item => item.GetString()!)
        : [value.GetString()!];

    [GeneratedRegex(@"\$\{(_[A-Z_]+):-")]
    private static partial Regex Variable();
}
