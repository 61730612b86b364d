namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Words for the one line that a terminal has for progress. pwsh gives the activity half of it at most, and the status the
/// rest in brackets; what is longer it cuts off. Here shorter words are chosen instead.
/// </summary>
internal static class ProgressText
{
    /// <summary>Brackets, the spaces around them and before the status's end.</summary>
    private const int Frame = 7;

    /// <summary>Chooses the longest words that fit.</summary>
    /// <param name="columns">Of the line.</param>
    /// <param name="activities">What goes on, in ever fewer words; the last are taken when none fit.</param>
    /// <param name="statuses">How far it is, likewise.</param>
    public static (string Activity, string Status) Fit(
        int columns, IReadOnlyList<string> activities, IReadOnlyList<string> statuses)
    {
        // A whole status with a short name of its session is worth more than the reverse.
        var activity = activities.FirstOrDefault(text => text.Length <= columns / 2 && Fits(text, statuses[0])) ?? activities[^1];
        return (activity, statuses.FirstOrDefault(text => Fits(activity, text)) ?? statuses[^1]);

        bool Fits(string before, string status) => before.Length + Frame + status.Length <= columns;
    }
}
