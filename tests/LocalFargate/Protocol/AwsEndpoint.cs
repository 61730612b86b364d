using System.Collections.Concurrent;
using System.Text.Json.Nodes;
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
        verifier.Verify(SignedRequest.Of(http, body), service.Model.SigningName);
        var parameters = protocol.ReadParameters(operation, body);
        var received = Record(service.Model.SigningName, operation.Name, parameters);
        try
        {
            if (ShapeChecker.Check(operation.Input!, parameters) is { Count: > 0 } problems)
            {
                throw protocol.InvalidInput(problems);
            }

            var call = CallOf(http, service.Model.SigningName, operation, parameters) with { IsQuery = protocol is QueryProtocol };
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

    /// <summary>Records that a WebSocket is opened, which is an action too, and lets its faults happen.</summary>
    /// <returns>False when a fault has answered it.</returns>
    /// <exception cref="AwsException">A fault refuses it.</exception>
    internal async Task<bool> AdmitAsync(HttpContext http, string service, string action, JsonObject parameters)
    {
        var received = Record(service, action, parameters);
        var call = CallOf(http, service, new OperationModel(action, null, null), parameters);
        try
        {
            await BeginAsync(call);
            return !call.IsAnswered;
        }
        catch (AwsException error)
        {
            received.ErrorCode = error.Code;
            throw;
        }
    }

    private AwsCall CallOf(HttpContext http, string service, OperationModel operation, JsonObject parameters) => new()
    {
        Http = http,
        Service = service,
        Operation = operation,
        Parameters = parameters,
        CallerArn = CallerArn,
        IsQuery = false,
        Stopping = stopping,
    };

    /// <summary>Lets faults happen before a call is performed.</summary>
    /// <returns>Those that have happened.</returns>
    private async Task<List<RequestFault>> BeginAsync(AwsCall call)
    {
        var active = new List<RequestFault>();
        foreach (var fault in faults.For(call.Operation.Name).Where(fault => fault.TryUse()))
        {
            active.Add(fault);
            await fault.BeforeAsync(call);
            if (call.IsAnswered)
            {
                break;
            }
        }

        return active;
    }

    private async Task<JsonObject?> PerformAsync(IAwsService service, AwsCall call)
    {
        var active = await BeginAsync(call);
        if (call.IsAnswered)
        {
            return null;
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

    private ReceivedCall Record(string service, string operation, JsonObject parameters)
    {
        var call = new ReceivedCall
        {
            Time = DateTimeOffset.UtcNow,
            Service = service,
            Operation = operation,
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

    private static async Task SendAsync(HttpContext http, IWireProtocol protocol, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = protocol.ContentType;
        await http.Response.WriteAsync(text, http.RequestAborted);
    }
}
