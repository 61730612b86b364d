using System.Text.Json.Nodes;
using LocalFargate.Services;

namespace LocalFargate.Protocol;

/// <summary>How requests are read and replies are written.</summary>
internal interface IWireProtocol
{
    string ContentType { get; }

    /// <exception cref="AwsException">The request names no operation that there is.</exception>
    (IAwsService Service, OperationModel Operation) FindOperation(HttpRequest request, byte[] body);

    /// <exception cref="AwsException">The body cannot be read.</exception>
    JsonObject ReadParameters(OperationModel operation, byte[] body);

    string WriteReply(ServiceModel model, OperationModel operation, JsonObject reply);

    string WriteError(AwsException error);
}
