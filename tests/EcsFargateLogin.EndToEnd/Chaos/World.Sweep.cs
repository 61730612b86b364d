using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Tasks;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>The end of a schedule: what is left is listed and stopped, by a PowerShell that nothing happens to.</summary>
internal sealed partial class World
{
    /// <summary>What is listed is stopped, and what is damaged is removed; all that remains is said.</summary>
    private const string Sweep =
        """
        $WarningPreference = 'SilentlyContinue'
        $sessions = @(Get-FargateSession -Mine; if ($env:BYCLUSTER) { Get-FargateSession -Cluster local -Status RUNNING, PENDING, PROVISIONING, ACTIVATING })
        $sessions | ForEach-Object { "listed $($_.SessionId)" }
        $sessions | Where-Object TaskArn | Stop-FargateSession
        $named = @($sessions | Where-Object TaskArn).SessionId
        $sessions | Where-Object { -not $_.TaskArn -and $_.SessionId -notin $named } | ForEach-Object { Stop-FargateSession -SessionId $_.SessionId -Cluster local }
        Get-FargateSession -Mine | ForEach-Object { "left $($_.SessionId) $($_.Status)" }
        """;

    /// <summary>The time after which it is known whether a call of RunTask that was not answered has started a task, and more.</summary>
    private static readonly TimeSpan UncertainLimit = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan UncertainPause = TimeSpan.FromSeconds(10);

    /// <summary>The time that what holds a folder has to go once its session has ended.</summary>
    private static readonly TimeSpan HolderLimit = TimeSpan.FromSeconds(20);

    /// <summary>Sweeps; again, as the error says, where it is not known yet whether RunTask has started a task.</summary>
    private async Task<ProcessResult> SweepAsync()
    {
        await Task.WhenAll(Lane.Running.Select(shell => TryRunAsync(shell, Closing(), "")));
        var listed = "";
        for (var begunAt = Stopwatch.GetTimestamp(); ; await Task.Delay(UncertainPause))
        {
            var sweep = await SweepOnceAsync();
            listed += sweep.Output;
            var time = Stopwatch.GetElapsedTime(begunAt);
            if (!sweep.Error.Contains("whether a task", StringComparison.Ordinal) || time > UncertainLimit)
            {
                return sweep with { Output = listed };
            }

            if (time > UncertainLimit / 2)
            {
                MakeOldWhereOnlyAnHourCanTell();
            }

            listed = string.Concat(listed.Split('\n').Where(line => line.StartsWith("listed ", StringComparison.Ordinal)).Select(line => $"{line}\n"));
        }
    }

    /// <summary>Ages the sessions with an account that nobody knows.</summary>
    private void MakeOldWhereOnlyAnHourCanTell()
    {
        var folders = new DirectoryInfo(Sessions).GetDirectories().Select(SessionFolder.TryRead).OfType<SessionFolder>();
        foreach (var folder in folders.Where(folder => !folder.HasAccount))
        {
            folder.MakeOld();
        }
    }

    private async Task<ProcessResult> SweepOnceAsync()
    {
        var sweeper = await Lane.ShellAsync(Lane.Sweeper);
        var start = ProcessOfUser(Sweep);
        start.Environment["BYCLUSTER"] = HasLostFolder ? "yes" : "";
        return await TryRunAsync(sweeper, start, "") ?? new ProcessResult(1, "", "The sweep did not end.");
    }

    /// <summary>A user closes the tunnels, which last as long as their PowerShell.</summary>
    private ProcessStartInfo Closing() => ProcessOfUser(
        "Get-FargateTunnel | Stop-FargateTunnel -KeepSession 2>$null; Remove-Variable session -Scope Global -ErrorAction Ignore");

    private async Task<IReadOnlyList<string>> HoldersAsync()
    {
        string[] folders = [_me.StateHome, Path.Combine(Lane.Disk, HomeName)];
        using CancellationTokenSource limit = new(HolderLimit);
        while (true)
        {
            var holders = ProcessView.Holders(folders, [.. Lane.Running.Select(shell => shell.Process.Id)]);
            var live = Fargate.Tasks.Any(task => task.Phase != TaskPhase.Stopped || task.IsAlive);
            if (holders.Count == 0 && !live)
            {
                return [];
            }

            if (limit.IsCancellationRequested)
            {
                return [.. holders, .. holders.Count > 0 ? Fargate.Sessions.Select(session => $"a channel of Session Manager: {session}") : []];
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }
}
