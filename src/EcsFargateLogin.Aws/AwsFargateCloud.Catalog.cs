using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

// What the account has to choose from.
internal sealed partial class AwsFargateCloud : IFargateCatalog
{
    private const string Active = "ACTIVE";

    /// <summary>The most that ECS takes; it gives 10 where nobody asks for more.</summary>
    private const int ServicesPerPage = 100;

    public Task<IReadOnlyList<string>> ListClustersAsync(CancellationToken cancellationToken) =>
        AllPagesAsync(
            EcsCall("ListClusters"),
            async (next, token) =>
            {
                var output = await ecs.ListClustersAsync(new(next), token);
                return Page.Of(output.ClusterArns, output.NextToken);
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> ListServicesAsync(string cluster, CancellationToken cancellationToken) =>
        AllPagesAsync(
            EcsCall("ListServices") with { Cluster = cluster },
            async (next, token) =>
            {
                var output = await ecs.ListServicesAsync(new(cluster, ServicesPerPage, next), token);
                return Page.Of(output.ServiceArns, output.NextToken);
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> ListTaskDefinitionFamiliesAsync(CancellationToken cancellationToken) =>
        AllPagesAsync(
            EcsCall("ListTaskDefinitionFamilies"),
            async (next, token) =>
            {
                var output = await ecs.ListTaskDefinitionFamiliesAsync(new(Active, next), token);
                return Page.Of(output.Families, output.NextToken);
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> ListTaskDefinitionsAsync(string family, CancellationToken cancellationToken) =>
        AllPagesAsync(
            EcsCall("ListTaskDefinitions"),
            async (next, token) =>
            {
                ListTaskDefinitionsInput input = new(family, Active, "DESC", next);
                var output = await ecs.ListTaskDefinitionsAsync(input, token);
                return Page.Of(output.TaskDefinitionArns, output.NextToken);
            },
            cancellationToken);

    public Task<IReadOnlyList<SubnetDescription>> DescribeSubnetsAsync(CancellationToken cancellationToken) =>
        AllPagesAsync(Ec2Call("DescribeSubnets"), ec2.DescribeSubnetsAsync, cancellationToken);

    public Task<IReadOnlyList<SecurityGroupDescription>> DescribeSecurityGroupsAsync(CancellationToken cancellationToken) =>
        AllPagesAsync(Ec2Call("DescribeSecurityGroups"), ec2.DescribeSecurityGroupsAsync, cancellationToken);

    private ServiceCall Ec2Call(string operation) => new($"ec2:{operation}", ec2.Endpoint, Connection.CredentialSource);
}
