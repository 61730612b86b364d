using System.Net;
using System.Runtime.CompilerServices;
using LocalFargate;
using LocalFargate.Tasks;

namespace Benchmarks;

/// <summary>
/// The routes through AWS beside an address that is reached, with agents at the pace of the genuine one: logins to tasks that
/// run, starts from a place that reaches no address, copies, and a channel that is cut. Each is tried in turns, in one PowerShell.
/// </summary>
internal sealed class RoutesBenchmark : IBenchmark
{
    /// <summary>The bytes that are copied to the task, and from it.</summary>
    private const double Uploaded = 100e6;
    private const double Downloaded = 30e6;

    private const double SlowestUpload = 4e6;
    private const double ShareOfPace = 0.95;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(10);

    public string Name => "routes";

    public async IAsyncEnumerable<Measurement> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var inside = await RunAsync("routes.ps1", IPAddress.Parse("10.8.0.2"), cancellationToken);
        yield return new("login at the private address", "s", [.. inside["login-Private"]]);
        yield return More("  more through Instance Connect", inside, "login-InstanceConnect", "login-Private", limit: 0.15);
        yield return More("  more through Session Manager", inside, "login-SessionManager", "login-Private", limit: 0.3);
        yield return new("100 MB to the task through Session Manager", "s", [.. inside["upload"]])
        {
            MaximumLimit = Uploaded / SlowestUpload,
        };
        var pace = 1024 / new SessionManagerOptions().AgentInterval.TotalSeconds;
        yield return new(
            "30 MB from the task, by the time that the agent's pace takes", "×",
            [.. inside["download"].Select(time => time * pace / Downloaded)])
        {
            MaximumLimit = 1 / ShareOfPace,
        };
        yield return new("longest pause of a command's output, the channel being cut", "s", [.. inside["cut"]]) { MaximumLimit = 2 };

        var outside = await RunAsync("routes-outside.ps1", addressOfVpn: null, cancellationToken);
        yield return new("session with a command, Instance Connect named", "s", [.. outside["InstanceConnect"]]);
        yield return new("session with a command, Session Manager named", "s", [.. outside["SessionManager"]]);
        yield return More("  more with Auto than with the first", outside, "Auto", "InstanceConnect", limit: 1);
    }

    private static Measurement More(string subject, ILookup<string, double> times, string one, string other, double limit) =>
        new(subject, "s", [.. times[one].Zip(times[other], (longer, shorter) => longer - shorter)]) { MedianLimit = limit };

    private static async Task<ILookup<string, double>> RunAsync(
        string script, IPAddress? addressOfVpn, CancellationToken cancellationToken)
    {
        LocalFargateOptions options = new()
        {
            Timeline = Timeline.StartingWithin(TimeSpan.FromSeconds(2)),
            Operator = new OperatorPlace(IPAddress.Parse("203.0.113.7")) { PrivateAddress = addressOfVpn },
        };
        await using var workstation = await Workstation.StartAsync(options, cancellationToken);
        var (fargate, group) = (workstation.Fargate, workstation.Fargate.SecurityGroups[0]);
        fargate.AddInstanceConnectEndpoint();
        fargate.AddIngressRule(group, group, fargate.SshPort, "the endpoint");
        fargate.AddIngressRule(group, "10.8.0.0/16", fargate.SshPort, "the VPN");
        await using var run = workstation.Start(script, "");
        return await run.TimesAsync(s_limit, cancellationToken);
    }
}
