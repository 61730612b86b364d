using System.Collections.Concurrent;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate;
using LocalFargate.Faults;
using LocalFargate.Tasks;

namespace EcsFargateLogin.EndToEnd.Sweep;

/// <summary>A fault point, run against an account of its own, and what is left after it.</summary>
internal sealed class SweptSession(FaultPoint point, Operator me) : IAsyncDisposable
{
    public LocalFargateServer Fargate => me.Fargate;

    /// <summary>XDG_STATE_HOME of the PowerShell that the script runs in.</summary>
    public string StateHome => point.NeedsProcess ? me.StateHome : OperatorHome.StateHome;

    /// <summary>Runs points that share a process, or a single one, to their end, whatever that is, and mends everything afterwards.</summary>
    /// <param name="points">The points.</param>
    /// <param name="swept">Where each is put when it is there, whatever comes of it.</param>
    public static async Task RunAsync(IReadOnlyList<FaultPoint> points, ConcurrentBag<SweptSession> swept)
    {
        List<SweptSession> sessions = [];
        foreach (var point in points)
        {
            sessions.Add(new SweptSession(point, await Operator.StartAsync()));
            swept.Add(sessions[^1]);
            sessions[^1].Break();
        }

        var (first, script) = (sessions[0], sessions[0].Script());
        await (points[0].SharedProcess is not null ? RunInOneProcessAsync(sessions)
            : points[0].NeedsProcess ? first.RunInProcessAsync(script)
            : first.RunHereAsync(script));
        sessions.ForEach(session => session.Mend());
    }

    /// <summary>Says what is wrong, now that what was listed has been stopped.</summary>
    /// <param name="listed">The ids that Get-FargateSession has listed.</param>
    public async Task<IReadOnlyList<string>> LeaksAsync(IReadOnlyCollection<string> listed)
    {
        var marks = Marks();
        List<string> leaks =
        [
            .. from task in Fargate.Tasks where task.StopCode is null select $"task {task.StartedBy} runs on unseen",
            .. from mark in marks
               where File.Exists(Path.Combine(FolderOf(mark), "id_ed25519"))
               where !listed.Contains(mark) || Fargate.Tasks.Any(task => task.StartedBy == mark)
               select $"the key of {mark} is left",
            .. from mark in marks
               where Directory.Exists(FolderOf(mark)) && !listed.Contains(mark)
               select $"the folder of {mark} is left",
        ];
        if (leaks.Count == 0)
        {
            await Eventually.BecomesAsync(
                () => Fargate.Tasks.All(task => task.Phase == TaskPhase.Stopped && !task.IsAlive) && !HasProcesses(marks),
                () => $"{point}: a process is left.");
        }

        return [.. leaks.Select(leak => $"{point}: {leak}")];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var folder in Marks().Select(FolderOf).Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        await me.DisposeAsync();
    }

    private void Break()
    {
        RequestFault[] delay =
            point.During is { } call ? [new DelayedReply { Operation = call, Delay = point.AnswerDelay }] : [];
        Fargate.Faults.Replace([.. delay, .. point.Faults.Select(fault => fault with { })]);
    }

    private string Script() =>
        $$"""
        $PSDefaultParameterValues['New-FargateSession:StartTimeout'] = 5
        $PSDefaultParameterValues['New-FargateSession:AssignPublicIp'] = '{{(point.IsPrivate ? "Disabled" : "Enabled")}}'
        {{point.Script}}
        """;

    private void Mend()
    {
        Assert.All(Fargate.Faults.All, fault => Assert.True(fault.Uses > 0, $"{point}: {fault} did not happen."));
        Fargate.Faults.Clear();
    }

    private static Task RunInOneProcessAsync(IReadOnlyList<SweptSession> sessions)
    {
        return Task.WhenAll(SharedProcess.RunAsync([.. sessions.Select(session => session.Shared())]), MeddleWithAllAsync());

        async Task MeddleWithAllAsync()
        {
            foreach (var session in sessions)
            {
                await session.MeddleAsync();
            }
        }
    }

    private SharedRun Shared() => new(me, Script(), point.Input ?? "");

    private async Task RunHereAsync(string script)
    {
        var run = me.Start(script);
        await MeddleAsync();
        if (point.Interruption == Interruption.Stop)
        {
            await Task.Run(() => run.Stop());
        }

        await run.Completion;
    }

    private async Task RunInProcessAsync(string script)
    {
        var start = me.Process(script);
        await using var process = TerminalRun.WithPipes(start);
        await MeddleAsync();
        if (point.Interruption == Interruption.Kill)
        {
            await process.KillAsync();
        }

        await process.EndAsync();
    }

    private async Task MeddleAsync()
    {
        if (point.During is { } call)
        {
            await me.ReceivesAsync(call);
            point.Damage?.Invoke(FolderOf(Marks().Single()));
        }
    }

    private string FolderOf(string mark) => Path.Combine(StateHome, "EcsFargateLogin", "sessions", mark);

    /// <summary>The ids of all sessions that a task was asked for.</summary>
    private string[] Marks() =>
        [.. me.Calls("RunTask").Select(call => (string)call.Parameters["startedBy"]!).Distinct()];

    /// <summary>Whether a program runs that was given a file of one of the sessions.</summary>
    private bool HasProcesses(string[] marks) => Array.Exists(
        Directory.GetDirectories("/proc"),
        process => CommandLineOf(process) is var line
            && Array.Exists(marks, mark => line.Contains(FolderOf(mark), StringComparison.Ordinal)));

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline"));
        }
        catch (IOException)
        {
            return "";
        }
    }
}
