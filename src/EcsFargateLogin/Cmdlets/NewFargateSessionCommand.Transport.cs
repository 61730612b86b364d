using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Cmdlets;

// How the container is to be reached, and what is asked for to that end.
public sealed partial class NewFargateSessionCommand
{
    private static readonly string[] ParametersOfSsh =
    [
        nameof(UserName), nameof(KeyType), nameof(KeyPath), nameof(FromAddress), nameof(HostKeyVerification),
        nameof(AuthorizeMyAddress), nameof(MyAddress), nameof(JumpHost), nameof(ProxyCommand),
        nameof(LoginTimeout), nameof(IdleTimeout), nameof(ReconnectWindow), nameof(UnusedTimeout),
    ];

    private bool _hasPlugin;

    /// <summary>Looks for the programs that the session's user needs, before any task is started.</summary>
    private void FindPrograms()
    {
        if (Transport.HasSsh())
        {
            FindProgram("ssh");
            _keyGenerator ??= new KeyGenerator(FindProgram("ssh-keygen"));
        }
        else
        {
            ThrowIfGiven(ParametersOfSsh);
            _hasPlugin = _hasPlugin || FindPlugin() is not null;
        }
    }

    private SessionRequest RequestOf() => Transport.HasSsh() ? WithSsh(CommonRequest()) : CommonRequest();

    private SessionRequest CommonRequest() => new()
    {
        TaskDefinition = FromTaskDefinition ?? TaskDefinition,
        IsOfApplication = FromTaskDefinition is not null,
        Service = ServiceChoice,
        Cluster = ClusterOfRecord,
        Subnets = Subnet,
        SecurityGroups = SecurityGroup,
        ContainerName = ContainerName,
        AssignPublicIp = AssignPublicIp == AssignPublicIp.Enabled,
        Transport = Transport,
        Port = Port,
        Environment = ContainerContract.CheckVariables(EnvironmentVariable),
        Command = Command,
        TaskRoleArn = TaskRoleArn,
        Limits = Limits,
        Tags = SessionTags.Of(Reason, Tag),
        CapacityProvider = CapacityProvider,
        PlatformVersion = PlatformVersion,
        FallsBackToOnDemand = FallbackToOnDemand,
        RetryCount = RetryCount,
        StartTimeout = TimeSpan.FromSeconds(StartTimeout),
    };

    /// <summary>What of a preset only ssh takes is left out where ssh is no way in.</summary>
    private SessionRequest WithSsh(SessionRequest request) => request with
    {
        UserName = UserName,
        HostKeyVerification = HostKeyVerification,
        KeyType = KeyType,
        KeyPath = OwnKeyPath(),
        FromAddresses = AuthorizedKey.CheckAddresses(FromAddress),
        Proxy = ProxyParameters.ToProxy(JumpHost, ProxyCommand, FindProgram),
    };

    private SessionLimits Limits => new()
    {
        MaxLifetime = MaxLifetime,
        LoginTimeout = LoginTimeout,
        IdleTimeout = IdleTimeout,
        ReconnectWindow = ReconnectWindow,
        UnusedTimeout = UnusedTimeout,
    };

    private string? OwnKeyPath() => KeyPath switch
    {
        null => null,
        _ when MyInvocation.BoundParameters.ContainsKey(nameof(KeyType)) => throw KeyErrors.KeyGivenTwice(KeyPath),
        _ => GetUnresolvedProviderPathFromPSPath(KeyPath),
    };
}
