using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Doctor;

/// <summary>Checks that the security groups exist and are in the subnets' VPC.</summary>
internal sealed class SecurityGroupChecks : ICheckGroup
{
    private const string Check = "security groups";

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

        examination.SecurityGroups = groups;
        foreach (var id in wanted)
        {
            await CheckGroupAsync(examination, id, groups.FirstOrDefault(group => group.Id == id));
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
}
