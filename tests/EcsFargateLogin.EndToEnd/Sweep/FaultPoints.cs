using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Sweep;

/// <summary>Every step between New and Stop, with everything that can go wrong at it.</summary>
internal static class FaultPoints
{
    private const string Capacity =
        "Capacity is unavailable at this time. Please try again later or in a different availability zone";

    /// <summary>Those with the faults that are waited out longest come first, so that the others go by meanwhile.</summary>
    private static readonly string[] Calls =
        ["DescribeNetworkInterfaces", "DescribeTasks", "RunTask", "DescribeTaskDefinition", "StopTask"];

    private static readonly Fault LogsAreWanted =
        new TaskStopsEarly
        {
            At = TaskPhase.Activating,
            StopCode = "EssentialContainerExited",
            StoppedReason = "It exited.",
            ExitCode = 1,
        };

    /// <summary>Each call fails, in each way.</summary>
    public static IReadOnlyList<FaultPoint> OfCalls { get; } =
        [.. from call in Calls from point in WithFailing(call) from each in PublicAndPrivate(point) select each];

    /// <summary>Everything else.</summary>
    public static IReadOnlyList<FaultPoint> Others { get; } =
    [
        .. from call in Calls from each in PublicAndPrivate(Stopped(call)) select each,
        .. from call in (string[])["RunTask", "DescribeTasks"]
           from fault in FailingOf("StopTask")
           select Stopped(call, fault),
        StoppedLongBeforeTheAnswer,
        .. FailingOf("ListTasks").Select(fault => Failing(fault, new LostReply { Operation = "RunTask" })),
        .. FailingOf("GetLogEvents").Select(fault => Failing(fault, LogsAreWanted)),
        .. Tasks(),
        .. Folders(),
        .. Shells(),
        .. Kills(),
    ];

    /// <summary>A call that fails each time it is made.</summary>
    private static IEnumerable<RequestFault> FailingOf(string call) =>
    [
        new AccessDenied { Operation = call },
        new Throttling { Operation = call },
        new ServerError { Operation = call },
        new ExpiredCredentials { Operation = call },
        new HtmlAnswer { Operation = call },
        new LostReply { Operation = call },
    ];

    /// <summary>A call that fails always, or that loses its reply once, so that it is performed twice.</summary>
    private static IEnumerable<FaultPoint> WithFailing(string call) =>
        FailingOf(call).Append(new LostReply { Operation = call, Times = 1 }).Select(fault => Failing(fault));

    private static FaultPoint Failing(RequestFault fault, params Fault[] others)
    {
        var times = fault.Times == 1 ? " once" : "";
        return new FaultPoint($"{fault.Operation}: {fault.GetType().Name}{times}") { Faults = [.. others, fault] };
    }

    private static FaultPoint Stopped(string call, params Fault[] faults) =>
        new($"{call}: Ctrl+C{string.Concat(faults.Select(fault => $", {fault.GetType().Name}"))}")
        {
            Faults = faults,
            During = call,
            Interruption = Interruption.Stop,
        };

    /// <summary>
    /// RunTask's answer is not waited for as long as that, and the task, which is stopped, may no longer be listed.
    /// </summary>
    private static FaultPoint StoppedLongBeforeTheAnswer => Stopped("RunTask", new LostReply { Operation = "StopTask" }) with
    {
        Name = "RunTask: Ctrl+C long before its answer, LostReply",
        AnswerDelay = TimeSpan.FromSeconds(8),
    };

    /// <summary>A private session asks EC2 nothing, so nothing can go wrong there.</summary>
    private static IEnumerable<FaultPoint> PublicAndPrivate(FaultPoint point) =>
        point.Name.StartsWith("DescribeNetworkInterfaces", StringComparison.Ordinal)
            ? [point]
            : [point, point with { IsPrivate = true }];

    private static IEnumerable<FaultPoint> Tasks() =>
    [
        .. from phase in (TaskPhase[])[TaskPhase.Provisioning, TaskPhase.Pending, TaskPhase.Activating]
           select new FaultPoint($"The task stops in {phase}")
           {
               Faults = [new TaskStopsEarly { At = phase, StoppedReason = "CannotPullContainerError: not found" }],
           },
        new FaultPoint("No capacity once") { Faults = [new LaunchFails { Times = 1 }] },
        new FaultPoint("No capacity once, later") { Faults = [new TaskStopsEarly { StoppedReason = Capacity, Times = 1 }] },
        new FaultPoint("No capacity once, later, and StopTask fails")
        {
            Faults = [new TaskStopsEarly { StoppedReason = Capacity, Times = 1 }, new AccessDenied { Operation = "StopTask" }],
        },
        new FaultPoint("ECS knows the task late") { Faults = [new TaskMissing { For = TimeSpan.FromSeconds(3) }] },
        new FaultPoint("The public address comes late")
        {
            Faults = [new PublicAddressLate { Delay = TimeSpan.FromSeconds(2) }],
        },
        .. from fault in (Fault[])[new NoPublicAddress(), new SshClosed(), new SshSilent(), new SshUnreachable()]
           select Stopped("DescribeNetworkInterfaces", fault),
    ];

    private static IEnumerable<FaultPoint> Folders() =>
        from call in (string[])["RunTask", "DescribeTasks", "StopTask"]
        from damage in (Action<string>[])
            [FolderDamage.KeyDeleted, FolderDamage.FolderDeleted, FolderDamage.EntryGarbled, FolderDamage.EntryInTheWay]
        select new FaultPoint($"{call}: {damage.Method.Name}") { During = call, Damage = damage };

    private static IEnumerable<FaultPoint> Shells() =>
    [
        new FaultPoint("StopTask fails after the shell")
        {
            Script = "New-FargateSession | Enter-FargateShell",
            Input = "exit 3\n",
            Faults = [new AccessDenied { Operation = "StopTask" }],
        },
        new FaultPoint("The key is deleted before ssh needs it")
        {
            Script = "New-FargateSession | Enter-FargateShell",
            Input = "exit\n",
            During = "DescribeTasks",
            Damage = FolderDamage.KeyDeleted,
        },
    ];

    private static IEnumerable<FaultPoint> Kills() =>
        from call in (string[])["RunTask", "DescribeTasks", "DescribeNetworkInterfaces", "StopTask"]
        select new FaultPoint($"{call}: kill -9") { During = call, Interruption = Interruption.Kill };
}
