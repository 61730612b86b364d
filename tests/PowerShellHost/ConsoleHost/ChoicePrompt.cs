using System.Management.Automation.Host;

namespace PowerShellHost.ConsoleHost;

/// <summary>The words of a question with fixed answers: <c>[Y] Yes  [N] No  [?] Help (default is "Y"): </c>.</summary>
internal static class ChoicePrompt
{
    public static string Describe(IReadOnlyList<ChoiceDescription> choices, int defaultChoice)
    {
        var answers = choices.Select(choice => $"[{HotKey(choice)}] {Name(choice)}  ");
        var whenEmpty = defaultChoice >= 0 ? $" (default is \"{HotKey(choices[defaultChoice])}\")" : "";
        return string.Concat(answers) + "[?] Help" + whenEmpty + ": ";
    }

    public static string Help(IReadOnlyList<ChoiceDescription> choices) =>
        string.Join(Environment.NewLine, choices.Select(choice => $"{HotKey(choice)} - {choice.HelpMessage}"));

    /// <summary>The index of the choice whose hot key or name was typed, or null.</summary>
    public static int? Find(IReadOnlyList<ChoiceDescription> choices, string answer)
    {
        for (var i = 0; i < choices.Count; i++)
        {
            if (answer.Equals(HotKey(choices[i]), StringComparison.OrdinalIgnoreCase)
                || answer.Equals(Name(choices[i]), StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return null;
    }

    private static string Name(ChoiceDescription choice) => choice.Label.Replace("&", "", StringComparison.Ordinal);

    private static string HotKey(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length
            ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant()
            : choice.Label;
    }
}
