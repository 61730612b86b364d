using System.Net;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Routes;

namespace EcsFargateLogin.Doctor;

/// <summary>Checks that the security groups allow this machine's address at the SSH port, for the task's own address.</summary>
internal sealed class IngressCheck : ICheckGroup
{
    private const string Ingress = "ingress";
    private const string Fix = "Give New-FargateSession -AuthorizeMyAddress, or add a rule for your address.";

    /// <inheritdoc/>
    public string Name => Ingress;

    /// <inheritdoc/>
    public async Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var request = examination.Request;
        if (request.MayUse(FargateRoute.Public) && !request.AssignPublicIp)
        {
            var error = RouteErrors.PublicWithoutAddress();
            await examination.ObstructAsync(FargateRoute.Public, "public address", Examination.Finding(error), error.NextStep);
        }

        if (request.MayUse(request.DirectRoute) && examination.SecurityGroups is { } groups)
        {
            await CheckAsync(examination, groups);
        }
    }

    private static Task CheckAsync(Examination examination, IReadOnlyList<SecurityGroupIngress> groups)
    {
        var port = examination.Request.Port;
        var sources = IngressSources.Of(groups, port);
        if (sources.IsEmpty)
        {
            return ObstructAsync(examination, $"no rule allows port {port}");
        }

        if (examination.Request.MyCidr is not { } mine)
        {
            return examination.SkipAsync(
                Ingress,
                $"port {port} is open to {sources}; whether that is you is not known", "Name your address with -MyAddress.");
        }

        return sources.Includes(mine)
            ? examination.PassAsync(Ingress, $"{mine} may connect to port {port}")
            : sources.HasPrefixList
                ? examination.SkipAsync(Ingress, $"port {port} is open to {sources}; prefix lists are not read", Fix)
                : ObstructAsync(examination, $"port {port} is open to {sources}, not to {mine}");
    }

    /// <summary>Shows that the task's address cannot be reached: a warning where another route of Auto is open.</summary>
    private static Task ObstructAsync(Examination examination, string detail)
    {
        examination.NoteObstacle(examination.Request.DirectRoute, $"{Ingress}: {detail}");
        return examination.OpenRoutes.Any()
            ? examination.WarnAsync(Ingress, detail, Fix)
            : examination.FailAsync(Ingress, detail, Fix);
    }
}

/// <summary>The sources that security groups admit to a port; the rules of several groups add up.</summary>
internal sealed class IngressSources
{
    private readonly List<string> _sources;

    private IngressSources(List<string> sources) => _sources = sources;

    /// <summary>Whether nobody is admitted.</summary>
    public bool IsEmpty => _sources.Count == 0;

    /// <summary>Whether a prefix list is among them, which is not read.</summary>
    public bool HasPrefixList => _sources.Exists(source => source.StartsWith("pl-", StringComparison.Ordinal));

    /// <summary>Returns the sources of groups for a port.</summary>
    public static IngressSources Of(IEnumerable<SecurityGroupIngress> groups, int port) => new(
    [
        .. groups.SelectMany(group => group.Permissions)
            .Where(permission => permission.Covers(port))
            .SelectMany(permission => permission.Sources)
            .Distinct(),
    ]);

    /// <summary>Whether a whole block of addresses is admitted.</summary>
    public bool Includes(string cidr) => IPNetwork.TryParse(cidr, out var block) && _sources.Exists(source =>
        IPNetwork.TryParse(source, out var network)
        && network.PrefixLength <= block.PrefixLength
        && network.Contains(block.BaseAddress));

    /// <summary>Whether a part of a block of addresses is admitted.</summary>
    public bool Overlaps(string cidr) => IPNetwork.TryParse(cidr, out var block) && _sources.Exists(source =>
        IPNetwork.TryParse(source, out var network)
        && (network.Contains(block.BaseAddress) || block.Contains(network.BaseAddress)));

    /// <summary>Whether the members of one of these security groups are admitted.</summary>
    public bool IncludesGroup(IEnumerable<string> groups) => _sources.Intersect(groups).Any();

    /// <summary>The sources, for people.</summary>
    public override string ToString() => string.Join(", ", _sources);
}

/// <summary>Says which routes are left, where several may lead to the task.</summary>
internal sealed class RouteVerdict : ICheckGroup
{
    private const string Check = "routes";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public Task RunAsync(Examination examination, CancellationToken cancellationToken)
    {
        var request = examination.Request;
        if (!request.Transport.HasSsh() || request.Route != FargateRoute.Auto || examination.VpcId is null)
        {
            return Task.CompletedTask;
        }

        var open = examination.OpenRoutes.ToList();
        var closed = string.Concat(examination.Obstacles
            .Where(obstacle => request.MayUse(obstacle.Key))
            .Select(obstacle => $"; not {obstacle.Key}: {obstacle.Value.TrimEnd('.')}"));
        return open switch
        {
            [] => examination.FailAsync(
                Check, $"none leads to the task{closed}", "Correct one of them: the rows above say what each lacks."),
            [FargateRoute.Private] => examination.WarnAsync(
                Check,
                $"Private alone, which is for machines inside the VPC or on its VPN{closed}",
                "From elsewhere use one of the others, which the rows above are about, or a -JumpHost."),
            _ => examination.PassAsync(Check, $"{string.Join(", ", open)}{closed}"),
        };
    }
}
