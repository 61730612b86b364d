using System.Globalization;
using System.Management.Automation;
using EcsFargateLogin.Sessions;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Shows where sessions are on their way: one progress line, and one verbose line a phase.</summary>
internal sealed class SessionProgress(Cmdlet cmdlet)
{
    private const int ProgressId = 0x4647;

    private readonly Dictionary<FargateSession, string> _phases = [];
    private PhaseSeen? _shown;

    /// <summary>Shows the phase that a session was seen in.</summary>
    public void Show(PhaseSeen phase)
    {
        if (!_phases.TryGetValue(phase.Session, out var before) || before != phase.Phase)
        {
            _phases[phase.Session] = phase.Phase;
            cmdlet.WriteVerbose(string.Create(
                CultureInfo.InvariantCulture, $"{phase.Session}: {phase.Phase} after {phase.Elapsed.TotalSeconds:0.0} s"));
        }

        _shown = phase;
        Write(phase, phase.Elapsed);
    }

    /// <summary>Moves the seconds on.</summary>
    public void Refresh()
    {
        if (_shown is { } phase)
        {
            Write(phase, DateTimeOffset.UtcNow - phase.Session.CreatedAt);
        }
    }

    /// <summary>Takes the line off the screen.</summary>
    public void Complete()
    {
        if (_shown is { } phase)
        {
            _shown = null;
            cmdlet.WriteProgress(new ProgressRecord(ProgressId, Activity(phase), phase.Phase)
            {
                RecordType = ProgressRecordType.Completed,
            });
        }
    }

    private void Write(PhaseSeen phase, TimeSpan elapsed) => cmdlet.WriteProgress(new ProgressRecord(
        ProgressId,
        Activity(phase),
        string.Create(CultureInfo.InvariantCulture, $"{phase.Phase}, {elapsed.TotalSeconds:0} s since RunTask")));

    private static string Activity(PhaseSeen phase) => $"Fargate session {phase.Session}";
}
