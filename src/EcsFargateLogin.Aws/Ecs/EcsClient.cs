using Amazon.Runtime;
using EcsFargateLogin.Aws.Clients;

namespace EcsFargateLogin.Aws.Ecs;

/// <summary>
/// The client of Amazon ECS. A new operation is an input and an output record that mirror the service model, their two lines
/// in <see cref="EcsShapes"/>, and one method here.
/// </summary>
internal sealed class EcsClient(AWSCredentials credentials, ClientSettings settings)
    : AwsJsonClient(credentials, settings, "AmazonEC2ContainerServiceV20141113", EcsShapes.OnWire)
{
    internal const string ServiceId = "ECS";
    internal const string SigningName = "ecs";

    internal Task<RunTaskOutput> RunTaskAsync(RunTaskInput input, CancellationToken cancellationToken) =>
        CallAsync<RunTaskInput, RunTaskOutput>("RunTask", input, cancellationToken);

    internal Task<DescribeTasksOutput> DescribeTasksAsync(
        DescribeTasksInput input, CancellationToken cancellationToken) =>
        CallAsync<DescribeTasksInput, DescribeTasksOutput>("DescribeTasks", input, cancellationToken);

    internal Task<StopTaskOutput> StopTaskAsync(StopTaskInput input, CancellationToken cancellationToken) =>
        CallAsync<StopTaskInput, StopTaskOutput>("StopTask", input, cancellationToken);

    internal Task<ExecuteCommandOutput> ExecuteCommandAsync(ExecuteCommandInput input, CancellationToken cancellationToken) =>
        CallAsync<ExecuteCommandInput, ExecuteCommandOutput>("ExecuteCommand", input, cancellationToken);

    internal Task<ListTasksOutput> ListTasksAsync(ListTasksInput input, CancellationToken cancellationToken) =>
        CallAsync<ListTasksInput, ListTasksOutput>("ListTasks", input, cancellationToken);

    internal Task<DescribeTaskDefinitionOutput> DescribeTaskDefinitionAsync(
        DescribeTaskDefinitionInput input, CancellationToken cancellationToken) =>
        CallAsync<DescribeTaskDefinitionInput, DescribeTaskDefinitionOutput>(
            "DescribeTaskDefinition", input, cancellationToken);

    /// <summary>Returns the complete output.</summary>
    internal Task<WholeTaskDefinitionOutput> DescribeWholeTaskDefinitionAsync(
        DescribeTaskDefinitionInput input, CancellationToken cancellationToken) =>
        CallAsync<DescribeTaskDefinitionInput, WholeTaskDefinitionOutput>("DescribeTaskDefinition", input, cancellationToken);

    internal Task<RegisterTaskDefinitionOutput> RegisterTaskDefinitionAsync(
        RegisterTaskDefinitionInput input, CancellationToken cancellationToken) =>
        CallAsync<RegisterTaskDefinitionInput, RegisterTaskDefinitionOutput>(
            "RegisterTaskDefinition", input, cancellationToken);

    internal Task<DescribeClustersOutput> DescribeClustersAsync(
        DescribeClustersInput input, CancellationToken cancellationToken) =>
        CallAsync<DescribeClustersInput, DescribeClustersOutput>("DescribeClusters", input, cancellationToken);

    internal Task<DescribeServicesOutput> DescribeServicesAsync(
        DescribeServicesInput input, CancellationToken cancellationToken) =>
        CallAsync<DescribeServicesInput, DescribeServicesOutput>("DescribeServices", input, cancellationToken);

    internal Task<ListServicesOutput> ListServicesAsync(ListServicesInput input, CancellationToken cancellationToken) =>
        CallAsync<ListServicesInput, ListServicesOutput>("ListServices", input, cancellationToken);

    internal Task<ListClustersOutput> ListClustersAsync(ListClustersInput input, CancellationToken cancellationToken) =>
        CallAsync<ListClustersInput, ListClustersOutput>("ListClusters", input, cancellationToken);

    internal Task<ListTaskDefinitionFamiliesOutput> ListTaskDefinitionFamiliesAsync(
        ListTaskDefinitionFamiliesInput input, CancellationToken cancellationToken) =>
        CallAsync<ListTaskDefinitionFamiliesInput, ListTaskDefinitionFamiliesOutput>(
            "ListTaskDefinitionFamilies", input, cancellationToken);

    internal Task<ListTaskDefinitionsOutput> ListTaskDefinitionsAsync(
        ListTaskDefinitionsInput input, CancellationToken cancellationToken) =>
        CallAsync<ListTaskDefinitionsInput, ListTaskDefinitionsOutput>("ListTaskDefinitions", input, cancellationToken);
}
