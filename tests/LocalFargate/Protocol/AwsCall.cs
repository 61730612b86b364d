using System.Text.Json.Nodes;

namespace LocalFargate.Protocol;

/// <summary>A request to AWS that is being answered.</summary>
internal sealed record AwsCall
{
    internal required HttpContext Http { get; init; }

    /// <summary>The service's signing name: ecs, ec2 or logs.</summary>
    internal required string Service { get; init; }

    internal required OperationModel Operation { get; init; }

    internal required JsonObject Parameters { get; init; }

    internal required string CallerArn { get; init; }

    /// <summary>Cancelled when the server ends.</summary>
    internal required CancellationToken Stopping { get; init; }

    /// <summary>Whether it uses the EC2 query protocol.</summary>
    internal required bool IsQuery { get; init; }

    /// <summary>The IAM action, such as ecs:RunTask.</summary>
    internal string Action => $"{Service}:{Operation.Name}";

    /// <summary>Set once nothing more is to be sent.</summary>
    internal bool IsAnswered { get; set; }
}
