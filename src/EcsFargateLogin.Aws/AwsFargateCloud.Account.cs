using EcsFargateLogin.Aws.Clients;
using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Aws.Iam;
using EcsFargateLogin.Aws.Sts;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

// The account's resources to choose from, and the data for the doctor's checks.
internal sealed partial class AwsFargateCloud : IFargateCatalog, IAccountSurvey
{
    private const string Active = "ACTIVE";

    /// <summary>ECS's maximum; its default is 10.</summary>
    private const int ServicesPerPage = 100;

    public Task<IReadOnlyList<string>> ListClustersAsync(CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            EcsCall("ListClusters"),
            async (next, token) =>
            {
                var output = await ecs.ListClustersAsync(new(next), token);
                return Page.Of(output.ClusterArns, output.NextToken);
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> ListServicesAsync(string cluster, CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            EcsCall("ListServices") with { Cluster = cluster },
            async (next, token) =>
            {
                var output = await ecs.ListServicesAsync(new(cluster, ServicesPerPage, next), token);
                return Page.Of(output.ServiceArns, output.NextToken);
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> ListTaskDefinitionFamiliesAsync(CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            EcsCall("ListTaskDefinitionFamilies"),
            async (next, token) =>
            {
                var output = await ecs.ListTaskDefinitionFamiliesAsync(new(Active, next), token);
                return Page.Of(output.Families, output.NextToken);
            },
            cancellationToken);

    public Task<IReadOnlyList<string>> ListTaskDefinitionsAsync(string family, CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            EcsCall("ListTaskDefinitions"),
            async (next, token) =>
            {
                ListTaskDefinitionsInput input = new(family, Active, "DESC", next);
                var output = await ecs.ListTaskDefinitionsAsync(input, token);
                return Page.Of(output.TaskDefinitionArns, output.NextToken);
            },
            cancellationToken);

    public Task<IReadOnlyList<SubnetDescription>> DescribeSubnetsAsync(CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(Ec2Call("DescribeSubnets"), ec2.DescribeSubnetsAsync, cancellationToken);

    public Task<IReadOnlyList<SecurityGroupDescription>> DescribeSecurityGroupsAsync(CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(Ec2Call("DescribeSecurityGroups"), ec2.DescribeSecurityGroupsAsync, cancellationToken);

    public Task<IReadOnlyList<InstanceConnectEndpoint>> DescribeInstanceConnectEndpointsAsync(CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            Ec2Call("DescribeInstanceConnectEndpoints"),
            (next, token) => ec2.DescribeInstanceConnectEndpointsAsync(vpcId: null, wantsFips: false, next, token),
            cancellationToken);

    private ServiceCall Ec2Call(string operation) => new($"ec2:{operation}", ec2.Endpoint, Connection.CredentialSource);

    public IFargateCatalog Catalog => this;

    public IAccountSurvey Survey => this;

    async Task<CallerIdentity> IAccountSurvey.GetCallerAsync(CancellationToken cancellationToken)
    {
        // At most once a run, so no client is kept for every session.
        using var sts = surveyClients.CreateSts();
        var call = new ServiceCall("sts:GetCallerIdentity", sts.Endpoint, Connection.CredentialSource);
        return await ServiceCalls.SendAsync(call, sts.GetCallerAsync, cancellationToken);
    }

    Task<IReadOnlyList<SubnetDescription>> IAccountSurvey.FindSubnetsAsync(
        IReadOnlyCollection<string> subnetIds, CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            Ec2Call("DescribeSubnets"), (next, token) => ec2.FindSubnetsAsync(subnetIds, next, token), cancellationToken);

    Task<IReadOnlyList<RouteTableDescription>> IAccountSurvey.DescribeRouteTablesAsync(
        string vpcId, CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            Ec2Call("DescribeRouteTables"),
            (next, token) => ec2.DescribeRouteTablesAsync(vpcId, next, token),
            cancellationToken);

    Task<IReadOnlyList<SecurityGroupIngress>> IAccountSurvey.FindSecurityGroupsAsync(
        IReadOnlyCollection<string> securityGroupIds, CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            Ec2Call("DescribeSecurityGroups"),
            (next, token) => ec2.FindSecurityGroupsAsync(securityGroupIds, next, token),
            cancellationToken);

    async Task<string> IAccountSurvey.GetRoleArnAsync(string roleName, CancellationToken cancellationToken)
    {
        using var iam = surveyClients.CreateIam();
        var call = new ServiceCall("iam:GetRole", iam.Endpoint, Connection.CredentialSource);
        return await ServiceCalls.SendAsync(call, token => iam.GetRoleArnAsync(roleName, token), cancellationToken);
    }

    async Task<PermissionReply> IAccountSurvey.SimulateAsync(PermissionQuestion question, CancellationToken cancellationToken)
    {
        using var iam = surveyClients.CreateIam();
        var call = new ServiceCall("iam:SimulatePrincipalPolicy", iam.Endpoint, Connection.CredentialSource);
        return await ServiceCalls.SendAsync(call, token => iam.SimulateAsync(question, token), cancellationToken);
    }
}

/// <summary>Creates the clients of a survey, which sessions do not need.</summary>
/// <param name="CreateSts">Creates the client that identifies the caller.</param>
/// <param name="CreateIam">Creates the client that simulates policies.</param>
internal sealed record SurveyClients(Func<StsClient> CreateSts, Func<IamClient> CreateIam);
