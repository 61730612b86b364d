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

    /// <summary>The number of calls of StopTask.</summary>
    public int Stops => me.Calls("StopTask").Count;

    /// <summary>Runs a point to its end, whatever that is, and mends everything afterwards.</summary>
    /// <param name="point">The point.</param>
    /// <param name="swept">Where it is put when it is there, whatever comes of it.</param>
    public static async Task RunAsync(FaultPoint point, ConcurrentBag<SweptSession> swept)
    {
        SweptSession session = new(point, await Operator.StartAsync());
        swept.Add(session);
        session.Break();
        await (point.Interruption == Interruption.Kill ? session.KillAsync()
            : point.NeedsProcess ? session.RunApartAsync()
            : session.RunHereAsync());
        session.Mend();
    }

    /// <summary>Says what is wrong, now that what was listed has been stopped.</summary>
    /// <param name="listed">The ids that Get-FargateSession has listed.</param>
    public async Task<IReadOnlyList<string>> LeaksAsync(IReadOnlyCollection<string> listed)
    {
        var ids = Ids();
        // Those that were not listed, or were stopped when they were.
        var closed = ids.Where(id => !listed.Contains(id) || Fargate.Tasks.Any(task => task.StartedBy == id)).ToList();
        List<string> leaks =
        [
            .. from task in Fargate.Tasks where task.StopCode is null select $"task {task.StartedBy} runs on unseen",
            .. from id in closed
               where File.Exists(Path.Combine(FolderOf(id), "id_ed25519"))
               select $"the key of {id} is left",
            .. from id in ids
               where Directory.Exists(FolderOf(id)) && !listed.Contains(id)
               select $"the folder of {id} is left",
            .. from id in closed
               from rule in Fargate.IngressRules(Fargate.SecurityGroups[0])
               where rule.Contains(id, StringComparison.Ordinal)
               select $"the rule of {id} is left: {rule}",
            .. from id in ids
               // Where no answer said that the task stops, the session was closed by the process that listed it.
               where !listed.Contains(id) && !point.Faults.OfType<RequestFault>().Any(fault => fault.Operation == "StopTask")
               where IsHeldHere(FolderOf(id))
               select $"the lock of {id} is held",
        ];
        if (leaks.Count == 0)
        {
            await Eventually.BecomesAsync(
                () => Fargate.Tasks.All(task => task.Phase == TaskPhase.Stopped && !task.IsAlive) && !HasProcesses(ids),
                () => $"{point}: a process is left.");
        }

        return [.. leaks.Select(leak => $"{point}: {leak}")];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var folder in Ids().Select(FolderOf).Where(Directory.Exists))
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
        $PSDefaultParameterValues['New-FargateSession:AuthorizeMyAddress'] = $true
        $PSDefaultParameterValues['New-FargateSession:MyAddress'] = '198.51.100.7'
        $PSDefaultParameterValues['New-FargateSession:AssignPublicIp'] = '{{(point.IsPrivate ? "Disabled" : "Enabled")}}'
        {{point.Script}}
        """;

    private void Mend()
    {
        Assert.All(Fargate.Faults.All, fault => Assert.True(fault.Uses > 0, $"{point}: {fault} did not happen."));
        Fargate.Faults.Clear();
    }

    private Task RunApartAsync() => Task.WhenAll(me.RunApartAsync(Script(), point.Input ?? ""), MeddleAsync());

    private async Task RunHereAsync()
    {
        var run = me.Start(Script());
        await MeddleAsync();
        if (point.Interruption == Interruption.Stop)
        {
            await Task.Run(() => run.Stop());
        }

        await run.Completion;
    }

    private async Task KillAsync()
    {
        await using var process = TerminalRun.WithPipes(me.Process(Script()));
        await MeddleAsync();
        await process.KillAsync();
    }

    private async Task MeddleAsync()
    {
        if (point.During is { } call)
        {
            await me.ReceivesAsync(call);
            point.Damage?.Invoke(FolderOf(Ids().Single()));
        }
    }

    private string FolderOf(string id) => Path.Combine(StateHome, "EcsFargateLogin", "sessions", id);

    /// <summary>The ids of all sessions that a task was asked for.</summary>
    private string[] Ids() =>
        [.. me.Calls("RunTask").Select(call => (string)call.Parameters["startedBy"]!).Distinct()];

    /// <summary>Whether this process, in which scripts run, has a file of the session open.</summary>
    private static bool IsHeldHere(string folder) => Array.Exists(
        Directory.GetFiles("/proc/self/fd"),
        file => new FileInfo(file).LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true);

    /// <summary>Whether a program runs that was given a file of one of the sessions.</summary>
    private bool HasProcesses(string[] ids) => Array.Exists(
        Directory.GetDirectories("/proc"),
        process => CommandLineOf(process) is var line
            && Array.Exists(ids, id => line.Contains(FolderOf(id), StringComparison.Ordinal)));

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
