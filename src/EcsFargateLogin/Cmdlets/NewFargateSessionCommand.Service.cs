using EcsFargateLogin.Model;

namespace EcsFargateLogin.Cmdlets;

// Start from what runs already: an application's service or task definition.
public sealed partial class NewFargateSessionCommand
{
    private const string LoginSet = "TaskDefinition";
    private const string ApplicationSet = "FromTaskDefinition";

    /// <summary>What a service gives, by the parameter that takes its place.</summary>
    private static readonly Dictionary<string, ServiceParts> PartsOfService = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(TaskDefinition)] = ServiceParts.TaskDefinition,
        [nameof(FromTaskDefinition)] = ServiceParts.TaskDefinition,
        [nameof(Subnet)] = ServiceParts.Subnets,
        [nameof(SecurityGroup)] = ServiceParts.SecurityGroups,
        [nameof(AssignPublicIp)] = ServiceParts.AssignPublicIp,
        [nameof(PlatformVersion)] = ServiceParts.PlatformVersion,
        [nameof(CapacityProvider)] = ServiceParts.CapacityProvider,
        [nameof(Tag)] = ServiceParts.Tags,
    };

    /// <summary>What the user starts, in their own words.</summary>
    private string Subject => TaskDefinition.Length > 0 ? TaskDefinition : FromTaskDefinition ?? Service ?? "";

    /// <summary>The cluster: the one that was given, or that a service's ARN tells.</summary>
    private string ClusterOfRecord => IsGiven(nameof(Cluster)) ? Cluster : ServiceChoice?.Cluster ?? Cluster;

    /// <summary>What is taken from the service: all that was not given otherwise.</summary>
    private ServiceChoice? ServiceChoice => Service is null ? null : new ServiceChoice(
        Service,
        PartsOfService.Where(part => IsGiven(part.Key)).Aggregate(ServiceParts.All, (parts, part) => parts & ~part.Value));

    /// <summary>
    /// Whether something that counts for more than a preset's file takes the place of what it says, without being the same
    /// parameter: another kind of task definition, other credentials, or a service and what comes with it.
    /// </summary>
    private bool IsSuperseded(string parameter, string file) => parameter switch
    {
        nameof(TaskDefinition) when IsGiven(nameof(FromTaskDefinition)) => true,
        nameof(FromTaskDefinition) when IsGiven(nameof(TaskDefinition)) => true,
        nameof(ProfileName) or nameof(ProfileLocation) when IsBound(nameof(Credential)) || IsBound(nameof(AccessKey)) => true,
        _ => PartsOfService.ContainsKey(parameter)
            && (IsBound(nameof(Service)) || (_sources.TryGetValue(nameof(Service), out var giver) && giver != file)),
    };

    /// <summary>Notes which parameters the service gives.</summary>
    private void NoteService()
    {
        if (ServiceChoice is not { Parts: not ServiceParts.None } choice)
        {
            return;
        }

        var given = PartsOfService
            .Where(part => choice.Parts.HasFlag(part.Value) && part.Key != nameof(FromTaskDefinition))
            .Select(part => part.Key)
            .ToList();
        given.ForEach(parameter => _sources.Add(parameter, $"service {choice.Name}"));
        WriteVerbose($"Service '{choice.Name}' gives {string.Join(", ", given)}.");
    }
}
