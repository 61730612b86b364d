namespace EcsFargateLogin.Cloud;

/// <summary>Whether somebody may do something.</summary>
/// <param name="PrincipalArn">The user or the role; not a session of a role.</param>
/// <param name="Action">The action, such as ecs:RunTask.</param>
/// <param name="Resource">The ARN of what it is done to.</param>
internal sealed record PermissionQuestion(string PrincipalArn, string Action, string Resource)
{
    /// <summary>What policies' conditions look at, such as ecs:cluster.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a policy simulator says.</summary>
/// <param name="IsAllowed">Whether the policies allow it.</param>
/// <param name="MissingContext">What else their conditions look at, without which the answer is not certain.</param>
internal sealed record PermissionAnswer(bool IsAllowed, IReadOnlyList<string> MissingContext);
