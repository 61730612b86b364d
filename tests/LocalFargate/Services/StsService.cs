using System.Text.Json.Nodes;
using LocalFargate.Protocol;

namespace LocalFargate.Services;

/// <summary>The operation of AWS STS that tells whom credentials belong to.</summary>
internal sealed class StsService(string accountId, string callerArn) : IAwsService
{
    public ServiceModel Model { get; } = ServiceModel.Load("sts-2011-06-15");

    public JsonObject? Perform(string operation, JsonObject parameters) => operation switch
    {
        "GetCallerIdentity" => new JsonObject { ["UserId"] = "AIDALOCAL", ["Account"] = accountId, ["Arn"] = callerArn },
        _ => null,
    };
}
