using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using LocalFargate.Faults;

namespace LocalFargate.Control;

/// <summary>
/// The control path of a server that runs alone. GET /_local/tasks and GET /_local/calls show what it has seen, and
/// DELETE /_local/calls forgets the calls; GET, PUT, POST and DELETE /_local/faults show, replace, add to and clear its
/// faults. A fault is an object such as <c>{"fault":"throttling","operation":"RunTask","times":2}</c> or
/// <c>{"fault":"sshLate","delay":"00:00:05"}</c>. POST /_local/task-definitions takes the input of
/// RegisterTaskDefinition, POST /_local/services a <see cref="ServiceOptions"/>; both return the ARN. GET /_local/sessions shows
/// the sessions of Session Manager; DELETE /_local/sessions/connections cuts their clients off (?bye=true: politely), and DELETE
/// /_local/sessions/ID ends one (?output=…). POST /_local/instance-connect-endpoints takes an
/// <see cref="InstanceConnectEndpointOptions"/> and returns the id, by which DELETE removes it. POST /_local/ingress-rules adds a
/// rule to a security group, as <c>{"securityGroup":"sg-1","source":"10.0.0.0/8","port":22,"description":"x"}</c>.
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
        routes.MapDelete("/_local/calls", (RequestDelegate)(http => Done(http, server.ForgetCalls)));
        routes.MapPost("/_local/task-definitions", (RequestDelegate)(http =>
            ReadAsync<JsonObject>(http, input => http.Response.WriteAsJsonAsync(server.RegisterTaskDefinition(input), _json))));
        routes.MapPost("/_local/services", (RequestDelegate)(http =>
            ReadAsync<ServiceOptions>(http, service => http.Response.WriteAsJsonAsync(server.RegisterService(service), _json))));
        routes.MapGet("/_local/sessions", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(server.Sessions, _json)));
        routes.MapDelete("/_local/sessions/connections", (RequestDelegate)(http =>
            Done(http, () => server.CutSessions(http.Request.Query["bye"] == "true"))));
        routes.MapDelete("/_local/sessions/{id}", (RequestDelegate)(http =>
            Done(http, () => server.EndSession((string)http.Request.RouteValues["id"]!, http.Request.Query["output"].ToString()))));
        routes.MapPost("/_local/instance-connect-endpoints", (RequestDelegate)(http => ReadAsync<InstanceConnectEndpointOptions>(
            http, endpoint => http.Response.WriteAsJsonAsync(server.AddInstanceConnectEndpoint(endpoint), _json))));
        routes.MapDelete("/_local/instance-connect-endpoints/{id}", (RequestDelegate)(http =>
            Done(http, () => server.RemoveInstanceConnectEndpoint((string)http.Request.RouteValues["id"]!))));
        routes.MapPost("/_local/ingress-rules", (RequestDelegate)(http => ReadAsync<IngressRuleInput>(http, rule => Done(http, () =>
            server.AddIngressRule(rule.SecurityGroup, rule.Source, rule.Port, rule.Description)))));
        routes.MapGet("/_local/faults", (RequestDelegate)(http => http.Response.WriteAsJsonAsync(server.Faults.All, _json)));
        routes.MapPut("/_local/faults", (RequestDelegate)(http =>
            ReadAsync<IReadOnlyList<Fault>>(http, faults => Done(http, () => server.Faults.Replace(faults)))));
        routes.MapPost("/_local/faults", (RequestDelegate)(http =>
            ReadAsync<Fault>(http, fault => Done(http, () => server.Faults.Add(fault)))));
        routes.MapDelete("/_local/faults", (RequestDelegate)(http => Done(http, server.Faults.Clear)));
    }

    private static Task Done(HttpContext http, Action action)
    {
        action();
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task ReadAsync<T>(HttpContext http, Func<T, Task> use)
        where T : class
    {
        try
        {
            await use(await JsonSerializer.DeserializeAsync<T>(http.Request.Body, _json, http.RequestAborted)
                ?? throw new JsonException("null is nothing to add."));
        }
        catch (JsonException exception)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsJsonAsync(new { error = exception.Message }, _json);
        }
    }

    private sealed record IngressRuleInput(string SecurityGroup, string Source, int Port, string Description);
}
