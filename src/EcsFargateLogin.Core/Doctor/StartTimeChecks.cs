using System.Text.RegularExpressions;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;

namespace EcsFargateLogin.Doctor;

/// <summary>
/// Says where the time of a start goes, from this machine's history, and what AWS's published figures say about shortening it: three
/// rows at most, and none where there is nothing to say.
/// </summary>
/// <param name="history">This machine's history of starts.</param>
internal sealed partial class StartTimeChecks(StartHistory history) : ICheckGroup
{
    private const string Check = "start time";
    private const int MostRows = 3;

    /// <summary>A pull from which on its compression, an index or a nearer registry make a difference that a user notices.</summary>
    private static readonly TimeSpan LongPull = TimeSpan.FromSeconds(10);

    /// <summary>A start of the container's own programs, from which on more CPU makes such a difference.</summary>
    private static readonly TimeSpan LongStart = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var request = examination.Request;
        if (request.TaskDefinition is not { } definition)
        {
            return;
        }

        var region = examination.Cloud.Connection.Region;
        var starts = StartHistory.Of(history.Read().Starts, definition, region);
        var pull = StartHistory.MedianOf(starts, start => start.Phases.Pull);
        var own = StartHistory.MedianOf(starts, start => start.Phases.Container + (start.Phases.Server ?? TimeSpan.Zero));
        List<(string Detail, string Fix)> rows = [];
        if (StartHistory.UsualOf(starts, definition, region) is { } usual)
        {
            rows.Add((
                FormattableString.Invariant($"usually {usual.TotalSeconds:0} s, of which the pull takes {pull?.TotalSeconds ?? 0:0} s ")
                + $"(median of {starts.Count} starts: Get-FargateSession -History)",
                pull >= LongPull ? AdviceOnPull : ""));
        }

        if (AdviceOnRegistry(examination, pull) is { } registry)
        {
            rows.Add(registry);
        }

        if (AdviceOnCpu(examination, pull, own) is { } cpu)
        {
            rows.Add(cpu);
        }

        foreach (var (detail, fix) in rows.Take(MostRows))
        {
            await (fix.Length == 0 ? examination.PassAsync(Check, detail) : examination.WarnAsync(Check, detail, fix));
        }
    }

    /// <summary>AWS's figures: 27 % less time by zstd; SOCI helps images from about 250 MB (compressed) on.</summary>
    private const string AdviceOnPull =
        "Compress the image's layers with zstd (AWS measured starts up to 27 % shorter), leave out what sessions do not need, and "
        + "from about 250 MB on add a SOCI index, with which Fargate starts before all of the image is there.";

    /// <summary>
    /// Fargate keeps no images: every start pulls the whole image, over the internet where the registry is not the region's ECR.
    /// </summary>
    private static (string Detail, string Fix)? AdviceOnRegistry(Examination examination, TimeSpan? pull)
    {
        var region = examination.Cloud.Connection.Region;
        if ((string?)examination.Container?["image"] is not { } image || pull < LongPull)
        {
            return null;
        }

        var registry = EcrRegistry().Match(image);
        return !registry.Success
                ? pull is null ? null : ($"the image {image} is pulled from outside of AWS's region", $"Push it to ECR in {region}.")
            : registry.Groups["region"].Value is var other && other != region
                ? ($"the image is pulled from ECR in {other}, and the task runs in {region}", $"Replicate it to ECR in {region}.")
            : pull is not null && examination.PullsByNat
                ? ("the layers of the image, which ECR keeps in S3, are pulled by a NAT gateway",
                    "Add a gateway endpoint for S3 to the route table of the subnets; it costs nothing.")
            : null;
    }

    /// <summary>Published measurements of one application: 120, 80 and 35 s until it ran, with 0.25, 0.5 and 1 vCPU.</summary>
    private static (string Detail, string Fix)? AdviceOnCpu(Examination examination, TimeSpan? pull, TimeSpan? own)
    {
        const int Enough = 1024;
        var cpu = examination.Request.Size.Cpu
            ?? TaskSizeRule.Of(TaskSizeValue.Cpu).Parse((string?)examination.Definition?["cpu"]);
        return cpu < Enough && (own >= LongStart || pull >= LongPull)
            ? ($"{TaskSize.TextOfCpu(cpu.Value)} unpacks the image and starts the container's programs",
                "Give -Cpu 1 and the -Memory that goes with it: at 0.25, 0.5 and 1 vCPU an application needed 120, 80 and 35 s.")
            : null;
    }

    [GeneratedRegex(@"^[0-9]{12}\.dkr[.-]ecr(-fips)?\.(?<region>[a-z0-9-]+)\.(amazonaws\.com(\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)/")]
    private static partial Regex EcrRegistry();
}
