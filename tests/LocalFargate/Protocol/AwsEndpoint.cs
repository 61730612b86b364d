using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using LocalFargate.Faults;
using LocalFargate.Network;
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

    internal void ForgetCalls() => _calls.Clear();

    internal async Task HandleAsync(HttpContext http)
    {
        var requestId = Guid.NewGuid().ToString();
        http.Response.Headers["x-amzn-RequestId"] = requestId;
        IWireProtocol protocol = http.Request.Headers.ContainsKey(JsonProtocol.TargetHeader)
            ? new JsonProtocol(services) : new QueryProtocol(services, requestId);
        try
        {
            await AnswerAsync(http, protocol, await ReadBodyAsync(http));
        }
        catch (AwsException error)
        {
            await SendAsync(http, protocol, error.StatusCode, protocol.WriteError(error));
        }
        catch (Exception exception) when (exception is not (IOException or OperationCanceledException))
        {
            Logger.Failed(exception);
            await SendAsync(http, protocol, 500, protocol.WriteError(
                new AwsException("InternalFailure", $"LocalFargate failed: {exception.Message}", 500)));
        }
    }

    private async Task AnswerAsync(HttpContext http, IWireProtocol protocol, byte[] body)
    {
        var (service, operation) = protocol.FindOperation(http.Request, body);
        verifier.Verify(ToSignedRequest(http, body), service.Model.SigningName);
        var parameters = protocol.ReadParameters(operation, body);
        var received = Record(service, operation, parameters);
        try
        {
            if (ShapeChecker.Check(operation.Input!, parameters) is { Count: > 0 } problems)
            {
                throw protocol.InvalidInput(problems);
            }

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
                await SendAsync(http, protocol, 200, protocol.WriteReply(service.Model, operation, reply));
            }

            Logger.Answered(operation.Name, call.IsAnswered ? "not answered, or by a fault" : "OK");
        }
        catch (AwsException error)
        {
            received.ErrorCode = error.Code;
            Logger.Refused(operation.Name, error.Code, error.Message);
            throw;
        }
    }

    private async Task<JsonObject?> PerformAsync(IAwsService service, AwsCall call)
    {
        var active = new List<RequestFault>();
        foreach (var fault in faults.For(call.Operation.Name).Where(fault => fault.TryUse()))
        {
            active.Add(fault);
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
            IsOfThisUser = () => http.Connection is { RemoteIpAddress: { } there, LocalIpAddress: { } here } connection
                && LoopbackPeer.IsOfThisUser(new(there, connection.RemotePort), new(here, connection.LocalPort)),
        };
    }

    private static async Task SendAsync(HttpContext http, IWireProtocol protocol, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = protocol.ContentType;
        await http.Response.WriteAsync(text, http.RequestAborted);
    }
}
