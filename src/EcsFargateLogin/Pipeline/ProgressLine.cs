using System.Management.Automation;
using System.Management.Automation.Host;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// One line of progress, in words that fit the terminal. Whether it is shown is the host's to decide: pwsh shows none where
/// its output is redirected.
/// </summary>
/// <param name="cmdlet">The cmdlet whose progress it is.</param>
/// <param name="id">The activity's id.</param>
internal sealed class ProgressLine(FargateCmdlet cmdlet, int id)
{
    /// <summary>Where nothing says otherwise: as $PSStyle.Progress.MaxWidth is unless changed.</summary>
    private const int DefaultColumns = 120;

    /// <summary>Whether it may be on the screen.</summary>
    public bool IsShown { get; private set; }

    /// <summary>Shows the longest words that fit.</summary>
    /// <param name="activities">What goes on, in ever fewer words.</param>
    /// <param name="statuses">How far it is, likewise.</param>
    /// <param name="percent">0 to 100, or -1 where it is not known.</param>
    public void Show(IReadOnlyList<string> activities, IReadOnlyList<string> statuses, int percent = -1)
    {
        IsShown = true;
        var (activity, status) = ProgressText.Fit(Columns(), activities, statuses);
        cmdlet.WriteProgress(new ProgressRecord(id, TerminalText.OneLine(activity), TerminalText.OneLine(status)) { PercentComplete = percent });
    }

    /// <summary>Takes it off the screen.</summary>
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
