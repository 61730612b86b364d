using System.Text.Json.Nodes;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>The route tables of the server's network: a main one to the internet gateway, and those that tests have made.</summary>
internal sealed class RouteTables(Vpc vpc, string accountId)
{
    internal IEnumerable<JsonObject> Describe() =>
    [
        Describe(vpc.Id, new JsonObject { ["Main"] = true }, vpc.InternetGateway),
        .. vpc.DefaultRoutes.Select(route =>
            Describe(route.Key, new JsonObject { ["Main"] = false, ["SubnetId"] = route.Key }, route.Value)),
    ];

    /// <param name="owner">The id of the VPC or subnet that the table is for; the table's ids are made from it.</param>
    /// <param name="association">What associates the table with its owner.</param>
    /// <param name="target">Where its default route leads to; null for none.</param>
    private JsonObject Describe(string owner, JsonObject association, string? target)
    {
        var number = owner[(owner.IndexOf('-', StringComparison.Ordinal) + 1)..];
        var id = $"rtb-{number}";
        association["RouteTableId"] = id;
        association["RouteTableAssociationId"] = $"rtbassoc-{number}";
        association["AssociationState"] = new JsonObject { ["State"] = "associated" };
        var routes = new JsonArray(Route("127.0.0.0/8", "local", "CreateRouteTable"));
        if (target is not null)
        {
            routes.Add(Route("0.0.0.0/0", target, "CreateRoute"));
        }

        return new JsonObject
        {
            ["RouteTableId"] = id,
            ["VpcId"] = vpc.Id,
            ["OwnerId"] = accountId,
            ["Associations"] = new JsonArray(association),
            ["PropagatingVgws"] = new JsonArray(),
            ["Routes"] = routes,
            ["Tags"] = new JsonArray(),
        };
    }

    private static JsonObject Route(string destination, string target, string origin) => new()
    {
        ["DestinationCidrBlock"] = destination,
        [target.StartsWith("nat-", StringComparison.Ordinal) ? "NatGatewayId" : "GatewayId"] = target,
        ["Origin"] = origin,
        ["State"] = "active",
    };
}
