using System.Globalization;
using System.Management.Automation;
using EcsFargateLogin.Sessions;
using EcsFargateLogin.Views;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Shows where sessions are on their way: one progress line for all of them, and one verbose line a phase.</summary>
internal sealed class SessionProgress(PSCmdlet cmdlet)
{
    /// <summary>Between two changes of the line: the phases of many sessions come faster than anybody reads.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ProgressLine _line = new(cmdlet, 0x4647);
    private readonly Dictionary<FargateSession, PhaseSeen> _phases = [];
    private DateTimeOffset _since;
    private DateTimeOffset _shownAt;
    private int _doneCount;

    /// <summary>Shows the phase that a session was seen in.</summary>
    public void Show(PhaseSeen phase)
    {
        var isNew = !_phases.TryGetValue(phase.Session, out var before) || before.Phase != phase.Phase;
        var since = DateTimeOffset.UtcNow - phase.Elapsed;
        _since = _phases.Count == 0 || since < _since ? since : _since;
        _phases[phase.Session] = phase;
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
        if (_line.IsShown)
        {
            Write();
        }
    }

    /// <summary>Waits for a session no more: it is ready or has failed.</summary>
    public void Forget(FargateSession session) => _doneCount += _phases.Remove(session) ? 1 : 0;

    /// <summary>Takes the line off the screen.</summary>
    public void Complete()
    {
        _doneCount = 0;
        _line.Complete();
    }

    private void Write()
    {
        if (_phases.Count == 0)
        {
            return;
        }

        _shownAt = DateTimeOffset.UtcNow;
        var call = _phases.Values.First().Call;
        var elapsed = RelativeTime.Length(_shownAt - _since);
        var total = _phases.Count + _doneCount;
        if (total == 1)
        {
            var phase = _phases.Values.Single().Phase;
            var session = _phases.Keys.Single().ToString();
            _line.Show(
                [$"Fargate session {session}", session],
                [
                    $"{phase}, {elapsed} since {call}",
                    $"{ShortPhase(phase)}, {elapsed} since {call}",
                    $"{ShortPhase(phase)}, {elapsed}",
                ]);
        }
        else
        {
            var done = string.Create(CultureInfo.InvariantCulture, $"{_doneCount} of {total}");
            _line.Show(
                [$"{total} Fargate sessions", "Sessions"],
                [
                    $"{done} done, {Summary()}, {elapsed} since {call}",
                    $"{done} done, {Summary()}, {elapsed}",
                    $"{done} done, {elapsed}",
                    done,
                ],
                100 * _doneCount / total);
        }
    }

    /// <summary>How many sessions are in each phase.</summary>
    private string Summary() => string.Join(", ", _phases.Values
        .GroupBy(seen => ShortPhase(seen.Phase))
        .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}")));

    /// <summary>The status of ECS without what is waited for.</summary>
    private static string ShortPhase(string phase) => phase.Split(',')[0];
}
