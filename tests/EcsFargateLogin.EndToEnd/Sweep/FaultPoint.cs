using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Sweep;

/// <summary>A step between New and Stop, and what goes wrong there.</summary>
/// <param name="Name">The step and the fault, for people.</param>
internal sealed record FaultPoint(string Name)
{
    /// <summary>The script of the user.</summary>
    public string Script { get; init; } = "New-FargateSession -Wait | Stop-FargateSession";

    /// <summary>The keys that are typed into the shell of a process of its own; null where the script opens no shell.</summary>
    public string? Input { get; init; }

    /// <summary>Whether the task gets no public address.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>The faults of AWS. Each has to happen at least once, or else the point is none.</summary>
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>The call during which this machine's part goes wrong: it is answered late, so that there is time to.</summary>
    public string? During { get; init; }

    /// <summary>The delay of the reply to that call.</summary>
    public TimeSpan AnswerDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Damages the session's folder during that call.</summary>
    public Action<string>? Damage { get; init; }

    /// <summary>The interruption of the script during that call.</summary>
    public Interruption Interruption { get; init; }

    /// <summary>
    /// Whether it takes a process apart from the tests', and a journal of its own, which the others do without: what is damaged
    /// in a journal is told to whoever uses it.
    /// </summary>
    public bool NeedsProcess => Input is not null || Interruption == Interruption.Kill || Damage is not null;

    public override string ToString() => $"{Name} ({(IsPrivate ? "private" : "public")})";
}

/// <summary>The way to interrupt a script.</summary>
internal enum Interruption
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>The script is stopped, as with Ctrl+C.</summary>
    Stop,

    /// <summary>The process is killed with SIGKILL.</summary>
    Kill,
}
