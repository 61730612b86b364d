using EcsFargateLogin.Cloud;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Doctor;

/// <summary>
/// Checks the route through EC2 Instance Connect: the port, an endpoint in the task's VPC, and that the task's security groups
/// admit it.
/// </summary>
internal sealed class InstanceConnectChecks : ICheckGroup
{
    private const string Check = "Instance Connect";
    private const FargateRoute Route = FargateRoute.InstanceConnect;

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var request = examination.Request;
        if (!request.MayUse(Route))
        {
            return;
        }

        if (!RouteRequest.IsPortOfInstanceConnect(request.Port))
        {
            await ObstructAsync(examination, RouteErrors.PortOfInstanceConnect(request.Port));
        }

        if (examination.VpcId is not { } vpc)
        {
            await examination.SkipAsync(Check, "the VPC is not known", "Name its subnets with -Subnet.");
            return;
        }

        var endpoints = await examination.QueryAsync(Check, "ec2:DescribeInstanceConnectEndpoints", () =>
            examination.Cloud.InstanceConnect.FindEndpointsAsync(vpc, cancellationToken));
        if (endpoints is null)
        {
            examination.NoteObstacle(Route, "its endpoints could not be read");
            return;
        }

        await CheckEndpointsAsync(examination, vpc, endpoints);
        if (examination.Endpoint is { } endpoint)
        {
            await CheckIngressAsync(examination, endpoint, cancellationToken);
        }
    }

    private static async Task CheckEndpointsAsync(
        Examination examination, string vpc, IReadOnlyList<InstanceConnectEndpoint> endpoints)
    {
        var named = examination.Request.InstanceConnectEndpoint;
        List<InstanceConnectEndpoint> wanted = [.. endpoints.Where(endpoint => named is null || endpoint.Id == named)];
        examination.Endpoint = InstanceConnectEndpoint.BestOf(wanted, examination.Request.Subnets);
        foreach (var unusable in wanted.Where(endpoint => !endpoint.IsUsable))
        {
            await examination.WarnAsync(
                Check, unusable.ToString(), "Wait until it is create-complete, or create another one; a failed one can be deleted.");
        }

        if (examination.Endpoint is { } endpoint)
        {
            await examination.PassAsync(Check, $"{endpoint} in {endpoint.SubnetId}, of {vpc}");
            return;
        }

        var missing = RouteErrors.NoInstanceConnectEndpoint("the subnets", vpc, named, [.. wanted.Select(each => each.ToString())]);
        if (examination.Request is { Route: FargateRoute.Auto, AssignPublicIp: true } && wanted.Count == 0 && named is null)
        {
            // Most tasks with a public address do without one, and the verdict says so.
            examination.NoteObstacle(Route, Examination.Finding(missing));
            return;
        }

        await ObstructAsync(examination, missing);
    }

    /// <summary>
    /// Checks the task's inbound rules. What comes through an endpoint has the address and the groups of the endpoint, or the
    /// caller's address where the endpoint preserves that.
    /// </summary>
    private static async Task CheckIngressAsync(
        Examination examination, InstanceConnectEndpoint endpoint, CancellationToken cancellationToken)
    {
        var check = $"ingress from {endpoint.Id}";
        var port = examination.Request.Port;
        if (examination.SecurityGroups is not { } groups)
        {
            await examination.SkipAsync(check, "the task's security groups are not known", "Name them with -SecurityGroup.");
            return;
        }

        var sources = IngressSources.Of(groups, port);
        if (sources.IncludesGroup(endpoint.SecurityGroups))
        {
            await examination.PassAsync(check, $"its security group may connect to port {port}");
            return;
        }

        var address = endpoint.PreservesClientAddress
            ? examination.Request.MyCidr
            : await FindBlockAsync(examination, endpoint, cancellationToken);
        await (address is not null && sources.Includes(address)
                ? examination.PassAsync(check, $"{address} may connect to port {port}")
            : !sources.IsEmpty && (address is null || sources.HasPrefixList || sources.Overlaps(address))
                ? examination.SkipAsync(
                    check, $"port {port} is open to {sources}; whether that is {Source(endpoint)} is not known", FixFor(endpoint, port))
            : examination.ObstructAsync(
                Route,
                check,
                sources.IsEmpty
                    ? $"no rule allows port {port}"
                    : $"port {port} is open to {sources}, not to {Source(endpoint)}",
                FixFor(endpoint, port)));
    }

    private static string Source(InstanceConnectEndpoint endpoint) => endpoint.PreservesClientAddress
        ? "your address, which this endpoint preserves"
        : $"the endpoint's {string.Join(", ", endpoint.SecurityGroups)}";

    private static string FixFor(InstanceConnectEndpoint endpoint, int port) => endpoint.PreservesClientAddress
        ? $"Add a rule to the task's security group for your address and port {port}, and name it with -MyAddress."
        : $"Add a rule to the task's security group for the source {string.Join(" or ", endpoint.SecurityGroups)} and port {port}.";

    /// <summary>Returns the addresses that the endpoint has one of; null if they are not known.</summary>
    private static async Task<string?> FindBlockAsync(
        Examination examination, InstanceConnectEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.SubnetId is not { } id)
        {
            return null;
        }

        try
        {
            var known = examination.Subnets.Where(subnet => subnet.Id == id).ToList();
            return (known.Count > 0 ? known : await examination.Cloud.Survey.FindSubnetsAsync([id], cancellationToken)) is [{ } subnet, ..]
                ? subnet.CidrBlock
                : null;
        }
        catch (FargateException)
        {
            // The row says that it is not known.
            return null;
        }
    }

    private static Task ObstructAsync(Examination examination, FargateException error)
    {
        var finding = Examination.Finding(error);
        examination.NoteObstacle(Route, finding);
        return examination.ObstructAsync(Route, Check, finding, error.NextStep);
    }
}
