using System.Globalization;
using System.Management.Automation;
using EcsFargateLogin.Sessions;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Shows where sessions are on their way: one progress line for all of them, and one verbose line a phase.</summary>
internal sealed class SessionProgress(Cmdlet cmdlet)
{
    private const int ProgressId = 0x4647;

    /// <summary>Between two changes of the line: the phases of many sessions come faster than anybody reads.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<FargateSession, string> _phases = [];
    private DateTimeOffset _shownAt;
    private bool _isShown;

    /// <summary>Shows the phase that a session was seen in.</summary>
    public void Show(PhaseSeen phase)
    {
        var isNew = !_phases.TryGetValue(phase.Session, out var before) || before != phase.Phase;
        _phases[phase.Session] = phase.Phase;
        if (isNew)
        {
            cmdlet.WriteVerbose(string.Create(
                CultureInfo.InvariantCulture, $"{phase.Session}: {phase.Phase} after {phase.Elapsed.TotalSeconds:0.0} s"));
        }

        if (_phases.Count == 1 || DateTimeOffset.UtcNow - _shownAt > Pause)
        {
            Write();
        }

        if (phase.Phase == TaskStatuses.Stopped)
        {
            Forget(phase.Session);
        }
    }

    /// <summary>Moves the seconds on.</summary>
    public void Refresh()
    {
        if (_isShown)
        {
            Write();
        }
    }

    /// <summary>Counts a session no more: it is ready or has failed.</summary>
    public void Forget(FargateSession session) => _phases.Remove(session);

    /// <summary>Takes the line off the screen.</summary>
    public void Complete()
    {
        if (_isShown)
        {
            _isShown = false;
            cmdlet.WriteProgress(new ProgressRecord(ProgressId, "Fargate session", "ready")
            {
                RecordType = ProgressRecordType.Completed,
            });
        }
    }

    private void Write()
    {
        if (_phases.Count == 0)
        {
            return;
        }

        _isShown = true;
        _shownAt = DateTimeOffset.UtcNow;
        var (activity, phases) = _phases.Count == 1
            ? ($"Fargate session {_phases.Keys.Single()}", _phases.Values.Single())
            : ($"{_phases.Count} Fargate sessions", Summary());
        var elapsed = _shownAt - _phases.Keys.Min(session => session.CreatedAt);
        cmdlet.WriteProgress(new ProgressRecord(
            ProgressId,
            activity,
            string.Create(CultureInfo.InvariantCulture, $"{phases}, {elapsed.TotalSeconds:0} s since RunTask")));
    }

    /// <summary>How many sessions are in each phase; of those that run, what each waits for is left out.</summary>
    private string Summary() => string.Join(", ", _phases.Values
        .GroupBy(phase => phase.Split(',')[0])
        .Select(group => $"{group.Key} {group.Count().ToString(CultureInfo.InvariantCulture)}"));
}
