namespace LocalFargate.Logs;

/// <summary>
/// The plain filter patterns of CloudWatch Logs: every term, and every phrase in double quotes, must be in the message.
/// </summary>
internal static class LogFilter
{
    internal static bool Matches(string? pattern, string message) =>
        string.IsNullOrWhiteSpace(pattern) || Terms(pattern).All(term => message.Contains(term, StringComparison.Ordinal));

    // What stands between the first and the second quote is a phrase, between the second and the third words, and so on.
    private static IEnumerable<string> Terms(string pattern) =>
        pattern.Split('"').SelectMany((part, index) => index % 2 == 1
            ? [part]
            : part.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
