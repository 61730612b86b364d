using System.Diagnostics;
using EcsFargateLogin.EndToEnd.Sweep;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>What goes wrong while a user does something.</summary>
internal abstract record Trouble
{
    /// <summary>Makes it happen, and mends it where it does not outlast the act.</summary>
    /// <param name="world">The schedule's world.</param>
    /// <param name="user">The number of the user.</param>
    /// <param name="act">Does the act.</param>
    /// <returns>Whether it has happened; false for a fault of the account, which itself counts its uses.</returns>
    public abstract Task<bool> DuringAsync(World world, int user, Func<Task> act);
}

/// <summary>A fault of AWS, or in the path. It goes on until the end of the schedule, or until it is used up.</summary>
/// <param name="Fault">The fault.</param>
internal sealed record FaultTrouble(Fault Fault) : Trouble
{
    public override async Task<bool> DuringAsync(World world, int user, Func<Task> act)
    {
        world.Fargate.Faults.Add(Fault with { });
        await act();
        return false;
    }

    public override string ToString() => $"{Fault}";
}

/// <summary>The credentials have ended, and are renewed after the act.</summary>
internal sealed record CredentialsEnded : Trouble
{
    public override async Task<bool> DuringAsync(World world, int user, Func<Task> act)
    {
        var fault = world.Fargate.Faults.Add(new ExpiredCredentials());
        await act();
        world.Fargate.Faults.Remove(fault);
        return fault.Uses > 0;
    }

    public override string ToString() => "the credentials have ended";
}

/// <summary>A signal to the user's PowerShell.</summary>
/// <param name="Signal">Its name: INT, TERM, HUP or KILL.</param>
/// <param name="AfterCalls">It comes after so many calls to AWS, or after the act if there are fewer.</param>
/// <param name="Delay">The time that it comes later.</param>
internal sealed record SignalTrouble(string Signal, int AfterCalls, TimeSpan Delay) : Trouble
{
    /// <summary>Whether the processes that it has started get it too, as Ctrl+C in a terminal does it.</summary>
    public bool ToChildren { get; init; }

    public override async Task<bool> DuringAsync(World world, int user, Func<Task> act)
    {
        var before = world.Fargate.Calls.Count;
        var shell = await world.ShellAsync(user);
        var doing = act();
        while (!doing.IsCompleted && world.Fargate.Calls.Count - before < AfterCalls)
        {
            await Task.WhenAny(doing, Task.Delay(10));
        }

        await Task.WhenAny(doing, Task.Delay(Delay));
        var isSent = !shell.Process.HasEnded;
        if (isSent)
        {
            await SendAsync(ToChildren ? ProcessView.Family(shell.Process.Id) : [shell.Process.Id]);
        }

        await doing;
        return isSent;
    }

    public override string ToString() =>
        $"{(ToChildren ? "Ctrl+C" : Signal)} {Delay.TotalMilliseconds:0} ms after call {AfterCalls}";

    private async Task SendAsync(IEnumerable<int> processes)
    {
        // One of them may have ended meanwhile.
        using var kill = Process.Start(
            new ProcessStartInfo("kill", ["-s", Signal, "--", .. processes.Select(id => $"{id}")]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync();
    }
}

/// <summary>The disk with the journal has no room, or is read-only, for as long as the act lasts.</summary>
/// <param name="Free">The bytes that are free; null for a disk that is read-only.</param>
internal sealed record DiskTrouble(int? Free) : Trouble
{
    public override async Task<bool> DuringAsync(World world, int user, Func<Task> act)
    {
        if (!world.Lane.HasDisk)
        {
            await act();
            return false;
        }

        var isDone = true;
        if (Free is { } free)
        {
            await world.Lane.FillAsync(free);
        }
        else
        {
            isDone = await world.Lane.TryForbidWritesAsync();
        }

        try
        {
            await act();
            return isDone;
        }
        finally
        {
            await world.Lane.MendDiskAsync();
        }
    }

    public override string ToString() => Free is { } free ? $"{free} bytes of disk" : "a read-only disk";
}

/// <summary>A file of the journal is damaged before the act.</summary>
/// <param name="Kind">The damage.</param>
/// <param name="Which">Counts the folders of sessions, round.</param>
internal sealed record DamageTrouble(DamageKind Kind, int Which) : Trouble
{
    public override async Task<bool> DuringAsync(World world, int user, Func<Task> act)
    {
        var folders = Directory.Exists(world.Sessions) ? Directory.GetDirectories(world.Sessions).Order().ToArray() : [];
        var isDone = folders.Length > 0 && TryDamage(folders[Which % folders.Length]);
        world.HasLostFolder |= isDone && Kind == DamageKind.FolderDeleted;
        await act();
        return isDone;
    }

    public override string ToString() => $"{Kind}";

    private bool TryDamage(string folder)
    {
        try
        {
            Damage(folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The session has ended meanwhile, or earlier damage has put a folder in the place of the file.
            return false;
        }
    }

    private void Damage(string folder)
    {
        var entry = Path.Combine(folder, "session.json");
        var history = Path.Combine(folder, "..", "..", "starts.json");
        switch (Kind)
        {
            case DamageKind.KeyDeleted:
                FolderDamage.KeyDeleted(folder);
                break;
            case DamageKind.KeyEmpty:
                File.WriteAllText(Path.Combine(folder, "id_ed25519"), "");
                break;
            case DamageKind.FolderDeleted:
                Directory.Delete(folder, recursive: true);
                break;
            case DamageKind.EntryGarbled:
                FolderDamage.EntryGarbled(folder);
                break;
            case DamageKind.EntryEmpty:
                File.WriteAllText(entry, "");
                break;
            case DamageKind.EntryOfAnotherVersion:
                File.WriteAllText(entry, "{ \"version\": 7 }");
                break;
            case DamageKind.EntryBinary:
                File.WriteAllBytes(entry, [0, 0xff, 0x1b, (byte)'[', (byte)'3', (byte)'1', (byte)'m', 0x9b]);
                break;
            case DamageKind.EntryInTheWay:
                FolderDamage.EntryInTheWay(folder);
                break;
            case DamageKind.KnownHostsGarbled:
                File.WriteAllText(Path.Combine(folder, "known_hosts"), "\u001b[31m garbage");
                break;
            default:
                File.WriteAllText(history, "[{\u001b[31m");
                break;
        }
    }
}

/// <summary>The kinds of damage.</summary>
internal enum DamageKind
{
    /// <summary>The private key is deleted.</summary>
    KeyDeleted,

    /// <summary>The private key is empty.</summary>
    KeyEmpty,

    /// <summary>The folder of the session is deleted.</summary>
    FolderDeleted,

    /// <summary>The entry is no JSON.</summary>
    EntryGarbled,

    /// <summary>The entry is empty.</summary>
    EntryEmpty,

    /// <summary>A later version of the module has written the entry.</summary>
    EntryOfAnotherVersion,

    /// <summary>The entry is binary, with control characters.</summary>
    EntryBinary,

    /// <summary>The entry is a folder.</summary>
    EntryInTheWay,

    /// <summary>known_hosts holds something else.</summary>
    KnownHostsGarbled,

    /// <summary>The history of starts is no JSON.</summary>
    HistoryGarbled,
}
