using EcsFargateLogin.Aws.Errors;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

// The rules of security groups.
internal sealed partial class AwsFargateCloud
{
    public async Task<bool> AuthorizeIngressAsync(IngressRule rule, CancellationToken cancellationToken)
    {
        try
        {
            await ServiceCalls.SendAsync(
                IngressCall("AuthorizeSecurityGroupIngress", rule.SecurityGroupId),
                async token =>
                {
                    await ec2.AuthorizeSecurityGroupIngressAsync(rule, token);
                    return true;
                },
                cancellationToken);
            return true;
        }
        catch (FargateException exception) when (exception.ErrorCode == "InvalidPermission.Duplicate")
        {
            return false;
        }
    }

    public Task RevokeIngressAsync(IngressRule rule, CancellationToken cancellationToken) => UnlessGoneAsync(
        IngressCall("RevokeSecurityGroupIngress", rule.SecurityGroupId),
        token => ec2.RevokeSecurityGroupIngressAsync(rule, token),
        cancellationToken);

    public Task UpdateIngressDescriptionAsync(IngressRule rule, CancellationToken cancellationToken) => UnlessGoneAsync(
        IngressCall("UpdateSecurityGroupRuleDescriptionsIngress", rule.SecurityGroupId),
        token => ec2.UpdateSecurityGroupRuleDescriptionsIngressAsync(rule, token),
        cancellationToken);

    public Task<IReadOnlyList<IngressRule>> DescribeIngressAsync(string? securityGroupId, CancellationToken cancellationToken) =>
        ServiceCalls.AllPagesAsync(
            IngressCall("DescribeSecurityGroups", securityGroupId),
            (next, token) => ec2.DescribeIngressAsync(securityGroupId, next, token),
            cancellationToken);

    private ServiceCall IngressCall(string operation, string? securityGroupId) =>
        Ec2Call(operation) with { SecurityGroups = securityGroupId is null ? [] : [securityGroupId] };

    /// <summary>Changes a rule; does nothing if the rule is gone.</summary>
    private static async Task UnlessGoneAsync(
        ServiceCall call, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await ServiceCalls.SendAsync(
                call,
                async token =>
                {
                    await work(token);
                    return true;
                },
                cancellationToken);
        }
        catch (FargateException exception) when (exception.ErrorCode is "InvalidPermission.NotFound" or "InvalidGroup.NotFound")
        {
        }
    }
}
