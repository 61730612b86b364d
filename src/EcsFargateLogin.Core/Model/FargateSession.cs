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

    /// <param name="record">The facts that its launch has decided, as far as they are known.</param>
    /// <param name="folder">Its own folder; null for tasks that others started.</param>
    internal FargateSession(SessionRecord record, string? folder = null)
    {
        Record = record;
        Folder = folder;
        HostKeyVerification = record.HostKeyVerification;
        HasEcsExec = record.Transport.HasEcsExec();
        HasIPv6Ingress = record.Ingress?.IsIPv6 == true;
    }

    /// <summary>The facts that its launch has decided, as the journal keeps them.</summary>
    internal SessionRecord Record { get; private set; }

    /// <summary>The session's short id, which is also the task's startedBy. Empty for tasks that others started.</summary>
    public string SessionId => Record.SessionId;

    /// <summary>The status that ECS last reported, from PROVISIONING to STOPPED; UNKNOWN where it could not tell.</summary>
    public string Status { get; internal set; } = "PROVISIONING";

    /// <summary>
    /// READY from the time when its server has answered here, which is often before ECS reports RUNNING; otherwise, and once it
    /// ends, its status.
    /// </summary>
    public string State => WayIn is not null && !TaskStatuses.IsEnding(Status) ? TaskStatuses.Ready : Status;

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

    /// <summary>The task definition, as given, or its ARN once ECS has told it.</summary>
    public string? TaskDefinition => _taskDefinitionArn ?? Record.TaskDefinition;

    /// <summary>The container that runs the SSH server.</summary>
    public string? ContainerName => Record.ContainerName;

    /// <summary>The transport that it was started with: how its container can be reached.</summary>
    public FargateTransport Transport => Record.Transport;

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

    /// <summary>When RunTask was called (for the last time, where the start was repeated), by this machine's clock.</summary>
    public DateTimeOffset CreatedAt => Record.CreatedAt;

    /// <summary>When the task became RUNNING, by AWS's clock.</summary>
    public DateTimeOffset? StartedAt { get; internal set; }

    /// <summary>
    /// When the task ends by itself at the latest: as long after <see cref="StartedAt"/> as -MaxLifetime of
    /// New-FargateSession said. Null before that, and where it was left to the task definition or the image.
    /// </summary>
    public DateTimeOffset? EndsAt => StartedAt + Record.Limits.Lifetime;

    /// <summary>When the task came into each phase of its start.</summary>
    public FargateSessionTiming Timing { get; private set; } = new();

    /// <summary>The region that the task runs in.</summary>
    public string Region => Record.Connection.Region;

    /// <summary>How the credentials were named that started it. Later commands use the same ones.</summary>
    public CredentialOrigin CredentialOrigin => Record.Connection.CredentialOrigin;

    /// <summary>The credential profile that was used, or null.</summary>
    public string? ProfileName => Record.Connection.ProfileName;

    /// <summary>The shared credentials file that was named, or null.</summary>
    public string? ProfileLocation => Record.Connection.ProfileLocation;

    /// <summary>The AWS endpoint that was named, or null.</summary>
    public string? EndpointUrl => Record.Connection.EndpointUrl;

    /// <summary>The task's tags by key, as ECS has told them.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; internal set; } = SessionTags.None;

    /// <summary>Why it was started, as New-FargateSession -Reason said; null where it did not.</summary>
    public string? Reason => Tags.GetValueOrDefault(SessionTags.ReasonKey);

    /// <summary>
    /// Where those parameters came from that New-FargateSession was not given: the file of a preset, or a service, by the
    /// parameter's name. Known to the PowerShell that has started it.
    /// </summary>
    public IReadOnlyDictionary<string, string> ParameterSource { get; internal set; } = SessionTags.None;

    /// <summary>The PowerShell that uses it, at the moment when this is read.</summary>
    public SessionOwner Owner => Folder is null ? SessionOwner.Elsewhere : SessionLock.OwnerOf(Folder);

    /// <summary>
    /// The file of the one-time private key, deleted when the session ends; or the user's own key, which stays. Null for
    /// tasks that others started, and where ssh is no way in.
    /// </summary>
    public string? KeyPath => Folder is null || IsDamaged ? null : Record.KeyPathIn(Folder);

    /// <summary>
    /// The known_hosts file of this session alone. Null for tasks that others started, and where ssh is no way in.
    /// </summary>
    public string? KnownHostsPath => Folder is null || IsDamaged ? null : Record.KnownHostsPathIn(Folder);

    /// <summary>The host key that ssh accepts, and where it is known from; null until a server has answered.</summary>
    public FargateHostKey? HostKey { get; internal set; }

    /// <summary>How it is made sure that this is the right one.</summary>
    public HostKeyVerification HostKeyVerification { get; internal set; }

    /// <summary>The session's own folder, which is its user's alone. Null for tasks that others started.</summary>
    internal string? Folder { get; }

    /// <summary>The account of the task, as far as it is known.</summary>
    internal string? Account => Model.TaskArn.AccountOf(TaskArn) ?? Record.DefinitionAccount;

    /// <summary>True once its server turned out not to be its own, or may not be.</summary>
    internal bool IsDistrusted { get; set; }

    /// <summary>
    /// Whether anything can still be done with it: a task that was stopped is nothing to keep, nor one that others may
    /// listen in on.
    /// </summary>
    internal bool IsWorthKeeping => !IsDistrusted && !TaskStatuses.IsEnding(Status);

    /// <summary>True once the log could not tell the host key, and the user was warned.</summary>
    internal bool TrustsFirstKey { get; set; }

    /// <summary>The way to its SSH server, as last named; null for the direct one.</summary>
    internal SshProxy? Proxy { get; set; }

    /// <summary>The rule that admits this machine's address and is to be removed; null where there is none.</summary>
    internal IngressRule? Ingress
    {
        get => Record.Ingress;
        set => Change(record => record with { Ingress = value });
    }

    /// <summary>Whether a rule for this machine's address was asked for, and that is an IPv6 address.</summary>
    internal bool HasIPv6Ingress { get; set; }

    /// <summary>For how long its container waits for a connection that was lost.</summary>
    internal TimeSpan ReconnectWindow => Record.Limits.ReconnectWindow is { } seconds
        ? TimeSpan.FromSeconds(seconds)
        : ContainerContract.DefaultReconnectWindow;

    /// <summary>True for a session of this machine's journal: only those are stopped unasked when they are of no use.</summary>
    internal bool IsOwn => Folder is not null;

    /// <summary>Whether its entry in the journal cannot be read: of such a session little more than the id is known.</summary>
    internal bool IsDamaged { get; init; }

    /// <summary>Whether its task enables ECS Exec.</summary>
    internal bool HasEcsExec { get; set; }

    /// <summary>The way by which it was found open, Ssh or EcsExec; null as long as it was not.</summary>
    internal FargateTransport? WayIn { get; set; }

    /// <summary>The address at which its SSH server has answered to this process; null while it has not.</summary>
    internal string? AnsweredAddress { get; set; }

    /// <summary>How its task is started again; null when this process did not start it.</summary>
    internal StartPlan? Plan { get; set; }

    /// <summary>Its place in the order in which this process started sessions, from 1; 0 when this process did not start it.</summary>
    internal long StartOrder { get; set; }

    /// <summary>Ends the session in time: a command of the pipeline that started it, a job or a tunnel. Null: only the caller does.</summary>
    internal object? Holder { get; set; }

    /// <summary>True when the pipeline that started it has used it, or waited for it in vain, and must not leave it to the caller.</summary>
    internal bool EndsWithPipeline { get; set; }

    /// <summary>True once the session was stopped from here.</summary>
    internal bool IsClosed { get; set; }

    /// <summary>Raised when a cmdlet has begun to log in to it, and from then on stops it where that is to be done.</summary>
    internal event Action? LoginBegun;

    /// <inheritdoc cref="LoginBegun"/>
    internal void NoteLoginBegun() => LoginBegun?.Invoke();

    /// <summary>The short id, or the task's id for tasks that others started.</summary>
    public override string ToString() => SessionId.Length > 0 ? SessionId : TaskId;

    /// <summary>Whether a task that ECS described is this session's. Users may name tasks by their ids alone.</summary>
    internal bool IsOf(TaskDescription task) =>
        task.TaskArn == TaskArn || task.TaskArn.EndsWith($"/{TaskArn}", StringComparison.Ordinal);

    /// <summary>Turns to a new task, and forgets what was known of one before it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="attempt">The attempt that has started it.</param>
    internal void Begin(TaskDescription task, StartAttempt attempt)
    {
        Change(record => attempt.In(record) with { TaskArn = task.TaskArn });
        StartedAt = null;
        (HostKey, TrustsFirstKey, WayIn, AnsweredAddress) = (null, false, null, null);
        Timing = new FargateSessionTiming();
        (NetworkInterfaceId, SubnetId, PublicAddress, PrivateAddress, IPv6Address) = (null, null, null, null, null);
        Update(task);
    }

    /// <summary>Changes the record. Several threads may: closing a session ends its task and removes its rule side by side.</summary>
    private void Change(Func<SessionRecord, SessionRecord> change)
    {
        lock (_recordLock)
        {
            Record = change(Record);
        }
    }

    /// <summary>Takes over what ECS says about the task.</summary>
    internal void Update(TaskDescription task)
    {
        Status = task.LastStatus;
        TaskArn = task.TaskArn;
        _taskDefinitionArn = task.TaskDefinitionArn ?? _taskDefinitionArn;
        Tags = task.Tags ?? Tags;
        HasEcsExec |= task.EnablesExecuteCommand;
        StartedAt = task.StartedAt ?? StartedAt;
        Timing.Update(task);
        NetworkInterfaceId = task.NetworkInterfaceId ?? NetworkInterfaceId;
        SubnetId = task.SubnetId ?? SubnetId;
        PrivateAddress = task.PrivateIPv4Address ?? PrivateAddress;
        IPv6Address = task.IPv6Address ?? IPv6Address;
    }

    /// <summary>Takes over what EC2 says about the task's network interface.</summary>
    internal void Update(NetworkInterfaceDescription networkInterface)
    {
        PublicAddress = networkInterface.PublicIPv4Address ?? PublicAddress;
        PrivateAddress ??= networkInterface.PrivateIPv4Address;
        IPv6Address ??= networkInterface.IPv6Addresses is [var first, ..] ? first : null;
        SubnetId ??= networkInterface.SubnetId;
    }

    /// <summary>
    /// The address to reach it at, or null while it is not known. From inside the VPC: the private one, or the IPv6 address
    /// where that is all there is. From outside: the public one. Where there is none to come, the IPv6 address, which is
    /// public by nature, and at last the private one. With a rule for an IPv6 address, the IPv6 one.
    /// </summary>
    internal string? AddressFor(bool preferPrivate) => (preferPrivate, Record.AssignPublicIp) switch
    {
        (true, _) => PrivateAddress ?? IPv6Address,
        _ when HasIPv6Ingress && IPv6Address is not null => IPv6Address,
        (_, true) => PublicAddress ?? (PrivateAddress is null ? IPv6Address : null),
        _ => PublicAddress ?? IPv6Address ?? PrivateAddress,
    };

    /// <summary>The endpoint for ssh, once it has an address.</summary>
    internal SshEndpoint EndpointFor(bool preferPrivate) => new()
    {
        Address = AddressFor(preferPrivate)!,
        Port = Port,
        UserName = UserName,
        KeyPath = KeyPath!,
        IsKeyInAgent = Record.IsKeyInAgent,
        KnownHostsPath = KnownHostsPath!,
        HostKeyAlias = TaskId,
        HostKeyIsKnown = HostKey is not null,
        Proxy = Proxy,
    };
}
