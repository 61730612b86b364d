using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>
/// A place where one schedule runs after the other: three PowerShells with a small disk of their own for the journal, which can be
/// filled and be made read-only. As root the disk is a tmpfs in a mount namespace, which is gone with its last process;
/// otherwise it is a folder that is always well.
/// </summary>
internal sealed class Lane : IAsyncDisposable
{
    private const string FillName = "fill";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The time limit of what a user does: connections that stall are waited for, one after the other.</summary>
    private static readonly TimeSpan ScriptLimit = TimeSpan.FromMinutes(6);

    private readonly StandingPowerShell?[] _shells = new StandingPowerShell?[4];
    private readonly string _home = Directory.CreateTempSubdirectory("fargate-login-lane-").FullName;
    private readonly Process? _namespace;

    private Lane(Process? mountNamespace) => _namespace = mountNamespace;

    /// <summary>The PowerShells that users sit at.</summary>
    public const int Users = 3;

    /// <summary>The PowerShell that nothing happens to, which lists and stops what a schedule has left.</summary>
    public const int Sweeper = 3;

    /// <summary>Whether the disk can be filled.</summary>
    public bool HasDisk => _namespace is not null;

    /// <summary>The folder of the disk, as its PowerShells see it.</summary>
    public string Disk => Path.Combine(_home, "disk");

    /// <summary>The same folder, as this process sees it.</summary>
    public string SeenDisk => HasDisk ? $"/proc/{_namespace!.Id}/root{Disk}" : Disk;

    public static async Task<Lane> OpenAsync()
    {
        Lane lane = new(Environment.IsPrivilegedProcess
            ? Process.Start(new ProcessStartInfo("unshare", ["--mount", "cat"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })
            : null);
        Directory.CreateDirectory(lane.Disk);
        if (lane.HasDisk)
        {
            var own = File.ResolveLinkTarget("/proc/self/ns/mnt", returnFinalTarget: false)!.Name;
            await Eventually.BecomesAsync(
                () => File.ResolveLinkTarget($"/proc/{lane._namespace!.Id}/ns/mnt", returnFinalTarget: false)!.Name != own,
                () => "unshare has made no mount namespace.");
            await lane.MountAsync("-t", "tmpfs", "-o", "size=16m", "tmpfs");
        }

        return lane;
    }

    /// <summary>One of the PowerShells; a new one where the last has ended.</summary>
    public async Task<StandingPowerShell> ShellAsync(int number)
    {
        if (_shells[number] is { Process.HasEnded: true } ended)
        {
            _shells[number] = null;
            await ended.Process.DisposeAsync();
        }

        return _shells[number] ??= StandingPowerShell.Start(Inside, ScriptLimit);
    }

    /// <summary>The PowerShells of the users that run, by their numbers.</summary>
    public IReadOnlyList<StandingPowerShell> Running =>
        [.. _shells.Take(Users).OfType<StandingPowerShell>().Where(shell => !shell.Process.HasEnded)];

    /// <summary>Ends the PowerShells of the users, whatever they do.</summary>
    public async Task EndShellsAsync()
    {
        for (var i = 0; i < Users; i++)
        {
            if (_shells[i] is { } shell)
            {
                await shell.Process.DisposeAsync();
                _shells[i] = null;
            }
        }
    }

    /// <summary>Leaves so many bytes of the disk free.</summary>
    public async Task FillAsync(int free)
    {
        var drive = new DriveInfo(SeenDisk);
        var count = Math.Max(0, drive.AvailableFreeSpace - free);
        var page = new byte[4096];
        try
        {
            await using FileStream fill = new(
                Path.Combine(SeenDisk, FillName), FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            for (; count > 0; count -= page.Length)
            {
                await fill.WriteAsync(page.AsMemory(0, (int)Math.Min(count, page.Length)));
            }
        }
        catch (IOException)
        {
            // Another trouble at the same time, or a user, has made it full or read-only already.
        }
    }

    /// <summary>Makes the disk read-only, unless somebody has a file open there to write: a lock, for one.</summary>
    public async Task<bool> TryForbidWritesAsync() => (await TryMountAsync("-o", "remount,ro")).ExitCode == 0;

    /// <summary>Makes the disk as it was.</summary>
    public async Task MendDiskAsync()
    {
        if (HasDisk)
        {
            await MountAsync("-o", "remount,rw");
            File.Delete(Path.Combine(SeenDisk, FillName));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndShellsAsync();
        if (_shells[Sweeper] is { } sweeper)
        {
            await sweeper.DisposeAsync();
        }

        if (_namespace is not null)
        {
            _namespace.Kill();
            await _namespace.WaitForExitAsync().WaitAsync(Limit);
            _namespace.Dispose();
        }

        Directory.Delete(_home, recursive: true);
    }

    private ProcessStartInfo Inside(ProcessStartInfo inner)
    {
        // A PowerShell that is killed leaves files and sockets there.
        inner.Environment["TMPDIR"] = _home;
        if (!HasDisk)
        {
            return inner;
        }

        ProcessStartInfo start = new(
            "nsenter", [$"--mount=/proc/{_namespace!.Id}/ns/mnt", $"--wdns={_home}", inner.FileName, .. inner.ArgumentList]);
        foreach (var (name, value) in inner.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private async Task MountAsync(params string[] arguments) =>
        Assert.Equal(new ProcessResult(0, "", ""), await TryMountAsync(arguments));

    private Task<ProcessResult> TryMountAsync(params string[] arguments) =>
        EngineProcess.RunAsync(Inside(new ProcessStartInfo("mount", [.. arguments, Disk])), limit: Limit);
}
