using System.Net.Sockets;
using System.Text;
using EcsFargateLogin.EndToEnd.Cmdlets;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.LocalFargateTests;

/// <summary>Faults in the path of connections to a task's SSH port, whose server speaks first.</summary>
public sealed class PathFaultTests
{
    private const string Greeting = "SSH-2.0-";

    private static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Each_happens_at_its_byte_and_once()
    {
        await using var me = await Operator.StartAsync();
        Assert.Null(me.Run("$session = New-FargateSession -Route Public -Wait").TerminatingError);

        Assert.Equal("sSH-2.0-", await GreetingAsync(me, new ByteFlipped { Direction = PathDirection.ToClient, At = 0 }));
        Assert.Equal("SSSH-2.0", await GreetingAsync(me, new ByteRepeated { Direction = PathDirection.ToClient, At = 1 }));
        Assert.Equal("SH-2.0-O", await GreetingAsync(me, new ByteLost { Direction = PathDirection.ToClient, At = 1 }));
        Assert.Equal("SSH- end", await GreetingAsync(me, new PathClosed { Direction = PathDirection.ToClient, At = 4 }));
        Assert.Equal("SSH- reset", await GreetingAsync(me, new PathReset { Direction = PathDirection.ToClient, At = 4 }));
        Assert.Equal(Greeting, await GreetingAsync(me, new PathLate { Direction = PathDirection.ToClient, At = 4, By = Late }));
        Assert.True(me.Fargate.Faults.All.OfType<PathLate>().Single().Uses == 1);
        Assert.Equal(Greeting, await GreetingAsync(me, new PathReset { Direction = PathDirection.ToTask, At = 0 }));
    }

    [Fact]
    public async Task A_path_that_stalls_says_nothing_to_either_end()
    {
        await using var me = await Operator.StartAsync();
        Assert.Null(me.Run("$session = New-FargateSession -Route Public -Wait").TerminatingError);
        me.Fargate.Faults.Add(new PathStalled { Direction = PathDirection.ToClient, At = 4 });
        using var stalled = await ConnectAsync(me);
        var start = new byte[4];
        await stalled.GetStream().ReadExactlyAsync(start);
        var more = stalled.GetStream().ReadAsync(new byte[1]).AsTask();

        Assert.Equal(Greeting, await GreetingAsync(me));

        Assert.Equal("SSH-", Encoding.ASCII.GetString(start));
        Assert.False(more.IsCompleted);
    }

    /// <summary>The first eight bytes of a new connection, or those until its end and which end that is.</summary>
    private static async Task<string> GreetingAsync(Operator me, params Fault[] faults)
    {
        Array.ForEach(faults, fault => me.Fargate.Faults.Add(fault));
        using var client = await ConnectAsync(me);
        var text = new StringBuilder();
        var buffer = new byte[1];
        try
        {
            while (text.Length < Greeting.Length)
            {
                if (await client.GetStream().ReadAsync(buffer) == 0)
                {
                    return $"{text} end";
                }

                text.Append((char)buffer[0]);
            }
        }
        catch (IOException)
        {
            return $"{text} reset";
        }

        return text.ToString();
    }

    private static async Task<TcpClient> ConnectAsync(Operator me)
    {
        TcpClient client = new();
        await client.ConnectAsync(Assert.Single(me.Fargate.Tasks).PublicAddress!, me.Fargate.SshPort);
        return client;
    }
}
