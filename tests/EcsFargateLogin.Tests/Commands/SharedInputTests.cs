using EcsFargateLogin.Commands;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Commands;

/// <summary>SharedInput: readers at their own pace, and a writer that is never far ahead of them.</summary>
public sealed class SharedInputTests
{
    private readonly FargateSession _fast = new(new SessionRecord { SessionId = "fast" });
    private readonly FargateSession _slow = new(new SessionRecord { SessionId = "slow" });

    [Fact]
    public async Task The_writer_waits_for_the_slowest_reader()
    {
        SharedInput input = new([_fast, _slow], keepsAll: false);
        MemoryStream read = new();
        var reading = input.FeedAsync(_fast, read, CancellationToken.None);

        input.Add(new byte[SharedInput.Lead]);
        var room = input.WaitForRoomAsync();
        await Eventually.Async(() => read.Length == SharedInput.Lead, () => $"{read.Length} bytes were read");
        Assert.False(room.IsCompleted);
        var late = input.FeedAsync(_slow, Stream.Null, CancellationToken.None);

        await room;
        input.Complete();
        await Task.WhenAll(reading, late);
    }

    [Fact]
    public async Task Every_reader_reads_every_byte_also_when_others_have_ended_before()
    {
        SharedInput input = new([_fast, _slow], keepsAll: true);
        var bytes = new byte[3 * SharedInput.Lead];
        Random.Shared.NextBytes(bytes);
        MemoryStream first = new(), second = new();

        input.Add(bytes.AsSpan(0, 10));
        input.Add(bytes.AsSpan(10));
        Assert.True(input.WaitForRoomAsync().IsCompleted);
        input.Complete();
        await input.FeedAsync(_fast, first, CancellationToken.None);
        await input.FeedAsync(_slow, second, CancellationToken.None);

        Assert.Equal(bytes, first.ToArray());
        Assert.Equal(bytes, second.ToArray());
    }

    [Fact]
    public async Task Nobody_waits_for_a_reader_that_has_left()
    {
        SharedInput input = new([_fast, _slow], keepsAll: false);
        var reading = input.FeedAsync(_fast, Stream.Null, CancellationToken.None);
        input.Add(new byte[2 * SharedInput.Lead]);
        var room = input.WaitForRoomAsync();

        input.Leave(_slow);
        await room;
        input.Leave(_fast);
        await reading;

        input.Add(new byte[2 * SharedInput.Lead]);
        Assert.True(input.WaitForRoomAsync().IsCompleted);
    }
}
