using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Doctor;

/// <summary>Checks that the subnets exist, are in one VPC, and have free addresses and suitable routes.</summary>
internal sealed class SubnetChecks : ICheckGroup
{
    private const string Check = "subnets";

    private const int FewAddresses = 4;

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var wanted = examination.Request.Subnets;
        if (wanted.Count == 0)
        {
            await examination.SkipAsync(Check, "none was named", "Name some with -Subnet.");
            return;
        }

        var subnets = await examination
            .QueryAsync(Check, "ec2:DescribeSubnets", () => examination.Cloud.Survey.FindSubnetsAsync(wanted, cancellationToken));
        if (subnets is null)
        {
            return;
        }

        examination.Subnets = subnets;
        foreach (var missing in wanted.Except(subnets.Select(subnet => subnet.Id)))
        {
            await examination.FailAsync(
                $"subnet {missing}",
                "it was not found in this account and region",
                "Check -Subnet and -Region; 'aws ec2 describe-subnets' or Get-EC2Subnet lists those there are.");
        }

        foreach (var subnet in subnets)
        {
            await CheckAddressesAsync(examination, subnet);
        }

        await CheckVpcAsync(examination, subnets, cancellationToken);
    }

    private static Task CheckAddressesAsync(Examination examination, SubnetDescription subnet)
    {
        var check = $"subnet {subnet.Id}";
        var where = string.Join(", ", new[] { subnet.Name, subnet.AvailabilityZone, subnet.CidrBlock }.OfType<string>());
        return subnet switch
        {
            { CidrBlock: null } or { FreeAddresses: null } => examination.PassAsync(check, where),
            { FreeAddresses: 0 } => examination.FailAsync(check, $"{where}: no address is free", "Name another one."),
            { FreeAddresses: < FewAddresses } => examination.WarnAsync(
                check, $"{where}: only {subnet.FreeAddresses} addresses are free", "Name another one besides with -Subnet."),
            _ => examination.PassAsync(check, $"{where}: {subnet.FreeAddresses} addresses are free"),
        };
    }

    private static async Task CheckVpcAsync(
        Examination examination, IReadOnlyList<SubnetDescription> subnets, CancellationToken cancellationToken)
    {
        var vpcs = subnets.Select(subnet => subnet.VpcId).OfType<string>().Distinct().ToList();
        if (vpcs.Count > 1)
        {
            await examination
                .FailAsync("VPC", $"the subnets are of several: {string.Join(", ", vpcs)}", "Name subnets of one VPC.");
            return;
        }

        if (vpcs is [var vpc])
        {
            examination.VpcId = vpc;
            await examination.PassAsync("VPC", vpc);
            await CheckRoutesAsync(examination, subnets, vpc, cancellationToken);
        }
    }

    private static async Task CheckRoutesAsync(
        Examination examination, IReadOnlyList<SubnetDescription> subnets, string vpc, CancellationToken cancellationToken)
    {
        var tables = await examination.QueryAsync("routes", "ec2:DescribeRouteTables", () =>
            examination.Cloud.Survey.DescribeRouteTablesAsync(vpc, cancellationToken));
        foreach (var subnet in tables is null ? [] : subnets)
        {
            var table = tables!.FirstOrDefault(each => each.SubnetIds.Contains(subnet.Id))
                ?? tables!.FirstOrDefault(each => each.IsMain);
            var anywhere = subnet.CidrBlock is null ? "::/0" : "0.0.0.0/0";
            var route = table?.Routes.FirstOrDefault(each => each.Destination == anywhere);
            examination.PullsByNat |= HasTarget(route, "nat-") && !table!.Routes.Any(each => HasTarget(each, "vpce-"));
            await CheckRouteAsync(examination, subnet, route);
        }
    }

    private static bool HasTarget(RouteDescription? route, string kind) =>
        route?.Target.StartsWith(kind, StringComparison.Ordinal) == true;

    private static Task CheckRouteAsync(Examination examination, SubnetDescription subnet, RouteDescription? route)
    {
        var check = $"route of {subnet.Id}";
        var isPublic = HasTarget(route, "igw-");
        var agent = examination.Request.Transport.HasEcsExec() ? "ECS Exec"
            : examination.Request.MayUse(FargateRoute.SessionManager) ? "Session Manager"
            : null;
        const string ToInternet = "Name a subnet with a route to an internet gateway, or give -AssignPublicIp Disabled: then "
            + "it is reached by another -Route or a -JumpHost.";
        return (route, examination.Request.AssignPublicIp) switch
        {
            ({ IsActive: false }, _) => examination.FailAsync(
                check, $"it leads to {route.Target}, which is gone", "Correct the route table, or name another subnet."),
            (not null, true) when isPublic => examination.PassAsync(check, $"to the internet gateway {route.Target}"),
            (not null, true) => FailAsync(
                $"a public address is wanted, but it leads to {route.Target} and to no internet gateway", ToInternet),
            (null, true) => FailAsync("a public address is wanted, but there is no route out", ToInternet),
            (not null, false) when isPublic => examination.WarnAsync(
                check,
                $"it leads to the internet gateway {route.Target}, which is of no use to a task without a public address"
                + (agent is null ? "" : $": {agent} works only by an endpoint of the VPC for ssmmessages"),
                "Give -AssignPublicIp Enabled, or name a subnet with a route to a NAT gateway."),
            (not null, false) => examination.PassAsync(check, $"to {route.Target}"),
            _ => examination.WarnAsync(
                check,
                "there is no route out: the image is pulled only by endpoints of the VPC for ECR, S3 and CloudWatch Logs"
                + (agent is null ? "" : $", and {agent} works only by one for ssmmessages"),
                "Make sure that it has them, or name a subnet with a NAT gateway."),
        };

        Task FailAsync(string detail, string fix)
        {
            examination.NoteObstacle(FargateRoute.Public, $"{check}: {detail}");
            return examination.FailAsync(check, detail, fix);
        }
    }
}
