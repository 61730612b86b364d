namespace EcsFargateLogin.Cloud;

/// <summary>
/// What tells whether a session can be reached, looked at before one is started. Throws as <see cref="IFargateCloud"/> does.
/// </summary>
internal interface IAccountSurvey
{
    /// <summary>The principal of the credentials. Asking needs no permission.</summary>
    Task<CallerIdentity> GetCallerAsync(CancellationToken cancellationToken);

    /// <summary>Those of the subnets that there are.</summary>
    Task<IReadOnlyList<SubnetDescription>> FindSubnetsAsync(
        IReadOnlyCollection<string> subnetIds, CancellationToken cancellationToken);

    /// <summary>All route tables of a VPC.</summary>
    Task<IReadOnlyList<RouteTableDescription>> DescribeRouteTablesAsync(string vpcId, CancellationToken cancellationToken);

    /// <summary>Those of the security groups that there are, with whom they let in.</summary>
    Task<IReadOnlyList<SecurityGroupIngress>> FindSecurityGroupsAsync(
        IReadOnlyCollection<string> securityGroupIds, CancellationToken cancellationToken);

    /// <summary>The ARN of a role, with the path that its sessions' ARNs lack. Takes iam:GetRole.</summary>
    Task<string> GetRoleArnAsync(string roleName, CancellationToken cancellationToken);

    /// <summary>
    /// Whether IAM's policy simulator says that a user or role may do something. Takes iam:SimulatePrincipalPolicy, and does
    /// nothing of what is asked about.
    /// </summary>
    Task<PermissionAnswer> SimulateAsync(PermissionQuestion question, CancellationToken cancellationToken);
}

/// <summary>The principal of credentials.</summary>
/// <param name="Arn">The user or the session of a role.</param>
/// <param name="ClockSkew">
/// How far AWS's clock is ahead of this machine's, to about a second; null where the answer had no time.
/// </param>
internal sealed record CallerIdentity(string Arn, TimeSpan? ClockSkew);

/// <summary>A route table.</summary>
internal sealed record RouteTableDescription
{
    /// <summary>Its id, rtb-….</summary>
    public required string Id { get; init; }

    /// <summary>Whether it holds for the subnets of its VPC that no other one names.</summary>
    public bool IsMain { get; init; }

    /// <summary>The subnets that it names.</summary>
    public IReadOnlyList<string> SubnetIds { get; init; } = [];

    /// <summary>Its routes.</summary>
    public IReadOnlyList<RouteDescription> Routes { get; init; } = [];
}

/// <summary>A route.</summary>
/// <param name="Destination">A CIDR block or the id of a prefix list.</param>
/// <param name="Target">The id of what it leads to, such as igw-… or nat-…; local for the VPC itself.</param>
/// <param name="IsActive">False where what it leads to is gone.</param>
internal sealed record RouteDescription(string Destination, string Target, bool IsActive);

/// <summary>A security group and whom it lets in.</summary>
/// <param name="Id">Its id.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="Permissions">Whom it lets in.</param>
internal sealed record SecurityGroupIngress(string Id, string? VpcId, IReadOnlyList<AllowedIngress> Permissions);

/// <summary>The traffic that a rule of a security group admits.</summary>
/// <param name="Protocol">tcp, udp, …, or -1 for all.</param>
/// <param name="FromPort">The first port; null for all.</param>
/// <param name="ToPort">The last port; null for all.</param>
/// <param name="Sources">CIDR blocks, and ids of security groups and prefix lists.</param>
internal sealed record AllowedIngress(string Protocol, int? FromPort, int? ToPort, IReadOnlyList<string> Sources)
{
    /// <summary>Whether it is about a TCP port.</summary>
    public bool Covers(int port) => Protocol == "-1" || (Protocol is "tcp" or "6"
        && (FromPort is null || FromPort <= port) && (ToPort is null || port <= ToPort));
}

/// <summary>Whether somebody may do something.</summary>
/// <param name="PrincipalArn">The user or the role; not a session of a role.</param>
/// <param name="Action">The action, such as ecs:RunTask.</param>
/// <param name="Resource">The ARN of what it is done to.</param>
internal sealed record PermissionQuestion(string PrincipalArn, string Action, string Resource)
{
    /// <summary>The keys that conditions of policies read, such as ecs:cluster.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>();
}

/// <summary>The answer of the policy simulator.</summary>
/// <param name="IsAllowed">Whether the policies allow it.</param>
/// <param name="MissingContext">Other keys that their conditions read, without which the answer is not certain.</param>
internal sealed record PermissionAnswer(bool IsAllowed, IReadOnlyList<string> MissingContext);
