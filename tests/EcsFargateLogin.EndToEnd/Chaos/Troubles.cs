using FsCheck;
using FsCheck.Fluent;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>Generates troubles.</summary>
internal static class Troubles
{
    /// <summary>What an attacker would write into the words of others: colours, a bell, a title, and text that runs backwards.</summary>
    private const string Hostile = "it \u001b[31mfailed\u0007 \u001b]0;title\u0007 \u009b2J \u202e";

    private static readonly string[] Operations =
    [
        "RunTask", "DescribeTasks", "StopTask", "ListTasks", "DescribeTaskDefinition", "DescribeNetworkInterfaces", "StartSession",
        "TerminateSession", "ResumeSession", "ExecuteCommand", "OpenTunnel", "AuthorizeSecurityGroupIngress",
        "RevokeSecurityGroupIngress", "GetLogEvents", "DescribeInstanceConnectEndpoints",
    ];

    /// <summary>Any trouble.</summary>
    public static Gen<Trouble?> Gen => FsCheck.Fluent.Gen.Frequency(
        (4, Faults.Select(fault => (Trouble?)new FaultTrouble(fault))),
        (2, Launches.Select(fault => (Trouble?)new FaultTrouble(fault))),
        (3, PathPoint.Gen.Select(point => (Trouble?)new FaultTrouble(point.Fault))),
        (5, Signals),
        (2, Disks),
        (3, Damages),
        (1, FsCheck.Fluent.Gen.Constant<Trouble?>(new CredentialsEnded())));

    /// <summary>Faults of calls.</summary>
    private static Gen<Fault> Faults =>
        from operation in FsCheck.Fluent.Gen.Elements(Operations)
        from kind in FsCheck.Fluent.Gen.Choose(0, 7)
        from times in FsCheck.Fluent.Gen.Elements(1, 1, 3, int.MaxValue)
        from skips in FsCheck.Fluent.Gen.Elements(0, 0, 1, 3)
        select (Fault)(kind switch
        {
            0 => new AccessDenied { Operation = operation, Times = times, Skips = skips },
            1 => new Throttling { Operation = operation, Times = times, Skips = skips },
            2 => new ServerError { Operation = operation, Times = times, Skips = skips },
            3 => new ExpiredCredentials { Operation = operation, Times = times, Skips = skips },
            4 => new HtmlAnswer { Operation = operation, Times = times, Skips = skips, Page = $"<html>{Hostile}</html>" },
            5 => new LostReply { Operation = operation, Times = times, Skips = skips },
            6 => new ClockOff { Operation = operation, Times = times, Skips = skips, By = TimeSpan.FromMinutes(times == 1 ? 10 : -10) },
            _ => new DelayedReply { Operation = operation, Times = times, Skips = skips, Delay = TimeSpan.FromSeconds(1) },
        });

    /// <summary>Faults of tasks.</summary>
    private static Gen<Fault> Launches =>
        FsCheck.Fluent.Gen.Elements<Fault>(
            new LaunchFails { Times = 1 },
            new LaunchFails { Times = 1, Reason = Hostile, Detail = Hostile },
            new TaskMissing { For = TimeSpan.FromSeconds(3), Times = 1 },
            new TaskStopsEarly { At = TaskPhase.Pending, StoppedReason = Hostile, ContainerReason = Hostile, Times = 1 },
            new TaskStopsEarly { At = TaskPhase.Running, After = TimeSpan.FromSeconds(1), StoppedReason = Hostile, Times = 1 },
            new PublicAddressLate { Delay = TimeSpan.FromSeconds(2), Times = 1 },
            new NoPublicAddress { Times = 1 },
            new SshClosed { Times = 1 },
            new SshSilent { Times = 1 },
            new SshLate { Delay = TimeSpan.FromSeconds(2), Times = 1 },
            new AgentStopped { Times = 1 },
            new AgentSilent { Times = 1 },
            new TokenExpired { Times = 1 });

    private static Gen<Trouble?> Signals =>
        from signal in FsCheck.Fluent.Gen.Elements("CTRLC", "CTRLC", "INT", "TERM", "HUP", "KILL", "KILL")
        from calls in FsCheck.Fluent.Gen.Choose(0, 8)
        from delay in FsCheck.Fluent.Gen.Frequency((2, FsCheck.Fluent.Gen.Choose(0, 100)), (1, FsCheck.Fluent.Gen.Choose(100, 1500)))
        select (Trouble?)new SignalTrouble(signal == "CTRLC" ? "INT" : signal, calls, TimeSpan.FromMilliseconds(delay))
        {
            ToChildren = signal == "CTRLC",
        };

    private static Gen<Trouble?> Disks =>
        from free in FsCheck.Fluent.Gen.Elements<int?>(null, 0, 0, 4096, 8192, 16384, 32768)
        select (Trouble?)new DiskTrouble(free);

    private static Gen<Trouble?> Damages =>
        from kind in FsCheck.Fluent.Gen.Elements(Enum.GetValues<DamageKind>())
        from which in FsCheck.Fluent.Gen.Choose(0, 3)
        select (Trouble?)new DamageTrouble(kind, which);
}
