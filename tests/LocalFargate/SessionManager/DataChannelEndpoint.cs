using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalFargate.Faults;
using LocalFargate.Protocol;
using LocalFargate.Signing;

namespace LocalFargate.SessionManager;

/// <summary>The message gateway: where clients open the data channels of their sessions.</summary>
internal sealed class DataChannelEndpoint(
    SessionRegistry sessions, SignatureVerifier verifier, AwsEndpoint aws, FaultSet faults, CancellationToken stopping)
{
    /// <summary>The signing name of the gateway.</summary>
    internal const string Service = "ssmmessages";

    private const string Path = "/v1/data-channel/";

    private static readonly TimeSpan _tokenLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _closeLimit = TimeSpan.FromSeconds(5);

    internal void Map(IEndpointRouteBuilder routes) => routes.Map($"{Path}{{id}}", HandleAsync);

    /// <summary>
    /// The path and query of a session's data channel. The number of its cell has characters that are not encoded, as AWS's has.
    /// </summary>
    internal static string PathOf(string sessionId) =>
        $"{Path}{sessionId}?role=publish_subscribe&cell-number=AAEAAU+/z0Vw/Kd8+bq5uLk7/EAAAAABnR==";

    private async Task HandleAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest || sessions.Find((string)http.Request.RouteValues["id"]!) is not { } session)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        try
        {
            CheckSignature(SignedRequest.Of(http, body: default));
            if (!await aws.AdmitAsync(http, Service, "OpenDataChannel", new JsonObject { ["SessionId"] = session.Id }))
            {
                return;
            }
        }
        catch (AwsException error)
        {
            session.ReportViolation($"{error.Code}: {error.Message}");
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            await http.Response.WriteAsJsonAsync(new { message = error.Message }, stopping);
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, http.RequestAborted);
        var client = new ClientConnection(socket, faults, http.Abort);
        try
        {
            await ServeAsync(session, client, ending);
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException)
        {
            // The client has hung up, was cut off, or the server is ending.
        }
    }

    private void CheckSignature(SignedRequest request)
    {
        if (request.IsPresigned)
        {
            verifier.VerifyPresigned(request, Service);
        }
        else if (sessions.Options.StreamSignature == StreamSignature.Presigned)
        {
            throw new AwsException("MissingAuthenticationTokenException", "The URL was sent without its signature.", 403);
        }
        else if (sessions.Options.StreamSignature == StreamSignature.Required || request.Header("Authorization") is not null)
        {
            verifier.Verify(request, Service);
        }
    }

    private async Task ServeAsync(Session session, ClientConnection client, CancellationTokenSource ending)
    {
        var sending = client.SendAllAsync(ending.Token);
        Task reading;
        if (await FindTokenProblemAsync(session, client, ending.Token) is { } problem)
        {
            session.ReportViolation(problem);
            client.Close(WebSocketCloseStatus.InvalidMessageType, problem);
            reading = DiscardAsync(client, ending.Token);
        }
        else
        {
            session.Attach(client);
            using var lifetime = new Timer(
                _ => client.Close(ClientConnection.Bye), null, sessions.Options.StreamLifetime, Timeout.InfiniteTimeSpan);
            reading = ReadAsync(session, client, ending.Token);
            await Task.WhenAny(reading, sending);
            session.Detach(client);
        }

        // Whichever side has closed, the other has some time to do so too.
        ending.CancelAfter(_closeLimit);
        client.Close("");
        await sending;
        await reading;
    }

    private static async Task DiscardAsync(ClientConnection client, CancellationToken cancellationToken)
    {
        while (await client.ReadAsync(cancellationToken) is not null)
        {
        }
    }

    /// <summary>Reads the text that opens a data channel.</summary>
    /// <returns>What is wrong with it; null for nothing.</returns>
    private static async Task<string?> FindTokenProblemAsync(
        Session session, ClientConnection client, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_tokenLimit);
        if (await client.ReadAsync(limit.Token) is not { Type: WebSocketMessageType.Text, Data: var data }
            || Parse(data) is not { } opening || Text(opening, "TokenValue") is not { } token)
        {
            return "request to open data channel does not contain token";
        }

        return Text(opening, "MessageSchemaVersion") != "1.0" ? "MessageSchemaVersion is not 1.0"
            : !Guid.TryParse(Text(opening, "RequestId"), out _) ? "RequestId is no UUID"
            : !Guid.TryParse(Text(opening, "ClientId"), out _) ? "ClientId is no UUID"
            : !session.TakeToken(token) ? "request to open data channel contains an invalid token"
            : null;
    }

    private static JsonObject? Parse(byte[] data)
    {
        try
        {
            return JsonNode.Parse(data) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonObject document, string name) =>
        document[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static async Task ReadAsync(Session session, ClientConnection client, CancellationToken cancellationToken)
    {
        try
        {
            while (await client.ReadAsync(cancellationToken) is { } received)
            {
                if (received.Type != WebSocketMessageType.Binary)
                {
                    throw new FormatException("A text message came after the one with the token.");
                }

                var message = ChannelMessage.Read(received.Data);
                if (message.Type is not (MessageTypes.Input or MessageTypes.Acknowledge))
                {
                    throw new FormatException($"A client sends no message of type '{message.Type}'.");
                }

                session.PassFromClient(message);
            }
        }
        catch (FormatException exception)
        {
            session.ReportViolation(exception.Message);
            client.Close(WebSocketCloseStatus.InvalidPayloadData, exception.Message);
        }
    }
}
