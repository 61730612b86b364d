namespace EcsFargateLogin;

/// <summary>What went wrong. The name is the stable ErrorId of the error record.</summary>
public enum FargateError
{
    /// <summary>No AWS credentials were found, or those found were not accepted.</summary>
    NoCredentials,
    /// <summary>The named credential profile does not exist.</summary>
    ProfileNotFound,
    /// <summary>A setting of the credential profile holds what it cannot hold.</summary>
    InvalidProfile,
    /// <summary>The parameters that name credentials are incomplete or contradict each other, or hold something else.</summary>
    InvalidCredential,
    /// <summary>The credentials or the login behind them have expired.</summary>
    CredentialsExpired,
    /// <summary>No AWS region was named or found.</summary>
    NoRegion,
    /// <summary>The endpoint is not an absolute http or https URL.</summary>
    InvalidEndpoint,
    /// <summary>The credentials lack a permission.</summary>
    AccessDenied,
    /// <summary>AWS could not be reached, or something that is not AWS answered.</summary>
    EndpointUnreachable,
    /// <summary>AWS slows the account down, after all retries.</summary>
    Throttled,
    /// <summary>A quota of the account is used up.</summary>
    QuotaExceeded,
    /// <summary>Fargate has no room for the task at the moment.</summary>
    CapacityUnavailable,
    /// <summary>AWS refused the request for a reason that has no name of its own here.</summary>
    RequestRejected,
    /// <summary>AWS failed inside, after all retries.</summary>
    ServiceFailed,
    /// <summary>The cluster does not exist or is not active.</summary>
    ClusterNotFound,
    /// <summary>The task definition does not exist or has no active revision.</summary>
    TaskDefinitionNotFound,
    /// <summary>The task definition cannot run on Fargate with a network interface of its own.</summary>
    TaskDefinitionUnsuitable,
    /// <summary>The subnet does not exist.</summary>
    SubnetNotFound,
    /// <summary>The security group does not exist.</summary>
    SecurityGroupNotFound,
    /// <summary>The network interface does not exist.</summary>
    NetworkInterfaceNotFound,
    /// <summary>ECS knows no such task.</summary>
    TaskNotFound,
    /// <summary>The task definition has no container of that name.</summary>
    ContainerNotFound,
    /// <summary>An environment variable's name or value cannot be used.</summary>
    InvalidEnvironmentVariable,
    /// <summary>A tag's key or value cannot be used.</summary>
    InvalidTag,
    /// <summary>What a session cannot be started without is given by no parameter, preset or service.</summary>
    MissingMandatoryParameter,
    /// <summary>There is no preset of that name.</summary>
    PresetNotFound,
    /// <summary>A file of presets holds what presets cannot hold.</summary>
    InvalidPreset,
    /// <summary>A file of presets cannot be read or written.</summary>
    PresetUnavailable,
    /// <summary>There is no such service in the cluster.</summary>
    ServiceNotFound,
    /// <summary>A session cannot be started as the service's tasks are.</summary>
    ServiceUnsuitable,
    /// <summary>The overrides of RunTask exceed what ECS takes.</summary>
    OverridesTooLong,
    /// <summary>The task did not become ready in time.</summary>
    StartTimeout,
    /// <summary>The task stopped before it was ready, or under its shell.</summary>
    TaskStopped,
    /// <summary>The task has no public address.</summary>
    NoPublicAddress,
    /// <summary>The task has no address of the kind asked for.</summary>
    NoAddress,
    /// <summary>No SSH server answered on the task's port in time.</summary>
    PortUnreachable,
    /// <summary>What was asked for does not go with the transport.</summary>
    InvalidTransport,
    /// <summary>The session cannot be reached in the way that is wanted.</summary>
    TransportUnavailable,
    /// <summary>ECS Exec does not reach the container.</summary>
    EcsExecUnavailable,
    /// <summary>session-manager-plugin is not installed, or is too old.</summary>
    PluginNotFound,
    /// <summary>The session has ended: its task was stopped.</summary>
    SessionEnded,
    /// <summary>There is no session of that id.</summary>
    SessionNotFound,
    /// <summary>The session's key is not on this machine.</summary>
    KeyNotFound,
    /// <summary>The task could not be stopped.</summary>
    StopFailed,
    /// <summary>This machine's address, or the security group to let it in to, is missing or malformed.</summary>
    InvalidMyAddress,
    /// <summary>The rule that lets this machine's address in could not be removed. Told as a warning.</summary>
    IngressNotRevoked,
    /// <summary>What this machine remembers of its sessions cannot be written or read.</summary>
    JournalUnavailable,
    /// <summary>A session has ended, and something of it on this machine could not be deleted. Told as a warning.</summary>
    FilesNotDeleted,
    /// <summary>ssh or ssh-keygen is not installed.</summary>
    SshNotFound,
    /// <summary>ssh-keygen made no key.</summary>
    KeyGenerationFailed,
    /// <summary>The user's own key cannot log in.</summary>
    InvalidKey,
    /// <summary>A text is no address and no network.</summary>
    InvalidFromAddress,
    /// <summary>An ssh option would take away what keeps the session safe, or is malformed.</summary>
    InvalidSshOption,
    /// <summary>ssh could not connect or log in, or lost the connection.</summary>
    SshFailed,
    /// <summary>The session's host key could not be verified, or what tells it contradicts itself.</summary>
    HostKeyNotVerified,
    /// <summary>A server with another host key than the session's answered.</summary>
    HostKeyMismatch,
    /// <summary>The local port of a tunnel is in use, or may not be used.</summary>
    LocalPortUnavailable,
    /// <summary>There is no tunnel of that number.</summary>
    TunnelNotFound,
    /// <summary>A file or folder to be copied is not on this machine.</summary>
    LocalItemNotFound,
    /// <summary>A file or folder to be copied is not in the container.</summary>
    ItemNotFound,
    /// <summary>The destination of a copy is not what it must be.</summary>
    InvalidDestination,
    /// <summary>A file or folder could not be copied.</summary>
    CopyFailed,
    /// <summary>The connection was lost in the middle of a copy; what has arrived is kept.</summary>
    CopyInterrupted,
    /// <summary>The image has nothing that files could be copied with.</summary>
    CopyUnavailable,
    /// <summary>The file of a transcript cannot be made.</summary>
    TranscriptUnavailable,
    /// <summary>The remote program ended with a code other than 0, and the user asked for that to be an error.</summary>
    RemoteProgramFailed,
    /// <summary>A command or script cannot be sent as it is.</summary>
    InvalidCommand,
    /// <summary>A command had not ended in time.</summary>
    CommandTimeout,
    /// <summary>What was given is not the name of a container image.</summary>
    InvalidImage,
    /// <summary>An image's name does not tell its Linux distribution, or tells one without a package manager.</summary>
    DistributionUnknown,
    /// <summary>A file is there already that was to be written.</summary>
    FileExists,
    /// <summary>A file could not be written.</summary>
    FileNotWritten,
    /// <summary>A task definition for sessions cannot be registered under that family.</summary>
    InvalidFamily,
    /// <summary>The module's own files are incomplete.</summary>
    ModuleIncomplete,
    /// <summary>Something that this module did not foresee.</summary>
    Unexpected,
}
