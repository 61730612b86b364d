using System.Text.Json.Nodes;
using System.Collections.Concurrent;
using LocalFargate.Faults;
using LocalFargate.Services;
using LocalFargate.Signing;
using Microsoft.AspNetCore.Http.Features;

namespace LocalFargate.Protocol;

/// <summary>Answers requests to AWS: finds the service, verifies, checks, performs and replies.</summary>
internal sealed class AwsEndpoint(
    IReadOnlyList<IAwsService> services, SignatureVerifier verifier, FaultSet faults, CancellationToken stopping)
{
    private const int MaxBodySize = 1024 * 1024;

    private readonly ConcurrentQueue<ReceivedCall> _calls = [];

    internal required ILogger Logger { get; init; }

    internal required string CallerArn { get; init; }

    internal IReadOnlyList<ReceivedCall> Calls => [.. _calls];

    internal async Task HandleAsync(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        var body = await ReadBodyAsync(http);
        IWireProtocol protocol = http.Request.Headers.ContainsKey(JsonProtocol.TargetHeader)
            ? new JsonProtocol(services) : new QueryProtocol(services, requestId);
        ReceivedCall? received = null;
        try
        {
            var (service, operation) = protocol.FindOperation(http.Request, body);
            verifier.Verify(ToSignedRequest(http, body), service.Model.SigningName);
            var parameters = protocol.ReadParameters(operation, body);
            received = Record(service, operation, parameters);
            CheckInput(operation, parameters);
            var call = new AwsCall
            {
                Http = http,
                Service = service.Model.SigningName,
                Operation = operation,
                Parameters = parameters,
                CallerArn = CallerArn,
                IsQuery = protocol is QueryProtocol,
                Stopping = stopping,
            };
            if (await PerformAsync(service, call) is { } reply)
            {
                await SendAsync(http, protocol, requestId, 200, protocol.WriteReply(service.Model, operation, reply));
            }
        }
        catch (AwsException error)
        {
            received?.ErrorCode = error.Code;
            await SendAsync(http, protocol, requestId, error.StatusCode, protocol.WriteError(error));
        }
    }

    private async Task<JsonObject?> PerformAsync(IAwsService service, AwsCall call)
    {
        var active = faults.UseFor(call.Operation.Name);
        foreach (var fault in active)
        {
            await fault.BeforeAsync(call);
            if (call.IsAnswered)
            {
                return null;
            }
        }

        var reply = service.Perform(call.Operation.Name, call.Parameters) ?? throw UnknownOperation();
        CheckOutput(call.Operation, reply);
        foreach (var fault in active)
        {
            await fault.AfterAsync(call);
        }

        return call.IsAnswered ? null : reply;
    }

    internal static AwsException UnknownOperation() => new("UnknownOperationException", "The operation is not known here.");

    private ReceivedCall Record(IAwsService service, OperationModel operation, JsonObject parameters)
    {
        var call = new ReceivedCall
        {
            Time = DateTimeOffset.UtcNow,
            Service = service.Model.SigningName,
            Operation = operation.Name,
            Parameters = parameters,
        };
        _calls.Enqueue(call);
        return call;
    }

    private static void CheckInput(OperationModel operation, JsonObject parameters)
    {
        var problems = ShapeChecker.Check(operation.Input!, parameters);
        if (problems.FirstOrDefault(problem => problem.IsMalformed) is { } malformed)
        {
            throw new AwsException("SerializationException", malformed.Message);
        }

        if (problems.Count > 0)
        {
            throw new AwsException(
                "InvalidParameterException",
                $"{problems.Count} validation error{(problems.Count == 1 ? "" : "s")} detected: "
                + string.Join("; ", problems.Select(problem => problem.Message)));
        }
    }

    // A reply that AWS could not have given would let a client pass tests that it fails on AWS.
    private void CheckOutput(OperationModel operation, JsonObject reply)
    {
        var problems = ShapeChecker.Check(operation.Output!, reply);
        if (problems.Count > 0)
        {
            var text = string.Join("; ", problems.Select(problem => problem.Message));
            Logger.ReplyDoesNotFitModel(operation.Name, text);
            throw new AwsException("InternalFailure", $"LocalFargate made a reply that does not fit the model: {text}", 500);
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext http)
    {
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = MaxBodySize;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return body.ToArray();
    }

    private static SignedRequest ToSignedRequest(HttpContext http, byte[] body)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        return new SignedRequest
        {
            Method = http.Request.Method,
            RawPath = target[0],
            RawQuery = target.Length == 2 ? target[1] : "",
            Headers = http.Request.Headers.ToDictionary(
                header => header.Key,
                header => (IReadOnlyList<string>)[.. header.Value.Select(value => value ?? "")],
                StringComparer.OrdinalIgnoreCase),
            Body = body,
        };
    }

    private static async Task SendAsync(HttpContext http, IWireProtocol protocol, string requestId, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = protocol.ContentType;
        http.Response.Headers["x-amzn-RequestId"] = requestId;
        await http.Response.WriteAsync(text, http.RequestAborted);
    }
}
