using System.Text.Json.Serialization;

namespace LocalFargate.Faults;

/// <summary>Something that goes wrong on request. It is used up after <see cref="Times"/> uses.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "fault")]
[JsonDerivedType(typeof(Throttling), "throttling")]
[JsonDerivedType(typeof(AccessDenied), "accessDenied")]
[JsonDerivedType(typeof(ExpiredCredentials), "expiredCredentials")]
[JsonDerivedType(typeof(ServerError), "serverError")]
[JsonDerivedType(typeof(HtmlAnswer), "htmlAnswer")]
[JsonDerivedType(typeof(LostReply), "lostReply")]
[JsonDerivedType(typeof(DelayedReply), "delayedReply")]
[JsonDerivedType(typeof(ClockOff), "clockOff")]
[JsonDerivedType(typeof(LaunchFails), "launchFails")]
[JsonDerivedType(typeof(TaskMissing), "taskMissing")]
[JsonDerivedType(typeof(TaskStopsEarly), "taskStopsEarly")]
[JsonDerivedType(typeof(PublicAddressLate), "publicAddressLate")]
[JsonDerivedType(typeof(NoPublicAddress), "noPublicAddress")]
[JsonDerivedType(typeof(AgentStopped), "agentStopped")]
[JsonDerivedType(typeof(TargetNotConnected), "targetNotConnected")]
[JsonDerivedType(typeof(TokenExpired), "tokenExpired")]
[JsonDerivedType(typeof(AgentSilent), "agentSilent")]
[JsonDerivedType(typeof(AgentNotReady), "agentNotReady")]
[JsonDerivedType(typeof(ChannelSlow), "channelSlow")]
[JsonDerivedType(typeof(ChannelCut), "channelCut")]
[JsonDerivedType(typeof(MessageLost), "messageLost")]
[JsonDerivedType(typeof(MessageDuplicated), "messageDuplicated")]
[JsonDerivedType(typeof(MessageReordered), "messageReordered")]
[JsonDerivedType(typeof(MessageLate), "messageLate")]
[JsonDerivedType(typeof(MessageFlipped), "messageFlipped")]
[JsonDerivedType(typeof(PathReset), "pathReset")]
[JsonDerivedType(typeof(PathClosed), "pathClosed")]
[JsonDerivedType(typeof(PathStalled), "pathStalled")]
[JsonDerivedType(typeof(PathLate), "pathLate")]
[JsonDerivedType(typeof(ByteFlipped), "byteFlipped")]
[JsonDerivedType(typeof(ByteRepeated), "byteRepeated")]
[JsonDerivedType(typeof(ByteLost), "byteLost")]
[JsonDerivedType(typeof(SshClosed), "sshClosed")]
[JsonDerivedType(typeof(SshSilent), "sshSilent")]
[JsonDerivedType(typeof(SshLate), "sshLate")]
[JsonDerivedType(typeof(SshUnreachable), "sshUnreachable")]
[JsonDerivedType(typeof(SshDiverted), "sshDiverted")]
public abstract record Fault
{
    private int _uses;
    private int _skipped;

    /// <summary>How many times it happens; by default for as long as it is there.</summary>
    public int Times { get; init; } = int.MaxValue;

    /// <summary>The number of occasions that pass before it happens for the first time.</summary>
    public int Skips { get; init; }

    /// <summary>The share of the occasions that it happens on, from 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>How many times it has happened.</summary>
    [JsonIgnore]
    public int Uses => Volatile.Read(ref _uses);

    /// <summary>Whether it happens now; counts it when it does.</summary>
    internal bool TryUse()
    {
        if (Random.Shared.NextDouble() >= Probability
            || (Volatile.Read(ref _skipped) < Skips && Interlocked.Increment(ref _skipped) <= Skips))
        {
            return false;
        }

        if (Interlocked.Increment(ref _uses) <= Times)
        {
            return true;
        }

        Interlocked.Decrement(ref _uses);
        return false;
    }
}
