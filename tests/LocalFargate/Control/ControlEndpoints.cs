using System.Text.Json;
using System.Text.Json.Serialization;
using LocalFargate.Faults;

namespace LocalFargate.Control;

/// <summary>
/// The control path of a server that runs alone. GET /_local/tasks and GET /_local/calls show what it has seen;
/// GET, PUT, POST and DELETE /_local/faults show, replace, add to and clear its faults. A fault is an object such as
/// <c>{"fault":"throttling","operation":"RunTask","times":2}</c> or <c>{"fault":"sshLate","delay":"00:00:05"}</c>.
/// </summary>
internal static class ControlEndpoints
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    internal static void Map(IEndpointRouteBuilder routes, LocalFargateServer server)
    {
        routes.MapGet("/_local/tasks", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(server.Tasks, _json)));
        routes.MapGet("/_local/calls", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(server.Calls, _json)));
        routes.MapGet("/_local/faults", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(server.Faults.All, _json)));
        routes.MapPut("/_local/faults", (RequestDelegate)(http => ReadAsync<IReadOnlyList<Fault>>(http, server.Faults.Replace)));
        routes.MapPost("/_local/faults", (RequestDelegate)(http => ReadAsync<Fault>(http, fault => server.Faults.Add(fault))));
        routes.MapDelete("/_local/faults", (RequestDelegate)(http =>
        {
            server.Faults.Clear();
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
    }

    private static async Task ReadAsync<T>(HttpContext http, Action<T> use)
        where T : class
    {
        try
        {
            use(await JsonSerializer.DeserializeAsync<T>(http.Request.Body, _json, http.RequestAborted)
                ?? throw new JsonException("null is not a fault."));
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (JsonException exception)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsJsonAsync(new { error = exception.Message }, _json);
        }
    }
}
