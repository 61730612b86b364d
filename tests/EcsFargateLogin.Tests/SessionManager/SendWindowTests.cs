using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>The messages that wait for their acknowledgement.</summary>
public sealed class SendWindowTests
{
    private readonly ManualClock _clock = new();
    private readonly byte[] _frame = new byte[32 * 1024];

    [Fact]
    public void Messages_are_taken_in_order_and_once()
    {
        var window = WindowOf(new ChannelPace());
        Add(window, 3);

        Assert.Equal([0, 1, 2], TakeAll(window));
        Assert.Empty(TakeAll(window));
    }

    [Fact]
    public void The_window_takes_no_more_than_its_size_until_the_oldest_is_acknowledged()
    {
        var window = WindowOf(new ChannelPace { FirstWindow = 4, LargestWindow = 4 });

        Assert.Equal(4, Add(window, 10));
        TakeAll(window);
        window.Acknowledge(1);
        Assert.Equal(0, Add(window, 10));
        window.Acknowledge(0);
        Assert.Equal(2, Add(window, 10));
        Assert.Equal(4, window.Count);
        Assert.Equal([4, 5], TakeAll(window));
    }

    [Fact]
    public void Urgent_messages_exceed_the_window_but_not_for_ever()
    {
        var window = WindowOf(new ChannelPace { FirstWindow = 4, LargestWindow = 4 });
        Add(window, 4);

        var added = Enumerable.Range(0, 100).Count(_ => window.TryAdd(PayloadType.Flag, [1], [], isUrgent: true));

        Assert.Equal(16, added);
    }

    [Fact]
    public void The_window_grows_while_acknowledgements_come_in_time_and_shrinks_when_they_do_not()
    {
        var window = WindowOf(new ChannelPace { FirstWindow = 64, LargestWindow = 512 });
        var sizes = Enumerable.Range(0, 6).Select(_ => Round(window)).ToList();

        Assert.Equal([64, 128, 256, 512, 512, 512], sizes);

        Add(window, 1000);
        TakeAll(window);
        _clock.Advance(2000);
        Assert.True(window.FindLate());
        Assert.Single(TakeAll(window));
        AcknowledgeAll(window);
        Assert.InRange(Round(window), 200, 300);
    }

    [Fact]
    public void Only_the_oldest_is_sent_again_after_its_time()
    {
        var window = WindowOf(new ChannelPace());
        Add(window, 3);
        TakeAll(window);

        _clock.Advance(150);
        Assert.False(window.FindLate());
        _clock.Advance(100);
        Assert.True(window.FindLate());
        Assert.Equal([0], TakeAll(window));
        Assert.False(window.FindLate());
    }

    [Fact]
    public void After_a_lost_message_the_next_lost_one_follows_at_once()
    {
        var window = WindowOf(new ChannelPace());
        Add(window, 3);
        TakeAll(window);
        window.Acknowledge(1);
        _clock.Advance(300);
        window.FindLate();
        Assert.Equal([0], TakeAll(window));

        window.Acknowledge(0);

        Assert.Equal([2], TakeAll(window));
    }

    [Fact]
    public void A_new_connection_gets_what_is_not_acknowledged()
    {
        var window = WindowOf(new ChannelPace());
        Add(window, 5);
        TakeAll(window);
        window.Acknowledge(0);
        window.Acknowledge(3);

        window.Rewind();

        Assert.Equal([1, 2, 4], TakeAll(window));
    }

    [Fact]
    public void A_pause_lets_one_message_pass_whose_acknowledgement_ends_it()
    {
        var window = WindowOf(new ChannelPace());
        window.Pause(isPaused: true);

        Assert.Equal(1, Add(window, 10));
        Assert.Equal([0], TakeAll(window));
        window.Acknowledge(0);
        Assert.Equal(10, Add(window, 10));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Acknowledgements_of_what_was_never_sent_do_nothing(long number)
    {
        var window = WindowOf(new ChannelPace());
        Add(window, 3);
        TakeAll(window);

        window.Acknowledge(number);

        Assert.Equal(3, window.Count);
    }

    [Fact]
    public void What_was_not_sent_yet_cannot_be_acknowledged()
    {
        var window = WindowOf(new ChannelPace());
        Add(window, 1);

        window.Acknowledge(0);

        Assert.Equal([0], TakeAll(window));
    }

    private SendWindow WindowOf(ChannelPace pace) => new(pace, _clock);

    private static int Add(SendWindow window, int count)
    {
        var added = 0;
        while (added < count && window.TryAdd(PayloadType.Output, [1, 2], [3]))
        {
            added++;
        }

        return added;
    }

    private List<long> TakeAll(SendWindow window)
    {
        List<long> numbers = [];
        while (window.Take(_frame) is > 0 and var length)
        {
            Assert.True(ChannelMessage.TryRead(_frame.AsMemory(0, length), out var message));
            Assert.Equal([1, 2, 3], message.Payload.ToArray());
            numbers.Add(message.Number);
        }

        return numbers;
    }

    /// <summary>Fills the window, and acknowledges all of it in time.</summary>
    private int Round(SendWindow window)
    {
        var added = Add(window, 10_000);
        var numbers = TakeAll(window);
        _clock.Advance(50);
        numbers.ForEach(window.Acknowledge);
        return added;
    }

    private static void AcknowledgeAll(SendWindow window)
    {
        for (var number = 0; number < 10_000; number++)
        {
            window.Acknowledge(number);
        }
    }
}
