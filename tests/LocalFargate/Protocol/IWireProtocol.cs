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

    /// <summary>The refusal of a document that does not fit its shape.</summary>
    AwsException InvalidInput(IReadOnlyList<ShapeProblem> problems);

    string WriteReply(ServiceModel model, OperationModel operation, JsonObject reply);

    string WriteError(AwsException error);
}
