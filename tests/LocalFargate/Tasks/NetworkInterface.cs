using System.Net;

namespace LocalFargate.Tasks;

/// <summary>The elastic network interface of a task.</summary>
internal sealed record NetworkInterface
{
    internal required string Id { get; init; }

    internal required string AttachmentId { get; init; }

    internal required string MacAddress { get; init; }

    internal required Subnet Subnet { get; init; }

    internal required IReadOnlyList<string> SecurityGroups { get; init; }

    internal required IPAddress PrivateAddress { get; init; }

    /// <summary>Null for a task that was started without one.</summary>
    internal required IPAddress? PublicAddress { get; init; }

    /// <summary>Where the task's sshd really listens when something stands in front of it; else null.</summary>
    internal IPAddress? HiddenAddress { get; init; }

    /// <summary>Where the task's programs listen, which is also what they call 127.0.0.1.</summary>
    internal IPAddress ListenAddress => HiddenAddress ?? PrivateAddress;

    internal string PrivateDnsName => $"ip-{PrivateAddress.ToString().Replace('.', '-')}.ec2.internal";

    /// <summary>The host name of a container of the task.</summary>
    internal string Hostname => PrivateDnsName;
}
