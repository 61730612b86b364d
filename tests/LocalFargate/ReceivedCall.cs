using System.Text.Json.Nodes;

namespace LocalFargate;

/// <summary>A request that a server has received, signed and well-formed or not.</summary>
public sealed record ReceivedCall
{
    /// <summary>When it came.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The service's signing name: ecs, ec2 or logs.</summary>
    public required string Service { get; init; }

    /// <summary>The operation, such as RunTask.</summary>
    public required string Operation { get; init; }

    /// <summary>What was asked for, as the service's model names it. Not to be changed.</summary>
    public required JsonObject Parameters { get; init; }

    /// <summary>The code of the error that it was answered with; null for none, or while it is being answered.</summary>
    public string? ErrorCode { get; internal set; }
}
