using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Doctor;

/// <summary>IAM's policy simulator. Whom it has refused once it is not asked for again.</summary>
/// <param name="survey">The account.</param>
internal sealed class PolicySimulator(IAccountSurvey survey)
{
    /// <summary>Why it could not be asked; null as long as it could.</summary>
    public FargateException? Refusal { get; private set; }

    /// <summary>Asks whether somebody may do something.</summary>
    /// <returns>Null where it could not be asked.</returns>
    public async Task<PermissionAnswer?> AskAsync(PermissionQuestion question, CancellationToken cancellationToken)
    {
        if (Refusal is not null)
        {
            return null;
        }

        try
        {
            return await survey.SimulateAsync(question, cancellationToken);
        }
        catch (FargateException e)
        {
            Refusal = e;
            return null;
        }
    }

    /// <summary>The user or role whose policies count for a caller; null for one that has none, such as the root user.</summary>
    public async Task<string?> PrincipalOfAsync(string callerArn, CancellationToken cancellationToken)
    {
        var parts = callerArn.Split(':', 6);
        return parts is not ["arn", var partition, var service, _, var account, var name] ? null
            : service == "iam" && name.StartsWith("user/", StringComparison.Ordinal) ? callerArn
            : service == "sts" && name.Split('/') is ["assumed-role", var role, _]
                ? await RoleArnAsync(role, $"arn:{partition}:iam::{account}:role/{role}", cancellationToken)
            : null;
    }

    /// <summary>A role's own ARN may have a path, as those of SSO do. Where it may not be asked for, most have none.</summary>
    private async Task<string> RoleArnAsync(string role, string usual, CancellationToken cancellationToken)
    {
        try
        {
            return await survey.GetRoleArnAsync(role, cancellationToken);
        }
        catch (FargateException)
        {
            return usual;
        }
    }
}
