using System.Text.Json.Serialization;
using EcsFargateLogin.Aws.Clients;

namespace EcsFargateLogin.Aws.Ecs;

/// <summary>Every input and output of the operations of <see cref="EcsClient"/>, for System.Text.Json.</summary>
[JsonSerializable(typeof(RunTaskInput))]
[JsonSerializable(typeof(RunTaskOutput))]
[JsonSerializable(typeof(DescribeTasksInput))]
[JsonSerializable(typeof(DescribeTasksOutput))]
[JsonSerializable(typeof(StopTaskInput))]
[JsonSerializable(typeof(StopTaskOutput))]
[JsonSerializable(typeof(ExecuteCommandInput))]
[JsonSerializable(typeof(ExecuteCommandOutput))]
[JsonSerializable(typeof(ListTasksInput))]
[JsonSerializable(typeof(ListTasksOutput))]
[JsonSerializable(typeof(DescribeTaskDefinitionInput))]
[JsonSerializable(typeof(DescribeTaskDefinitionOutput))]
[JsonSerializable(typeof(WholeTaskDefinitionOutput))]
[JsonSerializable(typeof(RegisterTaskDefinitionInput))]
[JsonSerializable(typeof(RegisterTaskDefinitionOutput))]
[JsonSerializable(typeof(DescribeClustersInput))]
[JsonSerializable(typeof(DescribeClustersOutput))]
[JsonSerializable(typeof(DescribeServicesInput))]
[JsonSerializable(typeof(DescribeServicesOutput))]
[JsonSerializable(typeof(ListServicesInput))]
[JsonSerializable(typeof(ListServicesOutput))]
[JsonSerializable(typeof(ListClustersInput))]
[JsonSerializable(typeof(ListClustersOutput))]
[JsonSerializable(typeof(ListTaskDefinitionFamiliesInput))]
[JsonSerializable(typeof(ListTaskDefinitionFamiliesOutput))]
[JsonSerializable(typeof(ListTaskDefinitionsInput))]
[JsonSerializable(typeof(ListTaskDefinitionsOutput))]
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
internal sealed partial class EcsShapes : JsonSerializerContext
{
    internal static EcsShapes OnWire { get; } = new(WireJson.CreateOptions());
}
