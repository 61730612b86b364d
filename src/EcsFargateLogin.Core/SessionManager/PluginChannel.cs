using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.SessionManager;

/// <summary>What session-manager-plugin joins to the terminal. Holds a secret, and so shows itself to nobody.</summary>
internal sealed class PluginChannel
{
    /// <summary>The id of the channel's session in Systems Manager.</summary>
    public required string SessionId { get; init; }

    public required string StreamUrl { get; init; }

    /// <summary>The secret that opens the channel.</summary>
    public required string TokenValue { get; init; }

    public required string Region { get; init; }

    /// <summary>What the plugin asks AWS with: it signs the channel, and goes on with one that was cut.</summary>
    public ChannelCredentials? Credentials { get; init; }

    /// <summary>The profile that the plugin asks AWS with where it is given no credentials.</summary>
    public string? ProfileName { get; init; }

    /// <summary>The container, as Systems Manager calls it.</summary>
    public required string Target { get; init; }

    /// <summary>The URL of Systems Manager; empty for the region's own.</summary>
    public required string Endpoint { get; init; }

    /// <summary>What Systems Manager calls a container.</summary>
    /// <param name="clusterName">The cluster's name.</param>
    /// <param name="taskId">The last part of the task's ARN.</param>
    /// <param name="runtimeId">What the container's host calls it.</param>
    public static string TargetOf(string clusterName, string taskId, string runtimeId) =>
        $"ecs:{clusterName}_{taskId}_{runtimeId}";
}
