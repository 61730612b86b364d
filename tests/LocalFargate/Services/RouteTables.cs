using System.Text.Json.Nodes;
using LocalFargate.Tasks;

namespace LocalFargate.Services;

/// <summary>The route tables of the server's network: a main one to the internet gateway, and those that tests have made.</summary>
internal sealed class RouteTables(Vpc vpc, string accountId)
{
    internal IEnumerable<JsonObject> Describe() =>
    [
        Describe("rtb-main", new JsonObject { ["Main"] = true }, vpc.InternetGateway),
        .. vpc.DefaultRoutes.Select((route, index) =>
            Describe($"rtb-{index}", new JsonObject { ["Main"] = false, ["SubnetId"] = route.Key }, route.Value)),
    ];

    private JsonObject Describe(string id, JsonObject association, string? target)
    {
        var routes = new JsonArray(new JsonObject
        {
            ["DestinationCidrBlock"] = "127.0.0.0/8", ["GatewayId"] = "local", ["State"] = "active",
        });
        if (target is not null)
        {
            var member = target.StartsWith("nat-", StringComparison.Ordinal) ? "NatGatewayId" : "GatewayId";
            routes.Add(new JsonObject { ["DestinationCidrBlock"] = "0.0.0.0/0", [member] = target, ["State"] = "active" });
        }

        return new JsonObject
        {
            ["RouteTableId"] = id,
            ["VpcId"] = vpc.Id,
            ["OwnerId"] = accountId,
            ["Associations"] = new JsonArray(association),
            ["Routes"] = routes,
        };
    }
}
