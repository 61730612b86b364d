using EcsFargateLogin.Model;

namespace EcsFargateLogin.Presets;

/// <summary>
/// The rules about parameters of New-FargateSession that depend on each other: which values of a preset other parameters
/// supersede, and what a service gives.
/// </summary>
internal static class PresetRules
{
    public const string AuthorizeMyAddress = "AuthorizeMyAddress";
    public const string Cluster = "Cluster";
    public const string FromTaskDefinition = "FromTaskDefinition";
    public const string Port = "Port";
    public const string SecurityGroup = "SecurityGroup";
    public const string Service = "Service";
    public const string Subnet = "Subnet";
    public const string TaskDefinition = "TaskDefinition";

    private const string AccessKey = "AccessKey";
    private const string Credential = "Credential";
    private const string DefaultCluster = "default";
    private const string ProfileLocation = "ProfileLocation";
    private const string ProfileName = "ProfileName";

    /// <summary>The parameters with the group and the port of the rule of -AuthorizeMyAddress.</summary>
    private static readonly string[] ParametersOfIngress = [SecurityGroup, Port];

    /// <summary>The part of a service that each parameter replaces.</summary>
    private static readonly Dictionary<string, ServiceParts> PartsOfService = new(StringComparer.OrdinalIgnoreCase)
    {
        [TaskDefinition] = ServiceParts.TaskDefinition,
        [FromTaskDefinition] = ServiceParts.TaskDefinition,
        [Subnet] = ServiceParts.Subnets,
        [SecurityGroup] = ServiceParts.SecurityGroups,
        ["AssignPublicIp"] = ServiceParts.AssignPublicIp,
        ["PlatformVersion"] = ServiceParts.PlatformVersion,
        ["CapacityProvider"] = ServiceParts.CapacityProvider,
        ["Tag"] = ServiceParts.Tags,
    };

    /// <summary>All names of parameters that the rules mention.</summary>
    public static IEnumerable<string> Names =>
    [
        AuthorizeMyAddress, Cluster, Service, AccessKey, Credential, ProfileLocation, ProfileName,
        .. ParametersOfIngress, .. PartsOfService.Keys,
    ];

    /// <summary>
    /// Whether a value that has precedence over a preset's file replaces another parameter of the file: another kind of task
    /// definition, other credentials, or a service and its parts.
    /// </summary>
    /// <param name="values">The values that are given so far.</param>
    /// <param name="name">The parameter's name.</param>
    /// <param name="file">The preset's file.</param>
    public static bool IsSuperseded(ParameterValues values, string name, string file) => name switch
    {
        TaskDefinition when values.IsGiven(FromTaskDefinition) => true,
        FromTaskDefinition when values.IsGiven(TaskDefinition) => true,
        ProfileName or ProfileLocation when values.IsBound(Credential) || values.IsBound(AccessKey) => true,
        _ => PartsOfService.ContainsKey(name)
            && (values.IsBound(Service) || (values.FileOf(Service) is { } other && other != file)),
    };

    /// <summary>
    /// The warning about a value of a preset that is left out; null for none. No preset gives this machine's address access to a
    /// group or port that another file names, which is a project's: for that the user types the switch, having seen which group
    /// it is.
    /// </summary>
    /// <inheritdoc cref="IsSuperseded"/>
    public static string? WarningAbout(ParameterValues values, string name, string file) =>
        name == AuthorizeMyAddress
        && Array.Find(ParametersOfIngress, each => values.FileOf(each) is { } other && other != file) is { } named
            ? $"AuthorizeMyAddress of the preset in '{file}' is left out, because {named} comes from '{values.FileOf(named)}'. Type "
                + "-AuthorizeMyAddress to allow this machine's address there."
            : null;

    /// <summary>Throws unless the values name a service, or a task definition and a subnet.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.MissingMandatoryParameter"/>.</exception>
    public static void ThrowUnlessComplete(ParameterValues values)
    {
        if (values.IsGiven(Service))
        {
            return;
        }

        List<string> missing = [];
        if (!values.IsGiven(TaskDefinition) && !values.IsGiven(FromTaskDefinition))
        {
            missing.Add(TaskDefinition);
        }

        if (!values.IsGiven(Subnet))
        {
            missing.Add(Subnet);
        }

        if (missing.Count > 0)
        {
            throw PresetErrors.MissingMandatoryParameter(missing);
        }
    }

    /// <summary>The task definition or service that is started, as the user names it.</summary>
    public static string SubjectOf(ParameterValues values) =>
        values.Get<string>(TaskDefinition) ?? values.Get<string>(FromTaskDefinition) ?? values.Get(Service, "");

    /// <summary>The cluster: the given one, or the one in a service's ARN.</summary>
    public static string ClusterOf(ParameterValues values) =>
        (values.IsGiven(Cluster) ? null : ServiceOf(values)?.Cluster) ?? values.Get(Cluster, DefaultCluster);

    /// <summary>The service, with those of its parts that are not given otherwise; null for none.</summary>
    public static ServiceChoice? ServiceOf(ParameterValues values) => values.Get<string>(Service) is not { } service ? null
        : new ServiceChoice(service, PartsOfService
            .Where(part => values.IsGiven(part.Key))
            .Aggregate(ServiceParts.All, (parts, part) => parts & ~part.Value));

    /// <summary>
    /// The source of each parameter that is not bound and has one, by its name: a preset's file, or the service.
    /// </summary>
    public static IReadOnlyDictionary<string, string> SourcesOf(ParameterValues values)
    {
        Dictionary<string, string> sources = new(values.Files, StringComparer.Ordinal);
        if (ServiceOf(values) is { } service)
        {
            foreach (var name in GivenBy(service))
            {
                sources.Add(name, $"service {service.Name}");
            }
        }

        return sources;
    }

    /// <summary>The parameters that the service gives.</summary>
    public static IReadOnlyList<string> GivenBy(ServiceChoice service) =>
    [
        .. PartsOfService
            .Where(part => service.Includes(part.Value) && part.Key != FromTaskDefinition)
            .Select(part => part.Key),
    ];
}
