using FsCheck;
using FsCheck.Fluent;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Chaos;

/// <summary>A fault in the path to a task, and what goes through that path.</summary>
/// <param name="Route">The parameters of New-FargateSession that choose the route.</param>
/// <param name="Use">The use of the session.</param>
/// <param name="Fault">The fault.</param>
internal sealed record PathPoint(string Route, Use Use, Fault Fault)
{
    /// <summary>Connections are given up sooner than by default where a path stalls.</summary>
    public const string ShortPatience = "@('ServerAliveInterval=2', 'ServerAliveCountMax=2')";

    /// <summary>FsCheck's size, which these generators do not depend on.</summary>
    private const int Size = 50;

    private static readonly string[] SshRoutes =
        ["-Route Public", "-AssignPublicIp Disabled -Route InstanceConnect", "-AssignPublicIp Disabled -Route SessionManager"];

    /// <summary>The points: bytes of the first 4 KiB and messages of the first hundred, the early ones more often.</summary>
    public static readonly Gen<PathPoint> Gen = FsCheck.Fluent.Gen.Frequency(
        (3, from route in FsCheck.Fluent.Gen.Elements(SshRoutes)
            from use in FsCheck.Fluent.Gen.Elements(Uses.All.AsEnumerable())
            from fault in Bytes
            select new PathPoint(route, use, fault)),
        (1, from route in FsCheck.Fluent.Gen.Elements(SshRoutes[2], "-Transport EcsExec")
            from use in FsCheck.Fluent.Gen.Elements(Uses.Command, Uses.Shell, Uses.Copy)
            from fault in Messages
            select new PathPoint(route, use, fault)));

    private static Gen<Fault> Bytes =>
        from kind in FsCheck.Fluent.Gen.Choose(0, 6)
        from direction in FsCheck.Fluent.Gen.Elements(PathDirection.ToTask, PathDirection.ToClient)
        from at in FsCheck.Fluent.Gen.Frequency(
            (1, FsCheck.Fluent.Gen.Choose(0, 63)), (3, FsCheck.Fluent.Gen.Choose(0, 4095)))
        from skips in FsCheck.Fluent.Gen.Elements(0, 0, 0, 0, 1, 1, 2, 3)
        from bit in FsCheck.Fluent.Gen.Choose(0, 7)
        select (Fault)(kind switch
        {
            0 => new PathReset { Direction = direction, At = at, Skips = skips },
            1 => new PathClosed { Direction = direction, At = at, Skips = skips },
            2 => new PathStalled { Direction = direction, At = at, Skips = skips },
            3 => new PathLate { Direction = direction, At = at, Skips = skips, By = TimeSpan.FromMilliseconds(100) },
            4 => new ByteFlipped { Direction = direction, At = at, Skips = skips, Bits = (byte)(1 << bit) },
            5 => new ByteRepeated { Direction = direction, At = at, Skips = skips },
            _ => new ByteLost { Direction = direction, At = at, Skips = skips },
        });

    private static Gen<Fault> Messages =>
        from kind in FsCheck.Fluent.Gen.Choose(0, 5)
        from direction in FsCheck.Fluent.Gen.Elements(ChannelDirection.ToAgent, ChannelDirection.ToClient)
        from acknowledges in FsCheck.Fluent.Gen.Frequency((3, FsCheck.Fluent.Gen.Constant(false)), (1, FsCheck.Fluent.Gen.Constant(true)))
        from skips in FsCheck.Fluent.Gen.Frequency((1, FsCheck.Fluent.Gen.Choose(0, 5)), (1, FsCheck.Fluent.Gen.Choose(0, 100)))
        from at in FsCheck.Fluent.Gen.Choose(0, 200)
        select (Fault)(kind switch
        {
            0 => new ChannelCut { Direction = direction, IsAcknowledgement = acknowledges, Skips = skips, SaysBye = at % 2 == 0 },
            1 => new MessageFlipped { Direction = direction, IsAcknowledgement = acknowledges, Skips = skips, Byte = at },
            2 => new MessageLost { Direction = direction, IsAcknowledgement = acknowledges, Skips = skips },
            3 => new MessageDuplicated { Direction = direction, IsAcknowledgement = acknowledges, Skips = skips },
            4 => new MessageReordered { Direction = direction, IsAcknowledgement = acknowledges, Skips = skips },
            _ => new MessageLate
            {
                Direction = direction, IsAcknowledgement = acknowledges, Skips = skips, By = TimeSpan.FromMilliseconds(500),
            },
        });

    /// <summary>The point of a seed, and those of the seeds that follow.</summary>
    public static IEnumerable<PathPoint> From(int seed, int count) =>
        Enumerable.Range(seed, count).Select(each => Gen.Sample(1, new Rnd((ulong)each), Size)[0] with { Seed = each });

    /// <summary>The seed that it came of.</summary>
    public int Seed { get; init; }

    /// <summary>Runs it, and says what speaks against the invariants.</summary>
    /// <param name="lane">Where it runs.</param>
    /// <returns>The violations, and whether the fault has happened.</returns>
    public async Task<(IReadOnlyList<string> Violations, bool HasHappened)> RunAsync(Lane lane)
    {
        await using var world = await World.OpenAsync(lane);
        var fault = world.Fargate.Faults.Add(Fault with { });
        await world.RunAsync(
            0,
            $$"""
            $PSDefaultParameterValues['*-Fargate*:Option'] = {{ShortPatience}}
            $global:session = New-FargateSession {{Route}} -StartTimeout 30 -Wait
            """);
        await world.RunAsync(0, $"if ($global:session) {{ {Use.Script} }} else {{ '{World.NoSession}' }}", Use);
        await world.RunAsync(0, "if ($global:session) { $global:session | Stop-FargateSession }");
        return (Invariants.Violations(await world.CloseAsync()), fault.Uses > 0);
    }

    public override string ToString() => $"seed {Seed}: {Route} {Use} {Fault}";
}
