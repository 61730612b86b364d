namespace EcsFargateLogin.Cloud;

/// <summary>A rule of a security group that lets one address in on one TCP port.</summary>
/// <param name="SecurityGroupId">The security group.</param>
/// <param name="Cidr">The address, as a CIDR block of one host: a.b.c.d/32, or an IPv6 address with /128.</param>
/// <param name="Port">The port, 1 to 65535.</param>
/// <param name="Description">What it is for; tells whose it is.</param>
internal sealed record IngressRule(string SecurityGroupId, string Cidr, int Port, string? Description)
{
    /// <summary>Whether the address is an IPv6 one.</summary>
    public bool IsIPv6 => Cidr.Contains(':', StringComparison.Ordinal);

    /// <summary>Whether it lets in the same: a security group takes no second rule that does, however described.</summary>
    public bool LetsInAs(IngressRule other) => this with { Description = other.Description } == other;
}
