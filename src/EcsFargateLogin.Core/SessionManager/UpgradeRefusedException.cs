using System.Text.Json;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <summary>A server answered the upgrade to a WebSocket with another status than 101.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="body">The first bytes of the body, as text.</param>
/// <param name="date">The server's time; null where it gave none.</param>
internal sealed class UpgradeRefusedException(int status, string body, DateTimeOffset? date)
    : Exception($"HTTP status {status}")
{
    private const int Unauthorized = 401;
    private const int Forbidden = 403;
    private const int MostCharacters = 300;

    /// <summary>AWS refuses signatures that are 5 minutes older or newer.</summary>
    private static readonly TimeSpan LargestClockDifference = TimeSpan.FromMinutes(4);

    /// <summary>The error for users: what the server answered, or that this machine's clock is wrong.</summary>
    /// <param name="host">The server.</param>
    /// <param name="action">The action of IAM that is needed.</param>
    /// <param name="now">This machine's time.</param>
    public FargateException ToError(Uri host, string action, DateTimeOffset now)
    {
        var difference = now - (date ?? now);
        return status is >= 400 and < 500 && difference.Duration() > LargestClockDifference
            ? ChannelErrors.ClockWrong(host, status, difference)
            : status is Forbidden or Unauthorized ? ChannelErrors.WebSocketForbidden(host, status, Answer(), action)
            : ChannelErrors.WebSocketRefused(host, status, Answer());
    }

    /// <summary>The words of the answer: those of AWS's JSON, or else the first ones of the body.</summary>
    private string Answer()
    {
        var words = WordsOfJson() ?? TerminalText.OneLine(body).Trim();
        return words.Length == 0 ? "it gave no reason" : words.Length <= MostCharacters ? words : $"{words[..MostCharacters]}…";
    }

    private string? WordsOfJson()
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var code = TextOf(document.RootElement, "ErrorCode") ?? TextOf(document.RootElement, "__type");
            var message = TextOf(document.RootElement, "Message") ?? TextOf(document.RootElement, "message");
            return code is null ? message : message is null ? code : $"{code}: {message}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
