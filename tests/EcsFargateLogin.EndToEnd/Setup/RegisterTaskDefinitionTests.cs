using System.Management.Automation;
using System.Text.Json.Nodes;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Container;
using EcsFargateLogin.EndToEnd.LocalFargateTests;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Setup;

/// <summary>Register-FargateLoginTaskDefinition: what is registered, beside what is there.</summary>
public sealed class RegisterTaskDefinitionTests : IAsyncLifetime
{
    private const string Register = "Register-FargateLoginTaskDefinition";

    /// <summary>An application's, with everything that a session must not have and everything that it must.</summary>
    private const string Application = """
        {
          "family": "web", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024", "memory": "4096",
          "taskRoleArn": "arn:aws:iam::123456789012:role/web", "executionRoleArn": "arn:aws:iam::123456789012:role/pull",
          "runtimePlatform": { "cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX" },
          "ephemeralStorage": { "sizeInGiB": 40 },
          "volumes": [
            { "name": "uploads", "efsVolumeConfiguration": { "fileSystemId": "fs-1", "transitEncryption": "ENABLED" } },
            { "name": "scratch" }
          ],
          "proxyConfiguration": { "type": "APPMESH", "containerName": "envoy" },
          "containerDefinitions": [
            { "name": "envoy", "image": "envoy:1", "essential": true },
            {
              "name": "app", "image": "web:7", "essential": true, "cpu": 512, "memory": 2048, "user": "app",
              "command": ["bin/rails", "server"], "workingDirectory": "/app", "startTimeout": 60,
              "portMappings": [{ "containerPort": 3000, "hostPort": 3000, "protocol": "tcp", "name": "http" }],
              "healthCheck": { "command": ["CMD", "curl", "localhost"] },
              "dependsOn": [{ "containerName": "envoy", "condition": "HEALTHY" }],
              "environment": [
                { "name": "DATABASE_URL", "value": "postgres://u:hunter2@db/app" }, { "name": "_SSH_PORT", "value": "1" },
                { "name": "_MAX_LIFETIME", "value": "99" }
              ],
              "secrets": [{ "name": "API_KEY", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/key" }],
              "environmentFiles": [{ "type": "s3", "value": "arn:aws:s3:::conf/app.env" }],
              "mountPoints": [{ "sourceVolume": "uploads", "containerPath": "/uploads", "readOnly": true }],
              "ulimits": [{ "name": "nofile", "softLimit": 1000, "hardLimit": 2000 }],
              "logConfiguration": {
                "logDriver": "awslogs",
                "options": { "awslogs-group": "/web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web", "mode": "non-blocking" }
              }
            }
          ]
        }
        """;

    private Operator _me = null!;

    public async Task InitializeAsync()
    {
        _me = await Operator.StartAsync(new LocalFargateOptions { RevisionLimit = 2 });
        using FargateClient client = new(_me.Fargate);
        Assert.Equal(200, (await client.EcsAsync("RegisterTaskDefinition", JsonNode.Parse(Application)!)).Status);
    }

    public async Task DisposeAsync() => await _me.DisposeAsync();

    [Fact]
    public void An_image_alone_gets_the_template_with_what_was_asked_for()
    {
        var run = _me.Run(
            $"{Register} ecr.example.com/rails:7 -ExecutionRoleArn arn:x -TaskRoleArn arn:y -Cpu 2048 -Memory 8192 "
            + "-LogGroup /cli -Port 2222 -CpuArchitecture ARM64");

        Assert.Empty(run.Errors);
        Assert.Equal("rails-cli:2", Assert.Single(run.Output).ToString());
        var sent = Registered();
        var template = JsonNode.Parse(File.ReadAllText(ContainerFiles.Path("task-definition.json")))!;
        var container = template["containerDefinitions"]![0]!;
        (template["executionRoleArn"], template["taskRoleArn"], template["cpu"], template["memory"]) = ("arn:x", "arn:y", "2048", "8192");
        template["runtimePlatform"]!["cpuArchitecture"] = "ARM64";
        container["image"] = "ecr.example.com/rails:7";
        container["portMappings"]![0]!["containerPort"] = 2222;
        container["logConfiguration"]!["options"]!["awslogs-group"] = "/cli";
        container["logConfiguration"]!["options"]!["awslogs-region"] = _me.Fargate.Region;
        container["environment"]!.AsArray().Add(new JsonObject { ["name"] = "_SSH_PORT", ["value"] = "2222" });
        Assert.True(JsonNode.DeepEquals(template, sent), sent.ToJsonString());
    }

    [Fact]
    public void What_a_session_needs_of_an_application_is_carried_over_whole_and_the_rest_is_left_out()
    {
        Assert.Empty(_me.ErrorsOf($"{Register} web:7-cli -FromTaskDefinition web -ContainerName app"));

        var sent = Registered();
        var application = JsonNode.Parse(Application)!;
        var source = application["containerDefinitions"]![1]!;
        var container = Assert.Single(sent["containerDefinitions"]!.AsArray())!;
        foreach (var member in (string[])["taskRoleArn", "executionRoleArn", "cpu", "memory", "runtimePlatform", "ephemeralStorage"])
        {
            AssertSame(application[member], sent[member]);
        }

        foreach (var member in (string[])["secrets", "environmentFiles", "mountPoints", "ulimits", "logConfiguration", "workingDirectory"])
        {
            AssertSame(source[member], container[member]);
        }

        AssertSame(application["volumes"]![0], Assert.Single(sent["volumes"]!.AsArray()));
        AssertSame(
            JsonNode.Parse("""[{"name":"DATABASE_URL","value":"postgres://u:hunter2@db/app"},{"name":"_MAX_LIFETIME","value":"99"}]"""),
            container["environment"]);
        Assert.Equal(("web-cli", "cli", "web:7-cli"), ((string?)sent["family"], (string?)container["name"], (string?)container["image"]));
        Assert.Equal(22, (int)Assert.Single(container["portMappings"]!.AsArray())!["containerPort"]!);
        Assert.All(
            ["healthCheck", "dependsOn", "command", "user", "startTimeout", "cpu", "memory"],
            member => Assert.Null(container[member]));
        Assert.Null(sent["proxyConfiguration"]);
    }

    [Fact]
    public async Task WhatIf_lists_what_is_kept_changed_and_left_out_without_a_secret_and_registers_nothing()
    {
        var run = await _me.RunProcessAsync($"{Register} web:7-cli -FromTaskDefinition web -ContainerName app -Cpu 512 -WhatIf");

        Assert.Equal("", run.Error);
        Assert.All(
            (string[])
            [
                "  kept      taskRoleArn: arn:aws:iam::123456789012:role/web\n",
                "  kept      environment DATABASE_URL\n",
                "  kept      secrets API_KEY\n",
                "  kept      container logConfiguration: awslogs /web\n",
                "  kept      runtimePlatform: ARM64\n",
                "  changed   cpu: 1024 -> 512\n",
                "  changed   container image: web:7 -> web:7-cli\n",
                "  changed   container portMappings: 3000 -> 22\n",
                "  left out  container healthCheck\n",
                "  left out  proxyConfiguration\n",
                "  left out  container 'envoy'\n",
            ],
            line => Assert.Contains(line, run.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("hunter2", run.Output, StringComparison.Ordinal);
        Assert.Single(_me.Calls("RegisterTaskDefinition"));
    }

    [Fact]
    public async Task What_was_registered_starts_a_session_by_the_pipeline()
    {
        var run = _me.Run(
            "$PSDefaultParameterValues.Remove('New-FargateSession:TaskDefinition'); "
            + $"$s = {Register} ecs-fargate-login -ExecutionRoleArn arn:x -LogGroup /ecs/rails-cli -Port {_me.Fargate.SshPort} | "
            + "New-FargateSession -Wait; $s.TaskDefinition; $s.ContainerName; $s | Stop-FargateSession");

        Assert.Empty(run.Errors);
        Assert.EndsWith(":task-definition/ecs-fargate-login-cli:1", run.Output[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("cli", run.Output[1].ToString());
        await _me.HasLeftNothingAsync();
    }

    [Fact]
    public void A_family_at_its_limit_of_revisions_is_an_error_in_clear_words()
    {
        var errors = _me.ErrorsOf($"1..3 | ForEach-Object {{ {Register} app:1 -ExecutionRoleArn arn:x }}");

        var message = Assert.Single(errors).Is("QuotaExceeded", ErrorCategory.QuotaExceeded, "app:1");
        Assert.Contains("'app-cli' has as many revisions as ECS takes", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("web:7 -FromTaskDefinition web -Family web -ContainerName app", "InvalidFamily", "web")]
    [InlineData("web:7 -FromTaskDefinition web", "ContainerNotFound", "web")]
    [InlineData("web:7 -FromTaskDefinition web -ContainerName nginx", "ContainerNotFound", "nginx")]
    [InlineData("web:7 -FromTaskDefinition none", "TaskDefinitionNotFound", "web:7")]
    [InlineData("'web;7' -FromTaskDefinition web", "InvalidImage", "web;7")]
    public void Bad_input_is_named_and_nothing_is_registered(string parameters, string id, string target)
    {
        var error = _me.ErrorOf($"{Register} {parameters}");

        Assert.Equal((id, target), (error.Id.Split(',')[0], error.Target));
        Assert.Single(_me.Calls("RegisterTaskDefinition"));
    }

    [Fact]
    public void A_refusal_names_the_action_that_is_not_allowed()
    {
        _me.Fargate.Faults.Add(new AccessDenied { Operation = "RegisterTaskDefinition" });

        var error = _me.ErrorOf($"{Register} app:1 -ExecutionRoleArn arn:x");

        Assert.Contains(
            "ecs:RegisterTaskDefinition", error.Is("AccessDenied", ErrorCategory.PermissionDenied, "app:1"), StringComparison.Ordinal);
    }

    private JsonObject Registered() => _me.Calls("RegisterTaskDefinition")[^1].Parameters;

    private static void AssertSame(JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"{expected?.ToJsonString()} is not {actual?.ToJsonString()}");
}
