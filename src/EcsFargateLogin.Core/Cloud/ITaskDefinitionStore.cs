using System.Text.Json.Nodes;

namespace EcsFargateLogin.Cloud;

/// <summary>
/// Task definitions whole, as ECS keeps them: what one of them has is carried over to another one whether or not this module
/// knows what it is for. Throws as <see cref="IFargateCloud"/> does.
/// </summary>
internal interface ITaskDefinitionStore
{
    /// <summary>Reads a task definition by family, family:revision or ARN.</summary>
    /// <returns>TaskDefinition in the words of ECS's service model; the caller's own.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.TaskDefinitionNotFound"/> when there is none.</exception>
    Task<JsonObject> ReadAsync(string taskDefinition, CancellationToken cancellationToken);

    /// <summary>Registers a task definition, or a further revision of one.</summary>
    /// <param name="definition">
    /// RegisterTaskDefinitionRequest in the words of ECS's service model, of which those members count that a task for
    /// sessions can have.
    /// </param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The ARN of the new revision.</returns>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.QuotaExceeded"/> when its family takes no further one.
    /// </exception>
    Task<string> RegisterAsync(JsonObject definition, CancellationToken cancellationToken);
}
