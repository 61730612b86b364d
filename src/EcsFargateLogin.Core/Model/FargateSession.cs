using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin;

/// <summary>
/// One Fargate task started for one person, with its one-time key, from RunTask until it is stopped. Holds no secret:
/// the private key is a file that <see cref="KeyPath"/> names.
/// </summary>
public sealed class FargateSession
{
    private readonly object _recordLock = new();
    private string? _taskDefinitionArn;

    /// <param name="record">The facts that its launch decided, as far as they are known.</param>
    /// <param name="folder">Its own folder; null for tasks that others started.</param>
    internal FargateSession(SessionRecord record, string? folder = null)
    {
        Record = record;
        Folder = folder;
        HostKeyVerification = record.HostKeyVerification;
        WantedRoute = record.Route;
        InstanceConnectEndpoint = record.InstanceConnectEndpoint;
        HasEcsExec = record.Transport.HasEcsExec();
        HasIPv6Ingress = record.Ingress?.IsIPv6 == true;
    }

    /// <summary>The facts that its launch decided, as the journal keeps them.</summary>
    internal SessionRecord Record { get; private set; }

    /// <summary>The session's short id, which is also the task's startedBy. Empty for tasks that others started.</summary>
    public string SessionId => Record.SessionId;

    /// <summary>
    /// The last status that ECS reported, from PROVISIONING to STOPPED; UNKNOWN where ECS could not report one.
    /// </summary>
    public string Status { get; internal set; } = "PROVISIONING";

    /// <summary>
    /// READY once its server has answered this PowerShell, often before ECS reports RUNNING, and until it ends; else its status.
    /// </summary>
    public string State => OpenTransport is not null && !TaskStatuses.IsEnding(Status) ? TaskStatuses.Ready : Status;

    /// <summary>The task's ARN; empty until RunTask has answered.</summary>
    public string TaskArn
    {
        get => Record.TaskArn ?? "";
        internal set => Change(record => record with { TaskArn = value.Length > 0 ? value : null });
    }

    /// <summary>The last part of the task's ARN.</summary>
    public string TaskId => TaskArn[(TaskArn.LastIndexOf('/') + 1)..];

    /// <summary>The cluster's name or ARN, as given.</summary>
    public string Cluster => Record.Cluster;

    /// <summary>The task definition as given, or its ARN once ECS has reported it.</summary>
    public string? TaskDefinition => _taskDefinitionArn ?? Record.TaskDefinition;

    /// <summary>The container that runs the SSH server.</summary>
    public string? ContainerName => Record.ContainerName;

    /// <summary>The task's CPU units, of which 1024 are one vCPU; null until ECS has reported them.</summary>
    public int? Cpu => Size.Cpu;

    /// <summary>The task's memory in MiB; null until ECS has reported it.</summary>
    public int? Memory => Size.Memory;

    /// <summary>The task's ephemeral storage in GiB; null until ECS has reported it.</summary>
    public int? EphemeralStorage => Size.EphemeralStorage;

    /// <summary>The task's size, as ECS reported it.</summary>
    internal TaskSize Size { get; private set; } = TaskSize.None;

    /// <summary>The transport that it was started with.</summary>
    public FargateTransport Transport => Record.Transport;

    /// <summary>The route by which its server answered this PowerShell; until then, the one that it was started with.</summary>
    public FargateRoute Route => OpenRoute?.Route ?? Record.Route;

    /// <summary>The user to log in as.</summary>
    public string UserName => Record.UserName;

    /// <summary>The port of the SSH server.</summary>
    public int Port => Record.Port;

    /// <summary>The public IPv4 address, once known.</summary>
    public string? PublicAddress { get; internal set; }

    /// <summary>The private IPv4 address, once known.</summary>
    public string? PrivateAddress { get; internal set; }

    /// <summary>The IPv6 address, once known, where the subnet has IPv6.</summary>
    public string? IPv6Address { get; internal set; }

    /// <summary>The id of the task's elastic network interface, once attached.</summary>
    public string? NetworkInterfaceId { get; internal set; }

    /// <summary>The subnet of that interface.</summary>
    public string? SubnetId { get; internal set; }

    /// <summary>The VPC of that interface; null until EC2 has described it.</summary>
    internal string? VpcId { get; private set; }

    /// <summary>The time of RunTask (of the last one, where the start was repeated), by this machine's clock.</summary>
    public DateTimeOffset CreatedAt => Record.CreatedAt;

    /// <summary>The time when the task became RUNNING, by AWS's clock.</summary>
    public DateTimeOffset? StartedAt { get; internal set; }

    /// <summary>
    /// The time when -MaxLifetime of New-FargateSession ends the task. Null before <see cref="StartedAt"/>, and without that.
    /// </summary>
    public DateTimeOffset? EndsAt => StartedAt + Record.Limits.Lifetime;

    /// <summary>The times of the phases of its start.</summary>
    public FargateSessionTiming Timing { get; private set; } = new();

    /// <summary>The region that the task runs in.</summary>
    public string Region => Record.Connection.Region;

    /// <summary>The origin of the credentials that started it. Later commands use the same ones.</summary>
    public CredentialOrigin CredentialOrigin => Record.Connection.CredentialOrigin;

    /// <summary>The credential profile that was used, or null.</summary>
    public string? ProfileName => Record.Connection.ProfileName;

    /// <summary>The shared credentials file that was named, or null.</summary>
    public string? ProfileLocation => Record.Connection.ProfileLocation;

    /// <summary>The AWS endpoint that was named, or null.</summary>
    public string? EndpointUrl => Record.Connection.EndpointUrl;

    /// <summary>The task's tags by key, as ECS reported them.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; internal set; } = SessionTags.None;

    /// <summary>The reason why it was started, from -Reason of New-FargateSession; null without one.</summary>
    public string? Reason => Tags.GetValueOrDefault(SessionTags.ReasonKey);

    /// <summary>
    /// The sources (preset file or service) of parameters that New-FargateSession was not given, by name. Known only to the
    /// PowerShell that started it.
    /// </summary>
    public IReadOnlyDictionary<string, string> ParameterSource { get; internal set; } = SessionTags.None;

    /// <summary>The accesses of other keys that Grant-FargateAccess has granted from this machine, and that were not revoked.</summary>
    public IReadOnlyList<FargateAccess> Access => Folder is null ? [] : AccessFiles.Read(Folder);

    /// <summary>The PowerShell that uses it at the moment.</summary>
    public SessionOwner Owner => Folder is null ? SessionOwner.Elsewhere : SessionLock.OwnerOf(Folder);

    /// <summary>
    /// The file of the one-time private key, deleted when the session ends; or the user's own key, which is kept. Null for tasks
    /// that others started, and without ssh.
    /// </summary>
    public string? KeyPath => Folder is null || IsDamaged ? null : Record.KeyPathIn(Folder);

    /// <summary>The known_hosts file of this session. Null for tasks that others started, and without ssh.</summary>
    public string? KnownHostsPath => Folder is null || IsDamaged ? null : Record.KnownHostsPathIn(Folder);

    /// <summary>The file of the secret by which its container proves its host key. Null for tasks that others started.</summary>
    internal string? ProofKeyPath => Folder is null ? null : Path.Combine(Folder, SessionRecord.ProofKeyFile);

    /// <summary>The host key that ssh accepts, and its source; null until a server has answered.</summary>
    public FargateHostKey? HostKey { get; internal set; }

    /// <summary>The method to verify the host key.</summary>
    public HostKeyVerification HostKeyVerification { get; internal set; }

    /// <summary>The session's folder, which only its user can access. Null for tasks that others started.</summary>
    internal string? Folder { get; }

    /// <summary>The account of the task, as far as it is known.</summary>
    internal string? Account => Model.TaskArn.AccountOf(TaskArn) ?? Record.DefinitionAccount;

    /// <summary>True when its server is not, or may not be, the session's own.</summary>
    internal bool IsDistrusted { get; set; }

    /// <summary>
    /// Whether the session can still be used: its task is not stopping, and nobody else may intercept its connection.
    /// </summary>
    internal bool IsWorthKeeping => !IsDistrusted && !TaskStatuses.IsEnding(Status);

    /// <summary>True when the log did not have the host key, and the user was warned.</summary>
    internal bool TrustsFirstKey { get; set; }

    /// <summary>The proxy to its SSH server, as last specified; null for a direct connection.</summary>
    internal SshProxy? Proxy { get; set; }

    /// <summary>The rule that admits this machine's address and must be removed; null where there is none.</summary>
    internal IngressRule? Ingress
    {
        get => Record.Ingress;
        set => Change(record => record with { Ingress = value });
    }

    /// <summary>Whether a rule for this machine's address was requested, and that is an IPv6 address.</summary>
    internal bool HasIPv6Ingress { get; set; }

    /// <summary>The time for which its container waits after a connection was lost.</summary>
    internal TimeSpan ReconnectWindow => Record.Limits.ReconnectWindow is { } seconds
        ? TimeSpan.FromSeconds(seconds)
        : ContainerContract.DefaultReconnectWindow;

    /// <summary>
    /// Whether it is in this machine's journal. Only such a session is stopped automatically when it cannot be used.
    /// </summary>
    internal bool IsOwn => Folder is not null;

    /// <summary>Whether its entry in the journal cannot be read, so that little more than its id is known.</summary>
    internal bool IsDamaged { get; init; }

    /// <summary>Whether its task enables ECS Exec.</summary>
    internal bool HasEcsExec { get; set; }

    /// <summary>The transport that was found open, Ssh or EcsExec; null while none was.</summary>
    internal FargateTransport? OpenTransport { get; set; }

    /// <summary>The route on which its SSH server answered this process; null while it has not.</summary>
    internal OpenRoute? OpenRoute { get; set; }

    /// <summary>The route to use, as last specified.</summary>
    internal FargateRoute WantedRoute { get; set; }

    /// <summary>The EC2 Instance Connect Endpoint to use, as last specified; null for one of the task's VPC.</summary>
    internal string? InstanceConnectEndpoint { get; set; }

    /// <summary>The attempts to start its task; null when this process did not start it.</summary>
    internal StartPlan? Plan { get; set; }

    /// <summary>Its start as the history has it; null until it was recorded by this process.</summary>
    internal FargateStart? RecordedStart { get; set; }

    /// <summary>The time that starts of its task definition usually take; null where that is not known.</summary>
    internal TimeSpan? UsualStart { get; set; }

    /// <summary>Its position among the sessions that this process started, from 1; 0 for others.</summary>
    internal long StartOrder { get; set; }

    /// <summary>The command, job or tunnel that ends the session; null when the caller does.</summary>
    internal object? Holder { get; set; }

    /// <summary>True when the pipeline that started it has used it, or failed to wait for it, and so must end it.</summary>
    internal bool EndsWithPipeline { get; set; }

    /// <summary>True when this process has stopped the session.</summary>
    internal bool IsClosed { get; set; }

    /// <summary>Raised when a cmdlet begins to log in to the session; from then on the cmdlet stops it where necessary.</summary>
    internal event Action? LoginBegun;

    /// <inheritdoc cref="LoginBegun"/>
    internal void NoteLoginBegun() => LoginBegun?.Invoke();

    /// <summary>The short id, or the task's id for tasks that others started.</summary>
    public override string ToString() => SessionId.Length > 0 ? SessionId : TaskId;

    /// <summary>Whether a task is this session's. Users may specify tasks by their ids alone.</summary>
    internal bool IsOf(TaskDescription task) =>
        task.TaskArn == TaskArn || task.TaskArn.EndsWith($"/{TaskArn}", StringComparison.Ordinal);

    /// <summary>Switches to a new task, and clears the facts of the previous one.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt that started it.</param>
    internal void Begin(TaskDescription task, StartAttempt attempt)
    {
        Change(record => attempt.In(record) with { TaskArn = task.TaskArn });
        StartedAt = null;
        (HostKey, TrustsFirstKey, OpenTransport, OpenRoute) = (null, false, null, null);
        Timing = new FargateSessionTiming { Accepted = DateTimeOffset.UtcNow };
        Timing.BeginWait(DateTimeOffset.UtcNow);
        RecordedStart = null;
        (NetworkInterfaceId, SubnetId, VpcId) = (null, null, null);
        (PublicAddress, PrivateAddress, IPv6Address) = (null, null, null);
        Update(task);
    }

    /// <summary>Changes the record. Closing a session does so from two threads at once.</summary>
    private void Change(Func<SessionRecord, SessionRecord> change)
    {
        lock (_recordLock)
        {
            Record = change(Record);
        }
    }

    /// <summary>Updates the session from ECS's description of the task.</summary>
    internal void Update(TaskDescription task)
    {
        Status = task.LastStatus;
        TaskArn = task.TaskArn;
        _taskDefinitionArn = task.TaskDefinitionArn ?? _taskDefinitionArn;
        Tags = task.Tags ?? Tags;
        HasEcsExec |= task.EnablesExecuteCommand;
        Size = task.Size.Or(Size);
        StartedAt = task.StartedAt ?? StartedAt;
        Timing.Update(task);
        NetworkInterfaceId = task.NetworkInterfaceId ?? NetworkInterfaceId;
        SubnetId = task.SubnetId ?? SubnetId;
        PrivateAddress = task.PrivateIPv4Address ?? PrivateAddress;
        IPv6Address = task.IPv6Address ?? IPv6Address;
    }

    /// <summary>Updates the session from EC2's description of the network interface.</summary>
    internal void Update(NetworkInterfaceDescription networkInterface)
    {
        PublicAddress = networkInterface.PublicIPv4Address ?? PublicAddress;
        PrivateAddress ??= networkInterface.PrivateIPv4Address;
        IPv6Address ??= networkInterface.IPv6Addresses is [var first, ..] ? first : null;
        SubnetId ??= networkInterface.SubnetId;
        VpcId ??= networkInterface.VpcId;
    }

    /// <summary>
    /// Returns the task's own address for a route, or null while it is not known. From inside the VPC, and for AWS's own routes:
    /// the private address, or the IPv6 one where it is the only one. Otherwise the public address; where none will be assigned,
    /// the IPv6 address, which is public, or else the private one. With a rule for an IPv6 address: that one.
    /// </summary>
    internal string? AddressFor(FargateRoute route) => (route, Record.AssignPublicIp) switch
    {
        (FargateRoute.Private or FargateRoute.InstanceConnect or FargateRoute.SessionManager, _) => PrivateAddress ?? IPv6Address,
        _ when HasIPv6Ingress && IPv6Address is not null => IPv6Address,
        (FargateRoute.Public, false) => PublicAddress ?? IPv6Address,
        (_, true) => PublicAddress ?? (PrivateAddress is null ? IPv6Address : null),
        _ => PublicAddress ?? IPv6Address ?? PrivateAddress,
    };

    /// <summary>Returns the endpoint for ssh, on the open route or at the task's own address, once that is known.</summary>
    internal SshEndpoint Endpoint => new()
    {
        Address = OpenRoute?.Address ?? AddressFor(WantedRoute)!,
        Port = OpenRoute?.Port ?? Port,
        UserName = UserName,
        KeyPath = KeyPath!,
        IsKeyInAgent = Record.IsKeyInAgent,
        KnownHostsPath = KnownHostsPath!,
        HostKeyAlias = TaskId,
        HostKeyIsKnown = HostKey is not null,
        Proxy = Proxy,
    };
}
