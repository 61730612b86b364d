using System.Net;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Doctor;

/// <summary>Checks that the security groups exist, are in the subnets' VPC, and allow access to the SSH port.</summary>
internal sealed class SecurityGroupChecks : ICheckGroup
{
    private const string Check = "security groups";
    private const string Ingress = "ingress";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var wanted = examination.Request.SecurityGroups;
        if (wanted.Count == 0)
        {
            await examination
                .SkipAsync(Check, "none was named: the VPC's default group is used", "Name it, or another, with -SecurityGroup.");
            return;
        }

        var groups = await examination.QueryAsync(Check, "ec2:DescribeSecurityGroups", () =>
            examination.Cloud.Survey.FindSecurityGroupsAsync(wanted, cancellationToken));
        if (groups is null)
        {
            return;
        }

        foreach (var id in wanted)
        {
            await CheckGroupAsync(examination, id, groups.FirstOrDefault(group => group.Id == id));
        }

        if (examination.Request.Transport.HasSsh())
        {
            await CheckIngressAsync(examination, groups);
        }
    }

    private static Task CheckGroupAsync(Examination examination, string id, SecurityGroupIngress? group)
    {
        var check = $"security group {id}";
        return group is null
                ? examination.FailAsync(check, "it was not found in this account and region", "Check -SecurityGroup and -Region.")
            : examination.VpcId is { } vpc && group.VpcId != vpc
                ? examination.FailAsync(
                    check, $"it is of {group.VpcId}, not of the subnets' {vpc}", "Name one of that VPC with -SecurityGroup.")
            : examination.PassAsync(check, $"of {group.VpcId}");
    }

    /// <summary>Checks the SSH port: the rules of several groups add up.</summary>
    private static Task CheckIngressAsync(Examination examination, IReadOnlyList<SecurityGroupIngress> groups)
    {
        var port = examination.Request.Port;
        var sources = groups.SelectMany(group => group.Permissions)
            .Where(permission => permission.Covers(port))
            .SelectMany(permission => permission.Sources)
            .Distinct()
            .ToList();
        const string Fix = "Give New-FargateSession -AuthorizeMyAddress, or add a rule for your address.";
        if (sources.Count == 0)
        {
            return examination.FailAsync(Ingress, $"no rule allows port {port}", Fix);
        }

        var who = string.Join(", ", sources);
        if (examination.Request.MyCidr is not { } mine)
        {
            return examination.SkipAsync(
                Ingress, $"port {port} is open to {who}; whether that is you is not known", "Name your address with -MyAddress.");
        }

        return sources.Exists(source => Includes(source, mine))
            ? examination.PassAsync(Ingress, $"{mine} may connect to port {port}")
            : sources.Exists(source => source.StartsWith("pl-", StringComparison.Ordinal))
                ? examination.SkipAsync(Ingress, $"port {port} is open to {who}; prefix lists are not read", Fix)
                : examination.FailAsync(Ingress, $"port {port} is open to {who}, not to {mine}", Fix);
    }

    private static bool Includes(string source, string mine) =>
        IPNetwork.TryParse(source, out var network)
        && IPNetwork.TryParse(mine, out var own)
        && network.Contains(own.BaseAddress);
}
