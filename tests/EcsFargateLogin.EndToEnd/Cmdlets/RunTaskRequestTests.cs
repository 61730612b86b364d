using System.Text.Json.Nodes;
using LocalFargate;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>What New-FargateSession asks of ECS, and what the container makes of it.</summary>
public sealed class RunTaskRequestTests
{
    [Fact]
    public async Task A_plain_request_says_no_more_than_it_must()
    {
        await using var me = await Operator.StartAsync();

        var session = Assert.Single(me.Run("New-FargateSession").Output);

        var sent = Assert.Single(me.Calls("RunTask")).Parameters;
        Assert.Equal("rails-cli", (string?)sent["taskDefinition"]);
        Assert.Equal("local", (string?)sent["cluster"]);
        Assert.Equal("FARGATE", (string?)sent["launchType"]);
        Assert.Equal(1, (int?)sent["count"] ?? 1);
        Assert.Equal(session.Text("SessionId"), (string?)sent["startedBy"]);
        Assert.Matches("^[0-9a-f]{32}$", (string?)sent["clientToken"]);
        Assert.Equal("ENABLED", (string?)Network(sent)["assignPublicIp"]);
        var container = Container(sent);
        Assert.Equal("cli", (string?)container["name"]);
        Assert.False(container.ContainsKey("command"));
        Assert.Null(sent["overrides"]!["taskRoleArn"]);
        var variables = Variables(container);
        Assert.Matches(
            "^restrict,pty,port-forwarding,expiry-time=\"[0-9]{12,14}\" ssh-ed25519 [^ ]+ [^ ]+$", variables["_AUTHORIZED_PUBLIC_KEY"]);
        Assert.Matches("^[0-9a-f]{32}$", variables["_SESSION_NONCE"]);
        Assert.Equal(me.Fargate.SshPort == 22 ? 2 : 3, variables.Count);
        me.Run("$args[0] | Stop-FargateSession", session);
    }

    [Fact]
    public async Task Every_parameter_reaches_ECS()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.RegisterTaskDefinition(new TaskDefinitionOptions("two")
        {
            Containers = [new ContainerOptions("app") { Image = ContainerOptions.PlainImage }, new ContainerOptions("shell")],
        });

        var run = me.Run(
            """
            param($subnets, $groups)
            $session = New-FargateSession two -Cluster default -ContainerName shell -Subnet $subnets -SecurityGroup $groups `
                -AssignPublicIp Disabled -Port 2200 -UserName nobody -TaskRoleArn arn:aws:iam::123456789012:role/task `
                -Command sh, -c, 'echo "it''s $HOME"' -EnvironmentVariable @{ RAILS_ENV = 'production'; COUNT = 3 }
            $session
            $session | Stop-FargateSession
            """,
            me.Fargate.Subnets.ToArray(),
            me.Fargate.SecurityGroups.ToArray());

        Assert.Empty(run.Errors);
        var session = Assert.Single(run.Output);
        Assert.Equal(("default", "shell"), (session.Text("Cluster"), session.Text("ContainerName")));
        Assert.Equal("nobody", session.Text("UserName"));
        var sent = Assert.Single(me.Calls("RunTask")).Parameters;
        Assert.Equal(("two", "default"), ((string?)sent["taskDefinition"], (string?)sent["cluster"]));
        Assert.Equal("DISABLED", (string?)Network(sent)["assignPublicIp"]);
        Assert.Equal(me.Fargate.Subnets, Strings(Network(sent)["subnets"]));
        Assert.Equal(me.Fargate.SecurityGroups, Strings(Network(sent)["securityGroups"]));
        Assert.Equal("arn:aws:iam::123456789012:role/task", (string?)sent["overrides"]!["taskRoleArn"]);
        var container = Container(sent);
        Assert.Equal("shell", (string?)container["name"]);
        Assert.Equal(["sh", "-c", "echo \"it's $HOME\""], Strings(container["command"]));
        var variables = Variables(container);
        Assert.Equal(
            ("production", "3", "2200", "nobody"),
            (variables["RAILS_ENV"], variables["COUNT"], variables["_SSH_PORT"], variables["_SSH_USER"]));
        Assert.Null(Assert.Single(me.Fargate.Tasks).PublicAddress);
    }

    [Fact]
    public async Task Each_session_has_a_mark_a_token_and_a_key_of_its_own()
    {
        await using var me = await Operator.StartAsync();

        me.Run("1..3 | ForEach-Object { New-FargateSession } | Stop-FargateSession");

        var sent = me.Calls("RunTask").Select(call => call.Parameters).ToList();
        Assert.Equal(3, sent.Count);
        Assert.Equal(3, sent.Select(parameters => (string?)parameters["startedBy"]).Distinct().Count());
        Assert.Equal(3, sent.Select(parameters => (string?)parameters["clientToken"]).Distinct().Count());
        Assert.Equal(3, sent.Select(parameters => Variables(Container(parameters))["_AUTHORIZED_PUBLIC_KEY"]).Distinct().Count());
    }

    [Fact]
    public async Task Environment_variables_reach_the_remote_shell_character_by_character()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunProcessAsync(
            """
            $variables = @{
                QUOTES  = "it's ""quoted"" and ``ticked``"
                DOLLARS = '$HOME ${HOME} $(id) \n \\ %s ! *'
                LINES   = "first`nsecond`n`n"
                EQUALS  = '=a=b'
                PEOPLE  = 'čšž ü 日本 🚢'
                EMPTY   = ''
            }
            New-FargateSession -EnvironmentVariable $variables | Enter-FargateShell
            """,
            "for i in QUOTES DOLLARS LINES EQUALS PEOPLE EMPTY; do eval \"printf '%s<%s>\\n' $i \\\"\\$$i\\\"\"; done\n");

        Assert.Equal("", run.Error);
        Assert.Equal(
            """
            QUOTES<it's "quoted" and `ticked`>
            DOLLARS<$HOME ${HOME} $(id) \n \\ %s ! *>
            LINES<first
            second

            >
            EQUALS<=a=b>
            PEOPLE<čšž ü 日本 🚢>
            EMPTY<>

            """,
            run.Output);
    }

    [Fact]
    public async Task Another_user_port_and_command_make_another_server()
    {
        await using var me = await Operator.StartAsync();

        var run = await me.RunProcessAsync(
            """
            $command = 'usermod -s /bin/sh games; exec /usr/local/bin/start-sshd.sh'
            New-FargateSession -UserName games -Port 2201 -Command sh, -c, $command | Enter-FargateShell
            """,
            "id -un; echo \"${SSH_CONNECTION##* }\"\n");

        Assert.Equal(("games\n2201\n", ""), (run.Output, run.Error));
    }

    private static JsonNode Network(JsonObject sent) => sent["networkConfiguration"]!["awsvpcConfiguration"]!;

    private static JsonObject Container(JsonObject sent) =>
        Assert.Single(sent["overrides"]!["containerOverrides"]!.AsArray())!.AsObject();

    private static Dictionary<string, string> Variables(JsonObject container) =>
        container["environment"]!.AsArray().ToDictionary(pair => (string)pair!["name"]!, pair => (string)pair!["value"]!);

    private static IEnumerable<string> Strings(JsonNode? items) => items!.AsArray().Select(item => (string)item!);
}
