using System.Buffers.Binary;
using System.Text.Json.Nodes;
using LocalFargate.Protocol;

namespace LocalFargate.SessionManager;

/// <summary>The documents of an agent's handshake.</summary>
internal static class Handshake
{
    private static readonly Version _firstWithMux = new(1, 1, 70, 0);

    /// <summary>What the client is asked to do.</summary>
    internal static JsonArray Actions(SessionRequest request, string? shellKmsKeyId)
    {
        var parameters = new JsonObject
        {
            ["SessionType"] = request.Document is null ? "InteractiveCommands" : "Port",
            ["Properties"] = request.Document?.Properties() ?? new JsonObject { ["linux"] = new JsonObject { ["commands"] = request.Command } },
        };
        var actions = new JsonArray(new JsonObject { ["ActionType"] = "SessionType", ["ActionParameters"] = parameters });

        // Ports are never encrypted by KMS.
        if (request.Document is null && shellKmsKeyId is not null)
        {
            actions.Add(new JsonObject
            {
                ["ActionType"] = "KMSEncryption",
                ["ActionParameters"] = new JsonObject { ["KMSKeyId"] = shellKmsKeyId },
            });
        }

        return actions;
    }

    internal static JsonObject Request(string agentVersion, JsonArray actions) => new()
    {
        ["AgentVersion"] = agentVersion,
        ["RequestedClientActions"] = actions.DeepClone(),
    };

    internal static JsonObject Complete(TimeSpan duration) => new()
    {
        ["HandshakeTimeToComplete"] = (long)duration.TotalNanoseconds,
        ["CustomerMessage"] = "",
    };

    /// <summary>Checks the client's answer.</summary>
    /// <returns>What is wrong with it; null for nothing.</returns>
    internal static string? FindProblem(JsonArray actions, JsonObject response)
    {
        try
        {
            if (!Version.TryParse((string?)response["ClientVersion"], out var version) || version < _firstWithMux)
            {
                return $"The ClientVersion of the handshake's response is not one from {_firstWithMux}: {response.ToJsonString(AwsJson.Options)}";
            }

            var processed = response["ProcessedClientActions"]!.AsArray();
            foreach (var type in actions.Select(action => (string)action!["ActionType"]!))
            {
                var answer = processed.FirstOrDefault(candidate => (string?)candidate!["ActionType"] == type);
                if ((int?)answer?["ActionStatus"] != 1)
                {
                    return $"Handshake action {type} failed: {(string?)answer?["Error"] ?? "the client has not answered it."}";
                }
            }

            return actions.Count > 1 ? "LocalFargate does not encrypt shells." : null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or NullReferenceException or FormatException)
        {
            return $"The handshake's response cannot be read: {response.ToJsonString(AwsJson.Options)}";
        }
    }

    internal static bool IsNewerThan(JsonObject response, Version version) =>
        Version.TryParse((string?)response["ClientVersion"], out var client) && client > version;
}

/// <summary>Reads and writes payloads of type <see cref="PayloadType.Flag"/>.</summary>
internal static class Flags
{
    internal static ChannelFlag Read(ChannelMessage message) =>
        message.Payload.Length == 4 ? (ChannelFlag)BinaryPrimitives.ReadUInt32BigEndian(message.Payload.Span) : 0;

    internal static byte[] Write(ChannelFlag flag)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)flag);
        return payload;
    }
}
