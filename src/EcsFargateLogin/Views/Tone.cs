using EcsFargateLogin.Model;

namespace EcsFargateLogin.Views;

/// <summary>What a colour says of what is shown. It never says it alone: the words or the mark say the same.</summary>
internal enum Tone
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>On its way, or to be looked at.</summary>
    Caution,

    /// <summary>Something has failed.</summary>
    Bad,

    /// <summary>Over: nothing to look at any more.</summary>
    Faint,
}

/// <summary>Which tone is whose.</summary>
internal static class Tones
{
    /// <summary>The tone of a session's state.</summary>
    public static Tone OfState(string state) => state is TaskStatuses.Ready or TaskStatuses.Running ? Tone.Good
        : TaskStatuses.IsEnding(state) ? Tone.Faint
        : Tone.Caution;

    /// <summary>The tone of a tunnel's status.</summary>
    public static Tone Of(FargateTunnelStatus status) => status switch
    {
        FargateTunnelStatus.Open => Tone.Good,
        FargateTunnelStatus.Reconnecting => Tone.Caution,
        FargateTunnelStatus.Lost => Tone.Bad,
        _ => Tone.Faint,
    };

    /// <summary>The tone of a check's result.</summary>
    public static Tone Of(FargateCheckResult result) => result switch
    {
        FargateCheckResult.Passed => Tone.Good,
        FargateCheckResult.Warning => Tone.Caution,
        FargateCheckResult.Failed => Tone.Bad,
        _ => Tone.Faint,
    };
}
