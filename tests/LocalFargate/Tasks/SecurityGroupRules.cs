namespace LocalFargate.Tasks;

/// <summary>The rules of ingress of one security group. They are kept, and allow or block nobody here.</summary>
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

/// <summary>A rule that lets one block of addresses in on some ports.</summary>
internal sealed record SecurityGroupRule(string Protocol, long? FromPort, long? ToPort, string Cidr, string? Description)
{
    internal string Id { get; } = $"sgr-0{Guid.NewGuid():N}"[..21];

    internal bool IsIPv6 => Cidr.Contains(':', StringComparison.Ordinal);

    internal bool LetsInAs(SecurityGroupRule other) =>
        (Protocol, FromPort, ToPort, Cidr) == (other.Protocol, other.FromPort, other.ToPort, other.Cidr);
}
