using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// One line of progress, in the longest of several texts that fits the terminal: pwsh cuts off what is longer. The host decides
/// whether it is shown: pwsh shows none where its output is redirected.
/// </summary>
/// <param name="cmdlet">The cmdlet that shows progress.</param>
/// <param name="id">The activity's id.</param>
internal sealed class ProgressLine(FargateCmdlet cmdlet, int id)
{
    /// <summary>Width of the line where nothing else is known: the default of $PSStyle.Progress.MaxWidth.</summary>
    private const int DefaultColumns = 120;

    /// <summary>Columns of the brackets around the status, the spaces around them and the one before the status's end.</summary>
    private const int Frame = 7;

    /// <summary>Whether the line may be on the screen.</summary>
    public bool IsShown { get; private set; }

    /// <summary>Shows the longest texts that fit.</summary>
    /// <param name="activities">The activity, from the longest text to the shortest.</param>
    /// <param name="statuses">Its state, likewise.</param>
    /// <param name="percent">0 to 100, or -1 where it is not known.</param>
    /// <param name="secondsRemaining">The time until it is done, or -1 where it is not known. pwsh shows it after the status.</param>
    public void Show(
        IReadOnlyList<string> activities, IReadOnlyList<string> statuses, int percent = -1, int secondsRemaining = -1)
    {
        IsShown = true;
        var ofTime = secondsRemaining < 0 ? 0 : string.Create(CultureInfo.InvariantCulture, $" {secondsRemaining}s").Length;
        var (activity, status) = Fit(Columns() - ofTime, activities, statuses);
        cmdlet.WriteProgress(new ProgressRecord(id, TerminalText.OneLine(activity), TerminalText.OneLine(status))
        {
            PercentComplete = percent,
            SecondsRemaining = secondsRemaining,
        });
    }

    /// <summary>
    /// Chooses the longest texts that fit. pwsh gives the activity half of the line at most, and the status the rest, in
    /// brackets.
    /// </summary>
    /// <param name="columns">Width of the line.</param>
    /// <param name="activities">The activity, from the longest text to the shortest, which is chosen when none fits.</param>
    /// <param name="statuses">Its state, likewise.</param>
    public static (string Activity, string Status) Fit(
        int columns, IReadOnlyList<string> activities, IReadOnlyList<string> statuses)
    {
        // A whole status with a short name of its session is worth more than the reverse.
        var activity = activities.FirstOrDefault(text => text.Length <= columns / 2 && Fits(text, statuses[0])) ?? activities[^1];
        return (activity, statuses.FirstOrDefault(text => Fits(activity, text)) ?? statuses[^1]);

        bool Fits(string before, string status) => before.Length + Frame + status.Length <= columns;
    }

    /// <summary>Removes the line from the screen.</summary>
    public void Complete()
    {
        if (IsShown)
        {
            IsShown = false;
            cmdlet.WriteProgress(new ProgressRecord(id, "Fargate", "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private int Columns()
    {
        var most = StyleMember.Of(cmdlet.GetVariableValue("PSStyle"), "Progress", "MaxWidth") is int width and > 0
            ? width
            : DefaultColumns;
        return Math.Min(most, WindowWidth() is > 0 and var columns ? columns : most);
    }

    private int WindowWidth()
    {
        try
        {
            return cmdlet.Host.UI.RawUI.WindowSize.Width;
        }
        catch (Exception e) when (e is HostException or InvalidOperationException or NotImplementedException or IOException)
        {
            // A host without a window.
            return 0;
        }
    }
}
