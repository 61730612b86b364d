using System.Globalization;
using System.Text.Json.Nodes;

namespace LocalFargate.Services;

/// <summary>Answers with a list page by page, with maxResults and nextToken.</summary>
internal static class Page
{
    internal static JsonObject Take(JsonObject parameters, string listName, IReadOnlyList<string> items, int maxSize)
    {
        var size = (int?)parameters["maxResults"] ?? maxSize;
        if (size < 1 || size > maxSize)
        {
            throw EcsErrors.InvalidParameter($"maxResults must be between 1 and {maxSize}.");
        }

        var start = 0;
        if ((string?)parameters["nextToken"] is { } token
            && (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out start) || start > items.Count))
        {
            throw EcsErrors.InvalidParameter("Invalid token.");
        }

        var reply = new JsonObject
        {
            [listName] = new JsonArray([.. items.Skip(start).Take(size).Select(item => JsonValue.Create(item))]),
        };
        if (start + size < items.Count)
        {
            reply["nextToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return reply;
    }
}
