using System.Net;
using LocalFargate.Signing;
using LocalFargate.Tasks;

namespace LocalFargate;

/// <summary>The settings of a <see cref="LocalFargateServer"/>.</summary>
public sealed record LocalFargateOptions
{
    /// <summary>The port of 127.0.0.1 that it serves on; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>How long tasks stay in each phase. By default they run at once.</summary>
    public Timeline Timeline { get; init; } = Timeline.Instant;

    /// <summary>The region that it stands for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>The credentials that it accepts, at least one; the first is the one that it tells others to use.</summary>
    public IReadOnlyList<AwsCredential> Credentials { get; init; } = [AwsCredential.OfThisProcess];

    /// <summary>Whom the credentials belong to; null for a user named local.</summary>
    public string? CallerArn { get; init; }

    /// <summary>The names of its clusters, at least one; the first is the one that it tells others to use.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = ["local", "default"];

    /// <summary>The names of services that each cluster has from the start, which run that task definition.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The family of the task definition that it has from the start.</summary>
    public string TaskDefinition { get; init; } = "rails-cli";

    /// <summary>How many revisions a family may have, as ECS's quota says.</summary>
    public int RevisionLimit { get; init; } = 1_000_000;

    /// <summary>The script that the task definition's container runs; null searches for module/container/start-sshd.sh.</summary>
    public string? StartSshdPath { get; init; }

    /// <summary>The port of the tasks' sshd; null takes 22 where it can be had, and another one where it cannot.</summary>
    public int? SshPort { get; init; }

    /// <summary>Environment variables of the task definition's container.</summary>
    public IReadOnlyDictionary<string, string> ContainerEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>Further images, by name. Those that start sshd are there already (see the task definition).</summary>
    public IReadOnlyDictionary<string, LocalImage> Images { get; init; } = new Dictionary<string, LocalImage>();

    /// <summary>
    /// False for tasks without processes, of which a small machine bears hundreds: something answers on their SSH port
    /// with the first line of an SSH server, and nothing more.
    /// </summary>
    public bool RunsContainers { get; init; } = true;

    /// <summary>What containers get between SIGTERM and SIGKILL where their definition does not say.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long stopped tasks can be described.</summary>
    public TimeSpan StoppedTaskRetention { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How late the lines of logs can be read. By default at once.</summary>
    public LogDelivery LogDelivery { get; init; } = LogDelivery.Instant;

    /// <summary>Where the operator's machine stands. Null: it reaches every address, and security groups keep nobody out.</summary>
    public OperatorPlace? Operator { get; init; }

    /// <summary>How far the account's clock is ahead of this machine's. Signatures that differ by more than 5 minutes are refused.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>The settings of Session Manager.</summary>
    public SessionManagerOptions SessionManager { get; init; } = new();

    /// <summary>The EC2 Instance Connect Endpoints that it has from the start.</summary>
    public IReadOnlyList<InstanceConnectEndpointOptions> InstanceConnectEndpoints { get; init; } = [];

    /// <summary>Gets the server's log lines; null for nobody.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>
/// The addresses that the operator's machine is seen with, which the rules of security groups let in or keep out. Whoever
/// connects from this machine is taken for it.
/// </summary>
/// <param name="PublicAddress">The one that public addresses see.</param>
public sealed record OperatorPlace(IPAddress PublicAddress)
{
    /// <summary>The one that private addresses see, as through a VPN; null where there is no way to them.</summary>
    public IPAddress? PrivateAddress { get; init; }
}
