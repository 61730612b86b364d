using System.Net;

namespace LocalFargate.Tasks;

/// <summary>The rules of ingress of one security group.</summary>
internal sealed class SecurityGroupRules
{
    private readonly Lock _lock = new();
    private readonly List<SecurityGroupRule> _rules = [];

    internal IReadOnlyList<SecurityGroupRule> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _rules];
            }
        }
    }

    /// <summary>Adds a rule.</summary>
    /// <returns>False when there is one that allows the same.</returns>
    internal bool TryAdd(SecurityGroupRule rule)
    {
        lock (_lock)
        {
            if (_rules.Exists(rule.LetsInAs))
            {
                return false;
            }

            _rules.Add(rule);
            return true;
        }
    }

    /// <summary>Removes the rule that allows the same.</summary>
    /// <returns>False when there is none.</returns>
    internal bool Remove(SecurityGroupRule rule)
    {
        lock (_lock)
        {
            return _rules.RemoveAll(rule.LetsInAs) > 0;
        }
    }

    /// <summary>Gives the rule that allows the same another description.</summary>
    /// <returns>False when there is none.</returns>
    internal bool Describe(SecurityGroupRule rule)
    {
        lock (_lock)
        {
            var index = _rules.FindIndex(rule.LetsInAs);
            if (index >= 0)
            {
                _rules[index] = _rules[index] with { Description = rule.Description };
            }

            return index >= 0;
        }
    }
}

/// <summary>A rule that lets one block of addresses, or the members of one security group, in on some ports.</summary>
/// <param name="Protocol">tcp, udp, … or -1 for all.</param>
/// <param name="FromPort">The first port; null for all.</param>
/// <param name="ToPort">The last port; null for all.</param>
/// <param name="Source">The block in CIDR notation, or the id of the group.</param>
/// <param name="Description">What somebody has written about it.</param>
internal sealed record SecurityGroupRule(string Protocol, long? FromPort, long? ToPort, string Source, string? Description)
{
    internal string Id { get; } = $"sgr-0{Guid.NewGuid():N}"[..21];

    internal bool IsGroup => Source.StartsWith("sg-", StringComparison.Ordinal);

    internal bool IsIPv6 => Source.Contains(':', StringComparison.Ordinal);

    internal bool LetsInAs(SecurityGroupRule other) =>
        (Protocol, FromPort, ToPort, Source) == (other.Protocol, other.FromPort, other.ToPort, other.Source);

    /// <summary>Whether it lets TCP from there in on that port.</summary>
    internal bool Admits(int port, IngressSource source) => Protocol is "tcp" or "6" or "-1"
        && (Protocol == "-1" || (FromPort ?? 0) <= port && port <= (ToPort ?? ushort.MaxValue))
        && (IsGroup ? source.SecurityGroups.Contains(Source) : IPNetwork.TryParse(Source, out var block) && block.Contains(source.Address));
}

/// <summary>Where a connection comes from: an address, and the security groups of the network interface that has it.</summary>
internal sealed record IngressSource(IPAddress Address, IReadOnlyList<string> SecurityGroups);
