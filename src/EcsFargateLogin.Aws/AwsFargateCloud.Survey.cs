using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

// What tells whether a session can be reached.
internal sealed partial class AwsFargateCloud : IAccountSurvey
{
    public IAccountSurvey Survey => this;

    async Task<CallerIdentity> IAccountSurvey.GetCallerAsync(CancellationToken cancellationToken)
    {
        // Once a run at most: not worth a client for every session.
        using var sts = surveyClients.CreateSts();
        var call = new ServiceCall("sts:GetCallerIdentity", sts.Endpoint, Connection.CredentialSource);
        return await SendAsync(call, sts.GetCallerAsync, cancellationToken);
    }

    Task<IReadOnlyList<SubnetDescription>> IAccountSurvey.FindSubnetsAsync(
        IReadOnlyCollection<string> subnetIds, CancellationToken cancellationToken) =>
        AllPagesAsync(
            Ec2Call("DescribeSubnets"), (next, token) => ec2.FindSubnetsAsync(subnetIds, next, token), cancellationToken);

    Task<IReadOnlyList<RouteTableDescription>> IAccountSurvey.DescribeRouteTablesAsync(
        string vpcId, CancellationToken cancellationToken) =>
        AllPagesAsync(
            Ec2Call("DescribeRouteTables"),
            (next, token) => ec2.DescribeRouteTablesAsync(vpcId, next, token),
            cancellationToken);

    Task<IReadOnlyList<SecurityGroupIngress>> IAccountSurvey.FindSecurityGroupsAsync(
        IReadOnlyCollection<string> securityGroupIds, CancellationToken cancellationToken) =>
        AllPagesAsync(
            Ec2Call("DescribeSecurityGroups"),
            (next, token) => ec2.FindSecurityGroupsAsync(securityGroupIds, next, token),
            cancellationToken);

    async Task<string> IAccountSurvey.GetRoleArnAsync(string roleName, CancellationToken cancellationToken)
    {
        using var iam = surveyClients.CreateIam();
        var call = new ServiceCall("iam:GetRole", iam.Endpoint, Connection.CredentialSource);
        return await SendAsync(call, token => iam.GetRoleArnAsync(roleName, token), cancellationToken);
    }

    async Task<PermissionAnswer> IAccountSurvey.SimulateAsync(PermissionQuestion question, CancellationToken cancellationToken)
    {
        using var iam = surveyClients.CreateIam();
        var call = new ServiceCall("iam:SimulatePrincipalPolicy", iam.Endpoint, Connection.CredentialSource);
        return await SendAsync(call, token => iam.SimulateAsync(question, token), cancellationToken);
    }
}
