using System.Text.Json.Nodes;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Setup;

/// <summary>A task definition for sessions that is ready to be registered.</summary>
/// <param name="request">The user's request.</param>
/// <param name="definition">The task definition.</param>
internal sealed class DefinitionRegistration(LoginDefinitionRequest request, JsonObject definition)
{
    /// <summary>Its difference from the application's task definition, or from the family's newest revision.</summary>
    public required string Description { get; init; }

    /// <inheritdoc cref="LoginDefinition.Notes"/>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Whether sessions can read their host key from its log.</summary>
    public bool LogsToCloudWatch => (string?)Container["logConfiguration"]?["logDriver"] == "awslogs";

    private JsonObject Container => definition["containerDefinitions"]![0]!.AsObject();

    /// <summary>Reads existing task definitions and creates the new one. Changes nothing in AWS.</summary>
    /// <exception cref="FargateException">It cannot be created, or its source does not exist.</exception>
    public static async Task<DefinitionRegistration> PrepareAsync(
        IFargateCloud cloud, LoginDefinitionRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await CreateAsync(cloud, request, cancellationToken);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or InvalidCastException)
        {
            // A member has another type than ECS gives it, or is there twice.
            throw CloudErrors.MalformedReply("ecs:DescribeTaskDefinition", "holds something else than a task definition");
        }
    }

    private static async Task<DefinitionRegistration> CreateAsync(
        IFargateCloud cloud, LoginDefinitionRequest request, CancellationToken cancellationToken)
    {
        LoginDefinition login = new(request, cloud.Connection.Region);
        if (request.FromTaskDefinition is not { } name)
        {
            var newest = await FindNewestAsync(cloud, request.Family, cancellationToken);
            var container = newest?["containerDefinitions"]?[0]?.AsObject();
            return Of(request, newest, container, login, login.Create(null));
        }

        var source = await cloud.Definitions.ReadAsync(name, cancellationToken);
        if ((string?)source["family"] == request.Family)
        {
            throw SetupErrors.FamilyOfApplication(request.Family, name);
        }

        var application = ApplicationDefinition.Of(name, source, request.FromContainer);
        return Of(request, source, application.Container, login, login.Create(application));
    }

    /// <summary>Registers it.</summary>
    public async Task<FargateLoginTaskDefinition> RegisterAsync(IFargateCloud cloud, CancellationToken cancellationToken) =>
        new(await cloud.Definitions.RegisterAsync(definition, cancellationToken))
        {
            ContainerName = (string)Container["name"]!,
            Image = request.Image.Text,
            Port = request.Port,
        };

    private static DefinitionRegistration Of(
        LoginDefinitionRequest request, JsonObject? before, JsonObject? container, LoginDefinition login, JsonObject definition)
    {
        var beside = before is null ? "none of that family is there"
            : TerminalText.OneLine($"beside {(string?)before["family"]}:{before["revision"]}");
        var lines = DefinitionDifference.Lines(before, container, definition);
        return new(request, definition)
        {
            Notes = login.Notes,
            Description = string.Join('\n', [$"Register task definition '{request.Family}' ({beside}):", .. lines]),
        };
    }

    /// <summary>Returns the family's newest revision; null if there is none, or access is denied.</summary>
    private static async Task<JsonObject?> FindNewestAsync(
        IFargateCloud cloud, string family, CancellationToken cancellationToken)
    {
        try
        {
            return await cloud.Definitions.ReadAsync(family, cancellationToken);
        }
        catch (FargateException e) when (e.Error is FargateError.TaskDefinitionNotFound or FargateError.AccessDenied)
        {
            return null;
        }
    }
}
