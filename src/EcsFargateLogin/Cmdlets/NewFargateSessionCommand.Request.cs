using System.Collections;
using EcsFargateLogin.Model;
using EcsFargateLogin.Presets;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Cmdlets;

// The request and the programs that a record needs.
public sealed partial class NewFargateSessionCommand
{
    private static readonly string[] ParametersOfSsh =
    [
        nameof(UserName), nameof(KeyType), nameof(KeyPath), nameof(FromAddress), nameof(HostKeyVerification),
        nameof(AuthorizeMyAddress), nameof(MyAddress), nameof(JumpHost), nameof(ProxyCommand),
        nameof(LoginTimeout), nameof(IdleTimeout), nameof(ReconnectWindow), nameof(UnusedTimeout),
    ];

    private static bool HasSsh(ParameterValues values) => values.Get<FargateTransport>(nameof(Transport)).HasSsh();

    /// <summary>Looks for the programs that the session's user needs, before any task is started.</summary>
    private void FindPrograms(ParameterValues values)
    {
        if (HasSsh(values))
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

    private SessionRequest RequestOf(ParameterValues values)
    {
        SessionRequest request = new()
        {
            TaskDefinition = values.Get<string>(nameof(FromTaskDefinition)) ?? values.Get(nameof(TaskDefinition), ""),
            IsOfApplication = values.IsGiven(nameof(FromTaskDefinition)),
            Service = PresetRules.ServiceOf(values),
            Cluster = PresetRules.ClusterOf(values),
            Subnets = values.Get<string[]>(nameof(Subnet), []),
            SecurityGroups = values.Get<string[]>(nameof(SecurityGroup), []),
            ContainerName = values.Get<string>(nameof(ContainerName)),
            AssignPublicIp = values.Get<AssignPublicIp>(nameof(AssignPublicIp)) == EcsFargateLogin.AssignPublicIp.Enabled,
            Transport = values.Get<FargateTransport>(nameof(Transport)),
            Port = values.Get<int>(nameof(Port)),
            Environment = ContainerContract.CheckVariables(values.Get<IDictionary>(nameof(EnvironmentVariable))),
            Command = values.Get<string[]>(nameof(Command), []),
            TaskRoleArn = values.Get<string>(nameof(TaskRoleArn)),
            Limits = LimitsOf(values),
            Tags = SessionTags.Of(values.Get<string>(nameof(Reason)), values.Get<IDictionary>(nameof(Tag))),
            CapacityProvider = values.Get<string>(nameof(CapacityProvider))!,
            PlatformVersion = values.Get<string>(nameof(PlatformVersion)),
            FallsBackToOnDemand = values.Get<bool>(nameof(FallbackToOnDemand)),
            RetryCount = values.Get<int>(nameof(RetryCount)),
            StartTimeout = TimeSpan.FromSeconds(values.Get<int>(nameof(StartTimeout))),
        };
        return HasSsh(values) ? WithSsh(request, values) : request;
    }

    /// <summary>Adds the values that only ssh needs. Those of a preset are left out where ssh is no route.</summary>
    private SessionRequest WithSsh(SessionRequest request, ParameterValues values) => request with
    {
        UserName = values.Get<string>(nameof(UserName))!,
        HostKeyVerification = values.Get<HostKeyVerification>(nameof(HostKeyVerification)),
        KeyType = values.Get<SshKeyType>(nameof(KeyType)),
        KeyPath = OwnKeyPathOf(values),
        FromAddresses = AuthorizedKey.CheckAddresses(values.Get<string[]>(nameof(FromAddress), [])),
        Proxy = ProxyParameters.ToProxy(
            values.Get<string>(nameof(JumpHost)), values.Get<string>(nameof(ProxyCommand)), FindProgram),
    };

    private static SessionLimits LimitsOf(ParameterValues values) => new()
    {
        MaxLifetime = values.Get<int?>(nameof(MaxLifetime)),
        LoginTimeout = values.Get<int?>(nameof(LoginTimeout)),
        IdleTimeout = values.Get<int?>(nameof(IdleTimeout)),
        ReconnectWindow = values.Get<int?>(nameof(ReconnectWindow)),
        UnusedTimeout = values.Get<int?>(nameof(UnusedTimeout)),
    };

    private string? OwnKeyPathOf(ParameterValues values) => values.Get<string>(nameof(KeyPath)) switch
    {
        null => null,
        var path when values.IsBound(nameof(KeyType)) => throw KeyErrors.KeyGivenTwice(path),
        var path => GetUnresolvedProviderPathFromPSPath(path),
    };

    /// <summary>Whether a rule of the first security group is to give this machine's address access.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.InvalidMyAddress"/>: there is no group.</exception>
    private static bool IsAddressAuthorized(ParameterValues values) =>
        values.Get<bool>(nameof(AuthorizeMyAddress)) && HasSsh(values)
        && (values.IsGiven(nameof(SecurityGroup)) ? true : throw IngressErrors.IngressWithoutGroup());

    private string FindMyAddress(ParameterValues values) => Await((_, cancellationToken) =>
        Trust.MyAddress.FindAsync(values.Get<string>(nameof(MyAddress)), cancellationToken));
}
