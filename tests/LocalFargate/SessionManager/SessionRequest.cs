using System.Globalization;
using System.Text.Json.Nodes;
using LocalFargate.Protocol;
using LocalFargate.Tasks;

namespace LocalFargate.SessionManager;

/// <summary>A session to start in a container.</summary>
internal sealed record SessionRequest(FargateTask Task, string ContainerName)
{
    /// <summary>The document and its parameters, for a port; null for a program.</summary>
    internal PortDocument? Document { get; init; }

    /// <summary>The line of the program that a session of ExecuteCommand runs.</summary>
    internal string? Command { get; init; }

    internal string? Reason { get; init; }
}

/// <summary>One of AWS's documents for ports, with its parameters.</summary>
internal sealed record PortDocument(string Name, IReadOnlyDictionary<string, string> Parameters)
{
    private const string PortNumber = "portNumber";
    private const string LocalPortNumber = "localPortNumber";
    private const string HostName = "host";

    private static readonly Dictionary<string, Dictionary<string, string>> _defaults = new()
    {
        ["AWS-StartPortForwardingSession"] = new() { [PortNumber] = "80", [LocalPortNumber] = "0" },
        ["AWS-StartPortForwardingSessionToRemoteHost"] = new()
        {
            [PortNumber] = "80", [LocalPortNumber] = "0", [HostName] = "localhost",
        },
        ["AWS-StartSSHSession"] = new() { [PortNumber] = "22" },
    };

    internal int Port => int.Parse(Parameters[PortNumber], CultureInfo.InvariantCulture);

    /// <summary>The host beyond the container; null for the container itself.</summary>
    internal string? Host => Parameters.GetValueOrDefault(HostName);

    /// <summary>Whether the session carries any number of connections, as streams of smux.</summary>
    internal bool IsMultiplexed => Parameters.ContainsKey(LocalPortNumber);

    /// <summary>What the agent's handshake says of the session.</summary>
    internal JsonObject Properties()
    {
        var properties = new JsonObject([.. Parameters.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))]);
        if (IsMultiplexed)
        {
            properties["type"] = "LocalPortForwarding";
        }

        return properties;
    }

    /// <exception cref="AwsException">There is no such document, or it has no such parameters.</exception>
    internal static PortDocument Read(JsonObject parameters)
    {
        var name = (string?)parameters["DocumentName"] ?? "SSM-SessionManagerRunShell";
        var values = new Dictionary<string, string>(_defaults.GetValueOrDefault(name) ?? throw new AwsException(
            "InvalidDocument", $"Document with name {name} does not exist."));
        foreach (var (parameter, list) in parameters[nameof(Parameters)]?.AsObject() ?? [])
        {
            values[parameter] = values.ContainsKey(parameter) && ContainerDefinition.Strings(list) is [var only] && IsValid(parameter, only)
                ? only
                : throw new AwsException(
                    "InvalidParameters", $"Parameter '{parameter}' with value {list?.ToJsonString()} is not valid for {name}.");
        }

        return new PortDocument(name, values);
    }

    private static bool IsValid(string parameter, string value) => parameter == HostName
        ? Uri.CheckHostName(value) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6
        : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port <= 65535 && (port > 0 || parameter == LocalPortNumber);
}
