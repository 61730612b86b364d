using System.Text.Json;
using System.Text.Json.Nodes;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

// Task definitions, whole.
internal sealed partial class AwsFargateCloud : ITaskDefinitionStore
{
    public ITaskDefinitionStore Definitions => this;

    async Task<JsonObject> ITaskDefinitionStore.ReadAsync(string taskDefinition, CancellationToken cancellationToken)
    {
        var call = EcsCall("DescribeTaskDefinition") with { TaskDefinition = taskDefinition };
        var input = new DescribeTaskDefinitionInput(taskDefinition);
        var output = await SendAsync(call, token => ecs.DescribeWholeTaskDefinitionAsync(input, token), cancellationToken);
        return output.TaskDefinition ?? throw CloudErrors.MalformedAnswer(call.Operation, "lacks taskDefinition");
    }

    async Task<string> ITaskDefinitionStore.RegisterAsync(JsonObject definition, CancellationToken cancellationToken)
    {
        var input = definition.Deserialize(EcsShapes.OnWire.RegisterTaskDefinitionInput)!;
        var call = EcsCall("RegisterTaskDefinition") with { TaskDefinition = input.Family };
        var output = await SendAsync(call, token => ecs.RegisterTaskDefinitionAsync(input, token), cancellationToken);
        return EcsReplies.Required(output.TaskDefinition?.TaskDefinitionArn, call.Operation, "taskDefinitionArn");
    }
}
