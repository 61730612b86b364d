using System.Text.Json;
using System.Text.RegularExpressions;

namespace SessionManagerPlugin;

/// <summary>
/// The arguments by which the AWS CLI starts a stream, in this order: the session of ExecuteCommand's answer or the name of
/// an environment variable that holds it, the region, the operation, the profile or nothing, the request, and the endpoint.
/// </summary>
internal sealed partial record PluginArguments(ExecSession Session)
{
    private const string Variable = "AWS_SSM_START_SESSION_RESPONSE";

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads them as strictly as can be.</summary>
    /// <returns>Null when something is wrong, which was said.</returns>
    internal static PluginArguments? Read(string[] arguments)
    {
        var wrong = Problem(arguments);
        if (wrong is not null)
        {
            Console.WriteLine($"Cannot perform start session: {wrong}");
            return null;
        }

        var response = arguments[0];
        if (response.StartsWith(Variable, StringComparison.Ordinal))
        {
            response = Environment.GetEnvironmentVariable(arguments[0]);
            Environment.SetEnvironmentVariable(arguments[0], null);
        }

        return new PluginArguments(JsonSerializer.Deserialize<ExecSession>(response ?? "", _json)!);
    }

    private static string? Problem(string[] arguments) => arguments switch
    {
        not [_, _, _, _, _, _] => $"it takes 6 arguments, and was given {arguments.Length}",
        [_, var region, ..] when !Region().IsMatch(region) => $"'{region}' is no region",
        [_, _, not "StartSession", ..] => "Invalid Operation",
        [_, _, _, _, var request, _] when !Target().IsMatch(TargetOf(request)) => $"'{request}' names no container",
        [_, _, _, _, _, var endpoint] when !Uri.IsWellFormedUriString(endpoint, UriKind.Absolute) => $"'{endpoint}' is no URL",
        _ => null,
    };

    private static string TargetOf(string request)
    {
        using var document = JsonDocument.Parse(request);
        return document.RootElement.GetProperty("Target").GetString()!;
    }

    [GeneratedRegex("^[a-z]{2}(-[a-z]+)+-[0-9]$")]
    private static partial Regex Region();

    [GeneratedRegex("^ecs:[A-Za-z0-9_-]+_[0-9a-f]{32}_[0-9a-f]{32}-[0-9]{10}$")]
    private static partial Regex Target();
}

/// <summary>ExecuteCommand's session.</summary>
internal sealed record ExecSession(string SessionId, string StreamUrl, string TokenValue);
