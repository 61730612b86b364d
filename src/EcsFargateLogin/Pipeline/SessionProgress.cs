using System.Globalization;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Pipeline;

/// <summary>Shows the phases of sessions: one progress line for all of them, and one verbose line for each phase.</summary>
internal sealed class SessionProgress(FargateCmdlet cmdlet)
{
    /// <summary>
    /// Shortest time between two changes of the line: the phases of many sessions change faster than a user can read.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ProgressLine _line = new(cmdlet, 0x4647);
    private readonly Dictionary<FargateSession, PhaseSeen> _phases = [];
    private readonly HashSet<FargateSession> _done = [];
    private DateTimeOffset _since;
    private DateTimeOffset _shownAt;

    /// <summary>Shows that a session has entered a phase.</summary>
    public void Show(PhaseSeen phase)
    {
        var isNew = !_phases.TryGetValue(phase.Session, out var before) || before.Phase != phase.Phase;
        var since = DateTimeOffset.UtcNow - phase.Elapsed;
        _since = _phases.Count == 0 || since < _since ? since : _since;
        _phases[phase.Session] = phase;
        _done.Remove(phase.Session);
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
            Settle(phase.Session);
        }
    }

    /// <summary>Updates the elapsed time.</summary>
    public void Refresh()
    {
        if (_line.IsShown)
        {
            Write();
        }
    }

    /// <summary>Counts a session as done: it is ready, has failed or has stopped.</summary>
    public void Settle(FargateSession session)
    {
        _phases.Remove(session);
        _done.Add(session);
    }

    /// <summary>Removes the line from the screen.</summary>
    public void Complete()
    {
        _done.Clear();
        _line.Complete();
    }

    private void Write()
    {
        if (_phases.Count == 0)
        {
            return;
        }

        _shownAt = DateTimeOffset.UtcNow;
        var elapsed = RelativeTime.Length(_shownAt - _since);
        if (_phases.Count + _done.Count == 1)
        {
            WriteOne(_phases.Values.Single(), _shownAt - _since);
        }
        else
        {
            WriteMany(elapsed);
        }
    }

    private void WriteOne(PhaseSeen seen, TimeSpan time)
    {
        var elapsed = RelativeTime.Length(time);
        // Only a start has a usual time, not the end of a session.
        var usual = seen.Call == PhaseSeen.Start ? seen.Session.UsualStart : null;
        var suffix = usual is { } length ? $", usually {RelativeTime.Length(length)}" : "";
        _line.Show(
            [$"Fargate session {seen.Session}", seen.Session.ToString()],
            [
                $"{seen.Phase}, {elapsed} since {seen.Call}{suffix}",
                $"{ShortPhase(seen.Phase)}, {elapsed} since {seen.Call}{suffix}",
                $"{ShortPhase(seen.Phase)}, {elapsed}{suffix}",
                $"{ShortPhase(seen.Phase)}, {elapsed}",
            ],
            usual is { Ticks: > 0 } whole ? (int)Math.Min(99, 100 * time.Ticks / whole.Ticks) : -1,
            usual > time ? (int)Math.Ceiling((usual - time).Value.TotalSeconds) : -1);
    }

    private void WriteMany(string elapsed)
    {
        var total = _phases.Count + _done.Count;
        var done = string.Create(CultureInfo.InvariantCulture, $"{_done.Count} of {total}");
        _line.Show(
            [$"{total} Fargate sessions", "Sessions"],
            [
                $"{done} done, {Summary()}, {elapsed} since {_phases.Values.First().Call}",
                $"{done} done, {Summary()}, {elapsed}",
                $"{done} done, {elapsed}",
                done,
            ],
            100 * _done.Count / total);
    }

    /// <summary>The number of sessions in each phase.</summary>
    private string Summary() => string.Join(", ", _phases.Values
        .GroupBy(seen => ShortPhase(seen.Phase))
        .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}")));

    /// <summary>The status of ECS, without the condition that is waited for.</summary>
    private static string ShortPhase(string phase) => phase.Split(',')[0];
}
