using System.Text.Json.Nodes;

namespace EcsFargateLogin.Cloud;

/// <summary>
/// The operations of AWS that sessions need, with one set of credentials in one region. Every member throws <see
/// cref="FargateException"/> when AWS refuses or cannot be reached, and <see cref="OperationCanceledException"/> when its token
/// is cancelled; nothing else. Throttled and lost requests are retried inside.
/// </summary>
internal interface IFargateCloud : IDisposable
{
    /// <summary>The connection; holds no secret.</summary>
    CloudConnection Connection { get; }

    /// <summary>
    /// The expiry of credentials that only a person can renew; null where it is not known. It changes when they are renewed.
    /// </summary>
    DateTimeOffset? CredentialsEnd { get; }

    /// <summary>The account's complete task definitions.</summary>
    ITaskDefinitionStore Definitions { get; }

    /// <summary>The account's resources to choose from.</summary>
    IFargateCatalog Catalog { get; }

    /// <summary>The survey of resources that decide whether a session can be reached.</summary>
    IAccountSurvey Survey { get; }

    /// <summary>The sessions of Systems Manager that carry data channels.</summary>
    ISessionManager SessionManager { get; }

    /// <summary>The tunnels of EC2 Instance Connect.</summary>
    IInstanceConnect InstanceConnect { get; }

    /// <summary>
    /// Starts tasks on Fargate. A successful reply may still hold failures instead of tasks. A repeated request with the same
    /// client token returns the tasks of the first one.
    /// </summary>
    Task<RunTaskReply> RunTaskAsync(RunTaskRequest request, CancellationToken cancellationToken);

    /// <summary>Describes any number of tasks of one cluster, 100 per call.</summary>
    Task<DescribeTasksReply> DescribeTasksAsync(
        string cluster, IReadOnlyCollection<string> taskArns, CancellationToken cancellationToken);

    /// <summary>Stops a task. Succeeds for a stopped task while ECS still knows it.</summary>
    /// <returns>The task as it was then; null where the reply does not describe it.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.TaskNotFound"/> when ECS has no such task.</exception>
    Task<TaskDescription?> StopTaskAsync(string cluster, string taskArn, string reason, CancellationToken cancellationToken);

    /// <summary>Starts a program in a container by ECS Exec, and opens a channel to its terminal.</summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.EcsExecUnavailable"/> when the container's agent does not answer, which may be transient, or the
    /// task does not enable ECS Exec; <see cref="FargateError.TaskNotFound"/> when ECS has no such task.
    /// </exception>
    Task<ChannelTicket> ExecuteCommandAsync(ExecuteCommandRequest request, CancellationToken cancellationToken);

    /// <summary>Lists the ARNs of a cluster's tasks with this startedBy and the desired status RUNNING.</summary>
    Task<IReadOnlyList<string>> ListTasksAsync(string cluster, string startedBy, CancellationToken cancellationToken);

    /// <summary>Lists the ARNs of all of a cluster's tasks with the desired status RUNNING.</summary>
    Task<IReadOnlyList<string>> ListTasksAsync(string cluster, CancellationToken cancellationToken);

    /// <summary>Lists the ARNs of a service's tasks with the desired status RUNNING.</summary>
    /// <param name="cluster">The cluster's name or ARN.</param>
    /// <param name="service">The service's name or ARN.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<IReadOnlyList<string>> ListServiceTasksAsync(string cluster, string service, CancellationToken cancellationToken);

    /// <summary>Reads a task definition by family, family:revision or ARN.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.TaskDefinitionNotFound"/> when there is none.</exception>
    Task<TaskDefinitionDescription> DescribeTaskDefinitionAsync(
        string taskDefinition, CancellationToken cancellationToken);

    /// <summary>Reads a service with its tags, by name or ARN; null when the cluster has no active one.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.ClusterNotFound"/> when there is no such cluster.</exception>
    Task<ServiceDescription?> DescribeServiceAsync(string cluster, string service, CancellationToken cancellationToken);

    /// <summary>Reads a cluster by name or ARN; null when there is no active one.</summary>
    Task<ClusterDescription?> DescribeClusterAsync(string cluster, CancellationToken cancellationToken);

    /// <summary>
    /// Reads network interfaces by id, 200 per call. Those that do not exist (yet) are omitted, so that one does not fail the
    /// others.
    /// </summary>
    Task<IReadOnlyList<NetworkInterfaceDescription>> DescribeNetworkInterfacesAsync(
        IReadOnlyCollection<string> networkInterfaceIds, CancellationToken cancellationToken);

    /// <summary>Adds a rule to a security group.</summary>
    /// <returns>False when the group already has a rule that admits the same traffic, whoever added it.</returns>
    Task<bool> AuthorizeIngressAsync(IngressRule rule, CancellationToken cancellationToken);

    /// <summary>Removes a rule from a security group. Succeeds when the rule is gone already.</summary>
    Task RevokeIngressAsync(IngressRule rule, CancellationToken cancellationToken);

    /// <summary>Changes the description of a rule of a security group. Does nothing when the rule is gone.</summary>
    Task UpdateIngressDescriptionAsync(IngressRule rule, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the inbound rules of a security group that name one TCP port and a CIDR block; none when there is no such group.
    /// </summary>
    /// <param name="securityGroupId">The security group; null for all of the region.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<IReadOnlyList<IngressRule>> DescribeIngressAsync(string? securityGroupId, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the first or last messages of a log stream, the oldest first; none while the stream does not exist.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="fromStart">Whether to read the first messages instead of the last.</param>
    /// <param name="limit">The maximum number of messages, 1 to 10000.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<IReadOnlyList<string>> GetLogEventsAsync(
        LogStreamName stream, bool fromStart, int limit, CancellationToken cancellationToken);

    /// <summary>Reads a page of a log stream, the oldest message first; an empty one while the stream does not exist.</summary>
    Task<LogPage> ReadLogAsync(LogStreamName stream, LogPosition position, CancellationToken cancellationToken);
}

/// <summary>Creates connections to AWS.</summary>
internal interface IFargateCloudConnector
{
    /// <summary>
    /// Finds credentials and region by the settings. Fails before any other call to AWS when either is missing.
    /// </summary>
    /// <exception cref="FargateException">
    /// <see cref="FargateError.ProfileNotFound"/>, <see cref="FargateError.NoCredentials"/>,
    /// <see cref="FargateError.CredentialsExpired"/>, <see cref="FargateError.NoRegion"/> or
    /// <see cref="FargateError.InvalidEndpoint"/>.
    /// </exception>
    Task<IFargateCloud> ConnectAsync(CloudSettings settings, CancellationToken cancellationToken);

    /// <summary>Lists the names of the available profiles. Sends no request.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.NoCredentials"/> when a file cannot be read.</exception>
    IReadOnlyList<string> ProfileNames(CloudSettings settings);

    /// <summary>Lists the regions of all partitions that the SDK knows. Sends no request.</summary>
    IReadOnlyList<RegionDescription> Regions();
}

/// <summary>
/// Reads and registers complete task definitions. They are copied with all members, whether or not this module knows them. Throws
/// as <see cref="IFargateCloud"/> does.
/// </summary>
internal interface ITaskDefinitionStore
{
    /// <summary>Reads a task definition by family, family:revision or ARN.</summary>
    /// <returns>TaskDefinition of ECS's service model. The caller owns the object.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.TaskDefinitionNotFound"/> when there is none.</exception>
    Task<JsonObject> ReadAsync(string taskDefinition, CancellationToken cancellationToken);

    /// <summary>Registers a task definition, or a new revision of one.</summary>
    /// <param name="definition">
    /// RegisterTaskDefinitionRequest of ECS's service model. Members that a task for sessions cannot have are ignored.
    /// </param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The ARN of the new revision.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.QuotaExceeded"/> when its family is full.</exception>
    Task<string> RegisterAsync(JsonObject definition, CancellationToken cancellationToken);
}
