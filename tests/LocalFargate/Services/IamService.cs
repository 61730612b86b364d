using System.Text.Json.Nodes;
using LocalFargate.Protocol;

namespace LocalFargate.Services;

/// <summary>The operations of AWS IAM that tell what somebody may do: everything but what is denied here.</summary>
internal sealed class IamService(string accountArn) : IAwsService
{
    /// <summary>Denied actions, each with the keys of conditions that its policy would check.</summary>
    public Dictionary<string, IReadOnlyList<string>> Denied { get; } = [];

    public ServiceModel Model { get; } = ServiceModel.Load("iam-2010-05-08");

    public JsonObject? Perform(string operation, JsonObject parameters) => operation switch
    {
        "GetRole" => GetRole((string)parameters["RoleName"]!),
        "SimulatePrincipalPolicy" => Simulate(parameters),
        _ => null,
    };

    private JsonObject GetRole(string name) => new()
    {
        ["Role"] = new JsonObject
        {
            ["Path"] = "/ops/",
            ["RoleName"] = name,
            ["RoleId"] = "AROALOCALLOCALLOCAL",
            ["Arn"] = $"{accountArn}:role/ops/{name}",
        },
    };

    private JsonObject Simulate(JsonObject parameters)
    {
        var action = (string)parameters["ActionNames"]![0]!;
        var missing = Denied.GetValueOrDefault(action);
        return new()
        {
            ["IsTruncated"] = false,
            ["EvaluationResults"] = new JsonArray(new JsonObject
            {
                ["EvalActionName"] = action,
                ["EvalResourceName"] = (string?)parameters["ResourceArns"]?[0] ?? "*",
                ["EvalDecision"] = missing is null ? "allowed" : "implicitDeny",
                ["MissingContextValues"] = new JsonArray([.. (missing ?? []).Select(key => (JsonNode)key)]),
            }),
        };
    }
}
