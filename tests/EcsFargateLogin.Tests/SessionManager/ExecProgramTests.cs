using System.Collections.Concurrent;
using System.Text;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.SessionManager;

/// <summary>Programs of ECS Exec, against an agent in memory.</summary>
public sealed class ExecProgramTests
{
    private static readonly TimeSpan Limit = Eventually.Limit;

    private readonly ConcurrentQueue<(PayloadType Type, string Data)> _received = [];

    [Fact]
    public async Task The_size_comes_before_the_script_and_again_while_nobody_types()
    {
        var script = ExecScript.WithTerminal("true", new TerminalSize(97, 31));
        await using ScriptedGateway gateway = new() { Agent = Agent() };
        await using var program = await OpenAsync(gateway, script);
        using CancellationTokenSource leaving = new();

        var running = program.RunAsync(_ => { }, _ => { }, leaving.Token);
        await Eventually.Async(() => Sizes().Length >= 3, () => $"{_received.Count}");
        await leaving.CancelAsync();

        Assert.Equal(new ExecEnd(null, null), await running.WaitAsync(Limit));
        Assert.All(Sizes(), size => Assert.Equal("""{"cols":97,"rows":31}""", size));
        Assert.Equal(PayloadType.Size, _received.First().Type);
        Assert.Equal(Encoding.ASCII.GetString(script.FirstLine.Span), Input());
    }

    [Fact]
    public async Task Input_waits_for_the_script_and_the_exit_code_ends_it()
    {
        var script = ExecScript.WithPipes("cat");
        var agent = Agent();
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var program = await OpenAsync(gateway, script);
        StringBuilder output = new();
        var running = program.RunAsync(
            bytes => output.Append(Encoding.UTF8.GetString(bytes.Span)), _ => { }, CancellationToken.None);
        var sending = program.SendAsync("one"u8.ToArray(), CancellationToken.None).AsTask();
        await Eventually.Async(() => Input().EndsWith('\n'), Input);
        Assert.False(sending.IsCompleted);

        agent.SendData([.. script.Marker, (byte)'r', .. script.Marker, (byte)'b']);
        await sending.WaitAsync(Limit);
        await Eventually.Async(() => Input().EndsWith("one\n", StringComparison.Ordinal), Input);
        agent.SendData([.. "out"u8, .. script.Marker[..5]]);
        agent.SendData([.. script.Marker[5..], .. "x7;"u8]);
        agent.SendControl(MessageType.ChannelClosed, """{"Output":""}""");

        Assert.Equal(7, (await running.WaitAsync(Limit)).ExitCode);
        Assert.Equal("out", output.ToString());
    }

    [Fact]
    public async Task An_end_without_an_exit_code_has_the_words_of_the_gateway()
    {
        var agent = Agent();
        await using ScriptedGateway gateway = new() { Agent = agent };
        await using var program = await OpenAsync(gateway, ExecScript.WithPipes("cat"));
        var running = program.RunAsync(_ => { }, _ => { }, CancellationToken.None);

        agent.SendControl(MessageType.ChannelClosed, """{"Output":"Your session timed out due to inactivity."}""");

        var end = await running.WaitAsync(Limit);
        Assert.Equal((null, "Your session timed out due to inactivity."), (end.ExitCode, end.Channel?.Output));
        await Assert.ThrowsAnyAsync<Exception>(() => program.SendAsync("x"u8.ToArray(), CancellationToken.None).AsTask());
    }

    private string[] Sizes() =>
        [.. _received.Where(each => each.Type == PayloadType.Size).Select(each => each.Data)];

    private string Input() =>
        string.Concat(_received.Where(each => each.Type == PayloadType.Output).Select(each => each.Data));

    private ScriptedAgent Agent() => new()
    {
        Handshake = null,
        OnReady = agent => agent.SendData("\n"u8),
        OnData = (type, data) => _received.Enqueue((type, Encoding.UTF8.GetString(data))),
    };

    private static Task<ExecProgram> OpenAsync(ScriptedGateway gateway, ExecScript script) => ExecProgram.OpenAsync(
        gateway, gateway.Ticket, ScriptedGateway.Target, script, gateway.Options with { Clock = new HastyClock() }, CancellationToken.None)
        .WaitAsync(Limit);

    /// <summary>The system's clock, on which the interval of the keep-alive is short.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(
                callback, state, dueTime == ExecProgram.KeepAliveInterval ? TimeSpan.FromMilliseconds(20) : dueTime, period);
    }
}
