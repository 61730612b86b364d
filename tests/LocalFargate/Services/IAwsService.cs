using System.Text.Json.Nodes;
using LocalFargate.Protocol;

namespace LocalFargate.Services;

/// <summary>A service behind the endpoint. Requests and replies are documents of its model's shapes.</summary>
internal interface IAwsService
{
    ServiceModel Model { get; }

    /// <summary>Performs an operation; null when the service has no such operation here.</summary>
    /// <exception cref="AwsException">The operation is refused.</exception>
    JsonObject? Perform(string operation, JsonObject parameters);
}
