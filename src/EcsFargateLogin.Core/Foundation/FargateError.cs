using EcsFargateLogin.Foundation;

namespace EcsFargateLogin;

/// <summary>
/// The table of errors. A member's name is the stable ErrorId of its error records, and its heading in the troubleshooting topic.
/// </summary>
public enum FargateError
{
    /// <summary>No AWS credentials were found, or those found were not accepted.</summary>
    [ErrorRow(ErrorKind.AuthenticationError, EndsCommand = true)]
    NoCredentials,
    /// <summary>The named credential profile does not exist.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, EndsCommand = true, NamesValue = true)]
    ProfileNotFound,
    /// <summary>A setting of the credential profile has an invalid value.</summary>
    [ErrorRow(ErrorKind.InvalidData, EndsCommand = true, NamesValue = true)]
    InvalidProfile,
    /// <summary>The parameters that name credentials are incomplete or contradict each other, or hold something else.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true)]
    InvalidCredential,
    /// <summary>The credentials or the login behind them have expired.</summary>
    [ErrorRow(ErrorKind.AuthenticationError, EndsCommand = true)]
    CredentialsExpired,
    /// <summary>No AWS region was named or found.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true, NamesValue = true)]
    NoRegion,
    /// <summary>The endpoint is not an absolute http or https URL.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true, NamesValue = true)]
    InvalidEndpoint,
    /// <summary>The credentials lack a permission.</summary>
    [ErrorRow(ErrorKind.PermissionDenied)]
    AccessDenied,
    /// <summary>AWS could not be reached, or something that is not AWS answered.</summary>
    [ErrorRow(ErrorKind.ConnectionError)]
    EndpointUnreachable,
    /// <summary>AWS throttles the account, after all retries.</summary>
    [ErrorRow(ErrorKind.LimitsExceeded)]
    Throttled,
    /// <summary>A quota of the account is used up.</summary>
    [ErrorRow(ErrorKind.QuotaExceeded)]
    QuotaExceeded,
    /// <summary>Fargate has no room for the task at the moment.</summary>
    [ErrorRow(ErrorKind.ResourceUnavailable)]
    CapacityUnavailable,
    /// <summary>AWS refused the request for a reason that has no name of its own here.</summary>
    [ErrorRow(ErrorKind.InvalidResult)]
    RequestRejected,
    /// <summary>AWS failed inside, after all retries.</summary>
    [ErrorRow(ErrorKind.InvalidResult)]
    ServiceFailed,
    /// <summary>The cluster does not exist or is not active.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, NamesValue = true)]
    ClusterNotFound,
    /// <summary>The task definition does not exist or has no active revision.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound)]
    TaskDefinitionNotFound,
    /// <summary>The task definition cannot run on Fargate with a network interface of its own.</summary>
    [ErrorRow(ErrorKind.InvalidArgument)]
    TaskDefinitionUnsuitable,
    /// <summary>Fargate has no task of that size, or its containers do not fit in it.</summary>
    [ErrorRow(ErrorKind.InvalidArgument)]
    InvalidTaskSize,
    /// <summary>The subnet does not exist.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, NamesValue = true)]
    SubnetNotFound,
    /// <summary>The security group does not exist.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, NamesValue = true)]
    SecurityGroupNotFound,
    /// <summary>The network interface does not exist.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound)]
    NetworkInterfaceNotFound,
    /// <summary>ECS knows no such task.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound)]
    TaskNotFound,
    /// <summary>The task definition has no container of that name.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, NamesValue = true)]
    ContainerNotFound,
    /// <summary>The log of a container is not in CloudWatch Logs.</summary>
    [ErrorRow(ErrorKind.InvalidOperation, NamesValue = true)]
    LogUnavailable,
    /// <summary>An environment variable's name or value cannot be used.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, NamesValue = true)]
    InvalidEnvironmentVariable,
    /// <summary>A tag's key or value cannot be used.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, NamesValue = true)]
    InvalidTag,
    /// <summary>A parameter without which no session can start is given by no parameter, preset or service.</summary>
    [ErrorRow(ErrorKind.InvalidArgument)]
    MissingMandatoryParameter,
    /// <summary>There is no preset of that name.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, NamesValue = true)]
    PresetNotFound,
    /// <summary>A file of presets has invalid content.</summary>
    [ErrorRow(ErrorKind.InvalidData, EndsCommand = true, NamesValue = true)]
    InvalidPreset,
    /// <summary>A file of presets cannot be read or written.</summary>
    [ErrorRow(ErrorKind.OpenError, EndsCommand = true, NamesValue = true)]
    PresetUnavailable,
    /// <summary>There is no such service in the cluster.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, NamesValue = true)]
    ServiceNotFound,
    /// <summary>A session cannot be started as the service's tasks are.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, NamesValue = true)]
    ServiceUnsuitable,
    /// <summary>The overrides of RunTask exceed what ECS takes.</summary>
    [ErrorRow(ErrorKind.InvalidArgument)]
    OverridesTooLong,
    /// <summary>The task did not become ready in time.</summary>
    [ErrorRow(ErrorKind.OperationTimeout)]
    StartTimeout,
    /// <summary>The task stopped before it was ready, or while its shell was open.</summary>
    [ErrorRow(ErrorKind.OperationStopped)]
    TaskStopped,
    /// <summary>The task has no public address.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound)]
    NoPublicAddress,
    /// <summary>The task has no address of the kind asked for.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound)]
    NoAddress,
    /// <summary>No SSH server answered on the task's port in time.</summary>
    [ErrorRow(ErrorKind.ConnectionError)]
    PortUnreachable,
    /// <summary>A parameter contradicts the route.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true, NamesValue = true)]
    InvalidRoute,
    /// <summary>The session cannot be reached by a route.</summary>
    [ErrorRow(ErrorKind.ConnectionError)]
    RouteUnavailable,
    /// <summary>A parameter does not apply to the transport.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true, NamesValue = true)]
    InvalidTransport,
    /// <summary>The session cannot be reached by the requested transport.</summary>
    [ErrorRow(ErrorKind.InvalidOperation)]
    TransportUnavailable,
    /// <summary>ECS Exec does not reach the container.</summary>
    [ErrorRow(ErrorKind.ConnectionError)]
    EcsExecUnavailable,
    /// <summary>AWS, or something on the way to it, has refused to open a WebSocket.</summary>
    [ErrorRow(ErrorKind.ConnectionError)]
    WebSocketRefused,
    /// <summary>A session of Session Manager could not be opened or has failed.</summary>
    [ErrorRow(ErrorKind.ConnectionError)]
    SessionManagerFailed,
    /// <summary>A connection through an EC2 Instance Connect Endpoint has failed.</summary>
    [ErrorRow(ErrorKind.ConnectionError)]
    InstanceConnectFailed,
    /// <summary>The session has ended: its task was stopped.</summary>
    [ErrorRow(ErrorKind.InvalidOperation)]
    SessionEnded,
    /// <summary>There is no session of that id.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, NamesValue = true)]
    SessionNotFound,
    /// <summary>The session's key is not on this machine.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound)]
    KeyNotFound,
    /// <summary>The task could not be stopped.</summary>
    [ErrorRow(ErrorKind.InvalidResult)]
    StopFailed,
    /// <summary>This machine's address, or the security group that is to admit it, is missing or malformed.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true, NamesValue = true)]
    InvalidMyAddress,
    /// <summary>The rule that admits this machine's address could not be removed. Written as a warning.</summary>
    [ErrorRow(ErrorKind.InvalidResult, IsWarning = true)]
    IngressNotRevoked,
    /// <summary>The journal of this machine's sessions cannot be written or read.</summary>
    [ErrorRow(ErrorKind.WriteError, NamesValue = true)]
    JournalUnavailable,
    /// <summary>A session has ended, but some of its files on this machine could not be deleted. Written as a warning.</summary>
    [ErrorRow(ErrorKind.WriteError, IsWarning = true)]
    FilesNotDeleted,
    /// <summary>A file of ssh's configuration cannot be used or written.</summary>
    [ErrorRow(ErrorKind.WriteError, NamesValue = true)]
    SshConfigUnavailable,
    /// <summary>ssh or ssh-keygen is not installed.</summary>
    [ErrorRow(ErrorKind.NotInstalled, EndsCommand = true, NamesValue = true)]
    SshNotFound,
    /// <summary>ssh-keygen made no key.</summary>
    [ErrorRow(ErrorKind.InvalidResult)]
    KeyGenerationFailed,
    /// <summary>The user's own key cannot log in.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, NamesValue = true)]
    InvalidKey,
    /// <summary>A public key cannot be given access to a session, or not until that time.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true, NamesValue = true)]
    InvalidAccess,
    /// <summary>The session's container does not accept another key.</summary>
    [ErrorRow(ErrorKind.InvalidOperation)]
    AccessUnavailable,
    /// <summary>No access of that name was granted.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, NamesValue = true)]
    AccessNotFound,
    /// <summary>A value is neither an IP address nor a network.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, NamesValue = true)]
    InvalidFromAddress,
    /// <summary>An ssh option would weaken the session's security, or is malformed.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true, NamesValue = true)]
    InvalidSshOption,
    /// <summary>ssh could not connect or log in, or lost the connection.</summary>
    [ErrorRow(ErrorKind.ConnectionError)]
    SshFailed,
    /// <summary>The session's host key could not be verified, or its sources contradict each other.</summary>
    [ErrorRow(ErrorKind.SecurityError)]
    HostKeyNotVerified,
    /// <summary>A server answered with a host key other than the session's.</summary>
    [ErrorRow(ErrorKind.SecurityError)]
    HostKeyMismatch,
    /// <summary>The local port of a tunnel is in use, or may not be used.</summary>
    [ErrorRow(ErrorKind.ResourceUnavailable, EndsCommand = true, NamesValue = true)]
    LocalPortUnavailable,
    /// <summary>There is no tunnel of that number.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound)]
    TunnelNotFound,
    /// <summary>A file or folder to be copied is not on this machine.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, EndsCommand = true, NamesValue = true)]
    LocalItemNotFound,
    /// <summary>A file or folder to be copied is not in the container.</summary>
    [ErrorRow(ErrorKind.ObjectNotFound, NamesValue = true)]
    ItemNotFound,
    /// <summary>The paths to copy are given in two ways, or not at all.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true)]
    InvalidPath,
    /// <summary>The destination of a copy is not what it must be.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, NamesValue = true)]
    InvalidDestination,
    /// <summary>A file or folder could not be copied.</summary>
    [ErrorRow(ErrorKind.WriteError, NamesValue = true)]
    CopyFailed,
    /// <summary>The connection was lost during a copy; the part that has arrived is kept.</summary>
    [ErrorRow(ErrorKind.ConnectionError, NamesValue = true)]
    CopyInterrupted,
    /// <summary>The image has neither an SFTP server nor tar or, for ECS Exec, not all that a copy needs.</summary>
    [ErrorRow(ErrorKind.NotInstalled)]
    CopyUnavailable,
    /// <summary>The file of a transcript cannot be created.</summary>
    [ErrorRow(ErrorKind.WriteError, NamesValue = true)]
    TranscriptUnavailable,
    /// <summary>The remote program ended with a code other than 0, and the user asked for that to be an error.</summary>
    [ErrorRow(ErrorKind.InvalidResult)]
    RemoteProgramFailed,
    /// <summary>A command or script cannot be sent unchanged.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, EndsCommand = true)]
    InvalidCommand,
    /// <summary>A command did not end in time.</summary>
    [ErrorRow(ErrorKind.OperationTimeout)]
    CommandTimeout,
    /// <summary>The value is not the name of a container image.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, NamesValue = true)]
    InvalidImage,
    /// <summary>The Linux distribution of an image cannot be told from its name, or has no package manager.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, NamesValue = true)]
    DistributionUnknown,
    /// <summary>A file that was to be written exists already.</summary>
    [ErrorRow(ErrorKind.ResourceExists, NamesValue = true)]
    FileExists,
    /// <summary>A file could not be written.</summary>
    [ErrorRow(ErrorKind.WriteError, NamesValue = true)]
    FileNotWritten,
    /// <summary>A task definition for sessions cannot be registered under that family.</summary>
    [ErrorRow(ErrorKind.InvalidArgument, NamesValue = true)]
    InvalidFamily,
    /// <summary>The module's own files are incomplete.</summary>
    [ErrorRow(ErrorKind.NotInstalled, EndsCommand = true, NamesValue = true)]
    ModuleIncomplete,
    /// <summary>An error that this module did not expect.</summary>
    [ErrorRow(ErrorKind.NotSpecified)]
    Unexpected,
}
