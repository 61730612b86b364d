namespace EcsFargateLogin.Cloud;

/// <summary>
/// Reads the resources that decide whether a session can be reached, before one is started. Throws as <see cref="IFargateCloud"/>
/// does.
/// </summary>
internal interface IAccountSurvey
{
    /// <summary>Returns the principal of the credentials. Needs no permission.</summary>
    Task<CallerIdentity> GetCallerAsync(CancellationToken cancellationToken);

    /// <summary>Returns the existing ones among the subnets.</summary>
    Task<IReadOnlyList<SubnetDescription>> FindSubnetsAsync(
        IReadOnlyCollection<string> subnetIds, CancellationToken cancellationToken);

    /// <summary>Returns all route tables of a VPC.</summary>
    Task<IReadOnlyList<RouteTableDescription>> DescribeRouteTablesAsync(string vpcId, CancellationToken cancellationToken);

    /// <summary>Returns the existing ones among the security groups, with their inbound rules.</summary>
    Task<IReadOnlyList<SecurityGroupIngress>> FindSecurityGroupsAsync(
        IReadOnlyCollection<string> securityGroupIds, CancellationToken cancellationToken);

    /// <summary>Returns the ARN of a role with its path, which the ARNs of its sessions lack. Needs iam:GetRole.</summary>
    Task<string> GetRoleArnAsync(string roleName, CancellationToken cancellationToken);

    /// <summary>
    /// Asks IAM's policy simulator whether a user or role may perform an action, without performing it. Needs
    /// iam:SimulatePrincipalPolicy.
    /// </summary>
    Task<PermissionReply> SimulateAsync(PermissionQuestion question, CancellationToken cancellationToken);
}

/// <summary>The principal of credentials.</summary>
/// <param name="Arn">The user or the session of a role.</param>
/// <param name="ClockSkew">
/// The difference of AWS's clock to this machine's, positive when AWS's is ahead, to about a second; null where the reply had no
/// time.
/// </param>
internal sealed record CallerIdentity(string Arn, TimeSpan? ClockSkew)
{
    /// <summary>The unique id, aws:userid of policies: AIDA… of a user, and AROA…:NAME of a role's session; null if unknown.</summary>
    public string? UserId { get; init; }
}

/// <summary>A route table.</summary>
internal sealed record RouteTableDescription
{
    /// <summary>Its id, rtb-….</summary>
    public required string Id { get; init; }

    /// <summary>Whether it is the VPC's main table, for subnets without an explicit association.</summary>
    public bool IsMain { get; init; }

    /// <summary>The explicitly associated subnets.</summary>
    public IReadOnlyList<string> SubnetIds { get; init; } = [];

    /// <summary>Its routes.</summary>
    public IReadOnlyList<RouteDescription> Routes { get; init; } = [];
}

/// <summary>A route.</summary>
/// <param name="Destination">A CIDR block or the id of a prefix list.</param>
/// <param name="Target">The id of the target, such as igw-… or nat-…; local for the VPC itself.</param>
/// <param name="IsActive">False where the target is gone (blackhole).</param>
internal sealed record RouteDescription(string Destination, string Target, bool IsActive);

/// <summary>A security group and its inbound rules.</summary>
/// <param name="Id">Its id.</param>
/// <param name="VpcId">Its VPC.</param>
/// <param name="Permissions">The traffic that it admits.</param>
internal sealed record SecurityGroupIngress(string Id, string? VpcId, IReadOnlyList<AllowedIngress> Permissions);

/// <summary>The traffic that a rule of a security group admits.</summary>
/// <param name="Protocol">tcp, udp, …, or -1 for all.</param>
/// <param name="FromPort">The first port; null for all.</param>
/// <param name="ToPort">The last port; null for all.</param>
/// <param name="Sources">CIDR blocks, and ids of security groups and prefix lists.</param>
internal sealed record AllowedIngress(string Protocol, int? FromPort, int? ToPort, IReadOnlyList<string> Sources)
{
    /// <summary>Whether it admits traffic on a TCP port.</summary>
    public bool Covers(int port) => Protocol == "-1" || (Protocol is "tcp" or "6"
        && (FromPort is null || FromPort <= port) && (ToPort is null || port <= ToPort));
}

/// <summary>A question for the policy simulator.</summary>
/// <param name="PrincipalArn">The user or the role; not a session of a role.</param>
/// <param name="Action">The action, such as ecs:RunTask.</param>
/// <param name="Resource">The ARN of the resource.</param>
internal sealed record PermissionQuestion(string PrincipalArn, string Action, string Resource)
{
    /// <summary>The context keys that policy conditions read, such as ecs:cluster.</summary>
    public IReadOnlyDictionary<string, string> Context { get; init; } = new Dictionary<string, string>();
}

/// <summary>The reply of the policy simulator.</summary>
/// <param name="IsAllowed">Whether the policies allow the action.</param>
/// <param name="MissingContext">The context keys that were missing, without which the reply is uncertain.</param>
internal sealed record PermissionReply(bool IsAllowed, IReadOnlyList<string> MissingContext);
