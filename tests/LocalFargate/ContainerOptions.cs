using System.Text.Json.Nodes;

namespace LocalFargate;

/// <summary>A container of a task definition to register.</summary>
/// <param name="Name">Its name.</param>
public sealed record ContainerOptions(string Name)
{
    /// <summary>The image that starts sshd when nothing else is asked of it.</summary>
    public const string SshdImage = "ecs-fargate-login";

    /// <summary>An image that has no command of its own, and waits until it is stopped.</summary>
    public const string PlainImage = "plain";

    /// <summary>Its image: one of the two above, or one of <see cref="LocalFargateOptions.Images"/>.</summary>
    public string Image { get; init; } = SshdImage;

    /// <summary>What it runs; empty for what the image says.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Its environment variables.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The TCP ports that it listens on, besides that of sshd.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [];

    /// <summary>Whether its end ends the task.</summary>
    public bool Essential { get; init; } = true;

    /// <summary>What it gets between SIGTERM and SIGKILL; null for the server's own limit.</summary>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary>user, uid, user:group or uid:gid; empty for root.</summary>
    public string User { get; init; } = "";

    /// <summary>Whether its root file system is read-only.</summary>
    public bool ReadOnlyRoot { get; init; }

    /// <summary>The log group of its log; null for /ecs/ and the family's name.</summary>
    public string? LogGroup { get; init; }

    /// <summary>False for a container that does not log to CloudWatch Logs.</summary>
    public bool LogsToCloudWatch { get; init; } = true;

    internal JsonObject ToInput(string family, string region)
    {
        var input = new JsonObject
        {
            ["name"] = Name,
            ["image"] = Image,
            ["essential"] = Essential,
            ["readonlyRootFilesystem"] = ReadOnlyRoot,
            ["portMappings"] = new JsonArray([.. Ports.Select(port =>
                new JsonObject { ["containerPort"] = port, ["hostPort"] = port, ["protocol"] = "tcp" })]),
            ["environment"] = new JsonArray([.. Environment.Select(variable =>
                new JsonObject { ["name"] = variable.Key, ["value"] = variable.Value })]),
        };
        if (Command.Count > 0)
        {
            input["command"] = TaskDefinitionOptions.Strings(Command);
        }

        if (StopTimeout is { } stopTimeout)
        {
            input["stopTimeout"] = (int)stopTimeout.TotalSeconds;
        }

        if (User.Length > 0)
        {
            input["user"] = User;
        }

        if (LogsToCloudWatch)
        {
            input["logConfiguration"] = new JsonObject
            {
                ["logDriver"] = "awslogs",
                ["options"] = new JsonObject
                {
                    ["awslogs-group"] = LogGroup ?? $"/ecs/{family}",
                    ["awslogs-region"] = region,
                    ["awslogs-stream-prefix"] = "ecs",
                },
            };
        }

        return input;
    }
}
