using EcsFargateLogin.Foundation;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Foundation;

public sealed class OwnerOnlyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_lock_is_waited_for_until_it_is_free()
    {
        using TemporaryFolder folder = new();
        var path = Path.Combine(folder.Path, "lock");
        var first = await OwnerOnly.LockFileAsync(path, Long, CancellationToken.None);
        var second = OwnerOnly.LockFileAsync(path, Long, CancellationToken.None);
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();

        await using var held = await second;
        await Assert.ThrowsAsync<IOException>(() => OwnerOnly.LockFileAsync(path, TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task Waiting_for_a_lock_can_be_cancelled_and_needs_a_folder()
    {
        using TemporaryFolder folder = new();
        var path = Path.Combine(folder.Path, "lock");
        await using var held = await OwnerOnly.LockFileAsync(path, Long, CancellationToken.None);
        using CancellationTokenSource cancellation = new();
        var waiting = OwnerOnly.LockFileAsync(path, Long, cancellation.Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => OwnerOnly.LockFileAsync(Path.Combine(folder.Path, "no", "lock"), Long, CancellationToken.None));
    }
}
