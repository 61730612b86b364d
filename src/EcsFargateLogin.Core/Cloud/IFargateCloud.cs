namespace EcsFargateLogin.Cloud;

/// <summary>
/// The part of AWS that a session needs, reached with one set of credentials in one region.
/// Every member throws <see cref="FargateException"/> when AWS refuses or cannot be reached, and
/// <see cref="OperationCanceledException"/> when its token is cancelled; nothing else.
/// Retries of throttled or lost requests have happened inside.
/// </summary>
internal interface IFargateCloud : IDisposable
{
    /// <summary>How AWS is reached; holds no secret.</summary>
    CloudConnection Connection { get; }

    /// <summary>
    /// When the credentials end that only a person can renew, as far as it is known; null also where nobody has told it.
    /// It moves when they are renewed.
    /// </summary>
    DateTimeOffset? CredentialsEnd { get; }

    /// <summary>The account's task definitions, whole.</summary>
    ITaskDefinitionStore Definitions { get; }

    /// <summary>What tells beforehand whether a session can be reached.</summary>
    IAccountSurvey Survey { get; }

    /// <summary>
    /// Starts tasks on Fargate. A reply without an exception may still hold failures instead of tasks.
    /// Repeating a request with the same client token answers with the tasks of the first one.
    /// </summary>
    Task<RunTaskReply> RunTaskAsync(RunTaskRequest request, CancellationToken cancellationToken);

    /// <summary>Looks at up to any number of tasks of one cluster, 100 a call.</summary>
    Task<DescribeTasksReply> DescribeTasksAsync(
        string cluster, IReadOnlyCollection<string> taskArns, CancellationToken cancellationToken);

    /// <summary>Stops a task. Stopping one that is stopped already succeeds while ECS still knows it.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.TaskNotFound"/> when ECS has no such task.</exception>
    Task StopTaskAsync(string cluster, string taskArn, string reason, CancellationToken cancellationToken);

    /// <summary>Starts a program in a container of a task that enables it, and opens a channel to its terminal.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.EcsExecUnavailable"/> when the container's agent does not answer, which may pass, or the task
    /// does not enable it; <see cref="FargateError.TaskNotFound"/> when ECS has no such task.
    /// </exception>
    Task<ExecuteCommandChannel> ExecuteCommandAsync(ExecuteCommandRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// How session-manager-plugin asks Systems Manager for a channel. Where nothing else is said it finds that itself.
    /// </summary>
    Task<ChannelAccess> GetChannelAccessAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ChannelAccess("", Credentials: null));

    /// <summary>The ARNs of a cluster's tasks that have this startedBy and are meant to run.</summary>
    Task<IReadOnlyList<string>> ListTasksAsync(string cluster, string startedBy, CancellationToken cancellationToken);

    /// <summary>The ARNs of all of a cluster's tasks that are meant to run.</summary>
    Task<IReadOnlyList<string>> ListTasksAsync(string cluster, CancellationToken cancellationToken);

    /// <summary>Reads a task definition by family, family:revision or ARN.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.TaskDefinitionNotFound"/> when there is none.</exception>
    Task<TaskDefinitionDescription> DescribeTaskDefinitionAsync(
        string taskDefinition, CancellationToken cancellationToken);

    /// <summary>Reads a service with its tags, by name or ARN, or null when the cluster has none that is active.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.ClusterNotFound"/> when there is no such cluster.</exception>
    Task<ServiceDescription?> DescribeServiceAsync(string cluster, string service, CancellationToken cancellationToken);

    /// <summary>Reads a cluster by name or ARN, or null when there is none that is active.</summary>
    Task<ClusterDescription?> DescribeClusterAsync(string cluster, CancellationToken cancellationToken);

    /// <summary>
    /// Reads network interfaces by id, 200 a call. Those that do not exist (yet) are left out, so that one does not take
    /// the others along.
    /// </summary>
    Task<IReadOnlyList<NetworkInterfaceDescription>> DescribeNetworkInterfacesAsync(
        IReadOnlyCollection<string> networkInterfaceIds, CancellationToken cancellationToken);

    /// <summary>Adds a rule to a security group.</summary>
    /// <returns>False when the group has a rule already that lets in the same, whosever it is.</returns>
    Task<bool> AuthorizeIngressAsync(IngressRule rule, CancellationToken cancellationToken);

    /// <summary>Removes a rule from a security group. Removing one that is gone already succeeds.</summary>
    Task RevokeIngressAsync(IngressRule rule, CancellationToken cancellationToken);

    /// <summary>Gives a rule of a security group another description. One that is gone has none, and this does nothing.</summary>
    Task UpdateIngressDescriptionAsync(IngressRule rule, CancellationToken cancellationToken);

    /// <summary>
    /// Reads those rules of a security group that are for one TCP port and a CIDR block; none when there is no such group.
    /// </summary>
    Task<IReadOnlyList<IngressRule>> DescribeIngressAsync(string securityGroupId, CancellationToken cancellationToken);

    /// <summary>Reads the messages at one end of a log stream, the oldest first; none while the stream does not exist.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="fromStart">Whether to read its first messages, or its last.</param>
    /// <param name="limit">How many messages at most, 1 to 10000.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<IReadOnlyList<string>> GetLogEventsAsync(
        LogStreamName stream, bool fromStart, int limit, CancellationToken cancellationToken);
}

/// <summary>Makes connections to AWS.</summary>
internal interface IFargateCloudConnector
{
    /// <summary>
    /// Finds credentials and region as the settings say. Fails before any AWS call of a session is made when either
    /// is missing.
    /// </summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.ProfileNotFound"/>, <see cref="FargateError.NoCredentials"/>,
    /// <see cref="FargateError.CredentialsExpired"/>, <see cref="FargateError.NoRegion"/> or
    /// <see cref="FargateError.InvalidEndpoint"/>.
    /// </exception>
    Task<IFargateCloud> ConnectAsync(CloudSettings settings, CancellationToken cancellationToken);

    /// <summary>Reaches the account as <see cref="ConnectAsync"/> does, to look at what it has.</summary>
    /// <exception cref="FargateException">As <see cref="ConnectAsync"/>.</exception>
    Task<IFargateCatalog> OpenCatalogAsync(CloudSettings settings, CancellationToken cancellationToken);

    /// <summary>The names of the profiles that the settings can choose from. Asks nobody.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.NoCredentials"/> when a file cannot be read.</exception>
    IReadOnlyList<string> ProfileNames(CloudSettings settings);

    /// <summary>The regions that the SDK knows, of all partitions. Asks nobody.</summary>
    IReadOnlyList<RegionDescription> Regions();
}
