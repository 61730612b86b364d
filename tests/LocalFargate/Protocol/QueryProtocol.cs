using System.Text;
using System.Text.Json.Nodes;
using LocalFargate.Services;
using Microsoft.AspNetCore.WebUtilities;

namespace LocalFargate.Protocol;

/// <summary>The EC2 query protocol: a form in, the operation in its Action field, XML out.</summary>
internal sealed class QueryProtocol(IReadOnlyList<IAwsService> services, string requestId) : IWireProtocol
{
    public string ContentType => "text/xml;charset=UTF-8";

    public (IAwsService Service, OperationModel Operation) FindOperation(HttpRequest request, byte[] body)
    {
        var form = ReadForm(body).ToLookup(field => field.Key, field => field.Value);
        var action = form["Action"].FirstOrDefault()
            ?? throw new AwsException("MissingAction", "The request is missing an action or a required parameter.");
        var version = form["Version"].FirstOrDefault();
        var service = services.FirstOrDefault(candidate =>
            candidate.Model.XmlNamespace is not null && candidate.Model.ApiVersion == version);
        return service?.Model.FindOperation(action) is { } operation
            ? (service, operation)
            : throw new AwsException("InvalidAction", $"The action {action} is not valid for this web service.");
    }

    public JsonObject ReadParameters(OperationModel operation, byte[] body) =>
        QueryReader.Read(operation.Input!, ReadForm(body));

    public AwsException InvalidInput(IReadOnlyList<ShapeProblem> problems) =>
        new("InvalidParameterValue", string.Join("; ", problems.Select(problem => problem.Message)));

    public string WriteReply(ServiceModel model, OperationModel operation, JsonObject reply) =>
        QueryWriter.WriteReply(model, operation, reply, requestId);

    public string WriteError(AwsException error) => QueryWriter.WriteError(error, requestId);

    private static IEnumerable<KeyValuePair<string, string>> ReadForm(byte[] body) =>
        QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body))
            .SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value ?? "")));
}
