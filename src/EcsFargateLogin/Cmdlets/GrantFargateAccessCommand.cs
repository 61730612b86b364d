using System.Globalization;
using System.Management.Automation;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Completion;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Allows the holder of another public key to log in to sessions, with what the session's own key may do, until a time; and returns
/// what a colleague needs to do so. No permission of AWS is needed by either.
/// </summary>
[Cmdlet(VerbsSecurity.Grant, "FargateAccess", DefaultParameterSetName = PublicKeySet, SupportsShouldProcess = true,
    HelpUri = HelpPages.Folder + "Grant-FargateAccess.md")]
[OutputType(typeof(FargateAccess))]
public sealed class GrantFargateAccessCommand : AccessCmdlet
{
    private const string PublicKeySet = "PublicKey";
    private const string PathSet = "Path";

    private static readonly TimeSpan DefaultDuration = TimeSpan.FromHours(1);

    private GivenKey? _key;
    private DateTimeOffset _until;
    private IReadOnlyList<string> _fromAddresses = [];

    /// <summary>
    /// The public key: one line with its type, the key and a comment, as in id_ed25519.pub. Options before it are refused, and so are
    /// private keys, certificates and RSA keys with less than 2048 bits.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PublicKeySet,
        HelpMessage = "The public key: one line, as in id_ed25519.pub.")]
    [ValidateNotNullOrEmpty]
    public string PublicKey { get; set; } = "";

    /// <summary>The file of the public key, such as id_ed25519.pub.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PathSet, HelpMessage = "The file of the public key, such as id_ed25519.pub.")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Sessions, as New-FargateSession returns them, or their ids. They were started from this machine, with ssh.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true,
        HelpMessage = "Sessions, as New-FargateSession returns them, or their ids.")]
    [SessionArgument(IsNeededHere = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public FargateSession[] Session { get; set; } = [];

    /// <summary>
    /// The time until which the key can log in, such as 18:00. It is never later than the session's own -MaxLifetime. Connections that
    /// are open then go on.
    /// </summary>
    [Parameter(HelpMessage = "The time until which the key can log in, such as 18:00.")]
    [ValidateNotNull]
    public DateTimeOffset? Until { get; set; }

    /// <summary>
    /// The duration for which the key can log in, such as 0:30 for half an hour, in place of -Until. Without either it is an hour.
    /// </summary>
    [Parameter(HelpMessage = "The duration for which the key can log in, such as 0:30 for half an hour.")]
    [ValidateNotNull]
    public TimeSpan? For { get; set; }

    /// <summary>The name of the key's holder, for the list of accesses. Without it the comment of the key, or its fingerprint.</summary>
    [Parameter(HelpMessage = "The name of the key's holder, for the list of accesses.")]
    [ValidateLength(1, 64)]
    public string? Name { get; set; }

    /// <summary>The addresses or networks, as address/bits, from which the key can log in. Without it from all.</summary>
    [Parameter(HelpMessage = "The addresses or networks (address/bits) from which the key can log in.")]
    [ValidateNotNullOrEmpty]
    public string[] FromAddress { get; set; } = [];

    /// <summary>Checks the key and the time before anything is started.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Guard(null, () =>
        {
            var key = ParameterSetName == PathSet
                ? GivenKey.Read(GetUnresolvedProviderPathFromPSPath(Path))
                : GivenKey.Parse(PublicKey, $"-{nameof(PublicKey)}");
            _until = UntilOf(DateTimeOffset.UtcNow);
            _fromAddresses = AuthorizedKey.CheckAddresses(FromAddress);
            // Nothing is granted unless all of it is valid.
            _key = key;
        });
    }

    /// <summary>Grants the access to this record's sessions.</summary>
    protected override void ProcessRecord()
    {
        OwnOrKeep(Session);
        if (_key is null)
        {
            return;
        }

        foreach (var session in Session)
        {
            var until = _until.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            if (ShouldProcess($"{session}", $"Grant access to {NameOf(_key)} ({_key.Key.Fingerprint}) until {until}"))
            {
                Guard(session, () => Grant(session, _key));
            }
        }
    }

    private DateTimeOffset UntilOf(DateTimeOffset now)
    {
        var until = (Until, For) switch
        {
            (not null, not null) => throw AccessErrors.TwoTimes(),
            ({ } time, _) => time,
            // A later time than there is, is no time either.
            (_, { } duration) => duration < DateTimeOffset.MaxValue - now ? now + duration : now,
            _ => now + DefaultDuration,
        };
        // The server compares whole seconds.
        return until >= now + TimeSpan.FromSeconds(1)
            ? new DateTimeOffset(until.UtcTicks - (until.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero)
            : throw AccessErrors.TimeIsOver($"-{(For is null ? nameof(Until) : nameof(For))}");
    }

    private string NameOf(GivenKey key) =>
        Name is not null ? TerminalText.OneLine(Name) : key.Comment.Length > 0 ? key.Comment : key.Key.Fingerprint;

    private void Grant(FargateSession session, GivenKey key)
    {
        FargateAccess? access = null;
        var earlier = session.Access.FirstOrDefault(each => each.Fingerprint == key.Key.Fingerprint);
        try
        {
            var isGranted = Change(Reach(session), () =>
            {
                access = AccessTo(session, key);
                // Whatever becomes of the connection, it is listed where it may have been granted.
                ChangeFiles(session, folder => AccessFiles.Write(folder, access));
                return AccessCommand.Granting(key.Key, access, _fromAddresses);
            });
            if (isGranted)
            {
                CompleteProgress();
                WarnOfRoute(session);
                WriteObject(access);
            }
        }
        catch (FargateException e) when (e.Error == FargateError.AccessUnavailable && access is not null)
        {
            ChangeFiles(session, folder =>
            {
                AccessFiles.Delete(folder, access);
                if (earlier is not null)
                {
                    AccessFiles.Write(folder, earlier);
                }
            });
            throw;
        }
    }

    private FargateAccess AccessTo(FargateSession session, GivenKey key)
    {
        // A task that ECS has not reported as running yet has been created before.
        var end = session.EndsAt ?? session.CreatedAt + session.Record.Limits.Lifetime;
        return new FargateAccess
        {
            Name = NameOf(key),
            Fingerprint = key.Key.Fingerprint,
            SessionId = session.SessionId,
            Until = end < _until ? end.Value : _until,
            SshConfig = string.Join('\n', SshConfigEntry.ForColleague(session).Lines),
            KnownHosts = KnownHosts.Find(session) is { } hostKey ? $"{session.TaskId} {hostKey}" : "",
        };
    }

    private void WarnOfRoute(FargateSession session)
    {
        var own = session.OpenRoute is { IsLocal: true } open ? $"{open.Route} by a port of this PowerShell"
            : session.Proxy is { IsJumpHost: false } ? "your -ProxyCommand"
            : null;
        if (own is not null)
        {
            WriteWarning(
                $"{session}: you reach it through {own}, which is not part of SshConfig. A colleague needs a route of their own to its "
                + "address, such as a jump host (ProxyJump).");
        }
    }
}
