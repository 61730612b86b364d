using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Doctor;

/// <summary>IAM's policy simulator. After the first failure it is not called again.</summary>
/// <param name="survey">The account.</param>
internal sealed class PolicySimulator(IAccountSurvey survey)
{
    /// <summary>The error of the failed call; null if none has failed.</summary>
    public FargateException? Failure { get; private set; }

    /// <summary>Simulates an action of a principal.</summary>
    /// <returns>Null if the simulator cannot be called.</returns>
    public async Task<PermissionReply?> SimulateAsync(PermissionQuestion question, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            return null;
        }

        try
        {
            return await survey.SimulateAsync(question, cancellationToken);
        }
        catch (FargateException e)
        {
            Failure = e;
            return null;
        }
    }

    /// <summary>Returns the user or role that has a caller's policies; null if there is none, as for the root user.</summary>
    public async Task<string?> PrincipalOfAsync(string callerArn, CancellationToken cancellationToken)
    {
        var parts = callerArn.Split(':', 6);
        return parts is not ["arn", var partition, var service, _, var account, var name] ? null
            : service == "iam" && name.StartsWith("user/", StringComparison.Ordinal) ? callerArn
            : service == "sts" && name.Split('/') is ["assumed-role", var role, _]
                ? await RoleArnAsync(role, $"arn:{partition}:iam::{account}:role/{role}", cancellationToken)
            : null;
    }

    /// <summary>Returns a role's ARN with its path, as roles of SSO have one; without path if the query fails.</summary>
    private async Task<string> RoleArnAsync(string role, string withoutPath, CancellationToken cancellationToken)
    {
        try
        {
            return await survey.GetRoleArnAsync(role, cancellationToken);
        }
        catch (FargateException)
        {
            return withoutPath;
        }
    }
}
