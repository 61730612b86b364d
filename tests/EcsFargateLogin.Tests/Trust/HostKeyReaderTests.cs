using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Model;
using EcsFargateLogin.Ssh;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Trust;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace EcsFargateLogin.Tests.Trust;

/// <summary>The fate of a session by the content of its log, and the time of it.</summary>
public sealed class HostKeyReaderTests : SessionTest
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO2B7yXIuqGtSggTdE3LoHNsitfkMx8eTATYuLvSP/nU";
    private const string OtherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXy/kTKmUnlv8VwYbbwUgwKmvZEEqJwuX9b3H63F3Yv";
    private const string Tag = "for SHA256:mine nonce=0a";
    private const string Start = $"ecs-fargate-login start user=root port=22 {Tag}";
    private const string HostKey = $"ecs-fargate-login host-key {Key} {Tag}";

    [Fact]
    public async Task A_line_that_comes_late_is_waited_for_and_pinned()
    {
        var polls = 0;
        Cloud.OnGetLogEvents = () => ++polls < 5 ? [] : [Start, HostKey];
        var session = Session(HostKeyVerification.Strict);

        await VerifyAsync(session);

        Assert.Equal((HostKeySource.TaskLog, PublicKey.TryParse(Key)!.Fingerprint), (session.HostKey?.Source, session.HostKey?.Fingerprint));
        Assert.Equal($"{session.TaskId} {Key}\n", await File.ReadAllTextAsync(session.KnownHostsPath!));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(session.KnownHostsPath!));
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_no_end()
    {
        var polls = 0;
        Cloud.OnGetLogEvents = () => ++polls < 4 ? throw SampleTask.Throttled() : [Start, HostKey];
        var session = Session(HostKeyVerification.Strict);

        await VerifyAsync(session);

        Assert.NotNull(session.HostKey);
    }

    [Fact]
    public async Task A_log_that_never_comes_ends_a_strict_session()
    {
        var session = Session(HostKeyVerification.Strict);

        var error = await Assert.ThrowsAsync<FargateException>(() => VerifyAsync(session, TimeSpan.FromMilliseconds(200)));

        Assert.Equal(FargateError.HostKeyNotVerified, error.Error);
        Assert.Contains("login/cli/" + session.TaskId, error.Message, StringComparison.Ordinal);
        Assert.Contains("images made for ecs-fargate-login print none", error.Message, StringComparison.Ordinal);
        Assert.True(session.IsDistrusted);
    }

    [Fact]
    public async Task A_log_that_never_comes_is_a_warning_in_an_automatic_session_and_is_not_waited_for_again()
    {
        var session = Session(HostKeyVerification.Auto);

        await VerifyAsync(session, TimeSpan.FromMilliseconds(200));
        var polls = Cloud.CallsOf("GetLogEvents").Count;
        await VerifyAsync(session, TimeSpan.FromMilliseconds(200));

        Assert.Contains("The key that is seen first", Assert.Single(Events.Events.OfType<Caution>()).Text, StringComparison.Ordinal);
        Assert.Equal(polls, Cloud.CallsOf("GetLogEvents").Count);
        Assert.Null(session.HostKey);
        Assert.False(session.IsDistrusted);
    }

    [Theory]
    [InlineData("unreachable", HostKeyVerification.Auto)]
    [InlineData("dropped", HostKeyVerification.Auto)]
    [InlineData("dropped after empty answers", HostKeyVerification.Auto)]
    [InlineData("throttled", HostKeyVerification.Auto)]
    [InlineData("expired", HostKeyVerification.Auto)]
    [InlineData("unreachable", HostKeyVerification.Strict)]
    [InlineData("dropped", HostKeyVerification.Strict)]
    [InlineData("throttled", HostKeyVerification.Strict)]
    [InlineData("expired", HostKeyVerification.Strict)]
    public async Task A_log_that_somebody_may_keep_away_is_no_reason_to_trust_a_key(string how, HostKeyVerification verification)
    {
        var begun = Stopwatch.StartNew();
        Cloud.DropsGetLogEvents = () => how == "dropped"
            || (how == "dropped after empty answers" && begun.Elapsed > TimeSpan.FromMilliseconds(100));
        Cloud.OnGetLogEvents = () => how switch
        {
            "unreachable" => throw CloudErrors.EndpointUnreachable(new Uri("https://logs.example/"), "it did not answer.", null),
            "throttled" => throw SampleTask.Throttled(),
            "expired" => throw CloudErrors.CredentialsExpired(SampleTask.Answer("ExpiredTokenException")),
            _ => [],
        };
        var session = Session(verification);

        var error = await Assert.ThrowsAsync<FargateException>(() => VerifyAsync(session, TimeSpan.FromMilliseconds(200)));

        Assert.Equal(FargateError.HostKeyNotVerified, error.Error);
        Assert.Contains("the container's log could not be read: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("-HostKeyVerification AcceptNew", error.NextStep, StringComparison.Ordinal);
        Assert.Empty(Events.Events);
        Assert.Equal((false, true, null), (session.TrustsFirstKey, session.IsDistrusted, session.HostKey));
    }

    [Fact]
    public async Task AWS_saying_that_the_log_may_not_be_read_is_one()
    {
        Cloud.OnGetLogEvents = () => throw SampleTask.AccessDenied("logs:GetLogEvents");
        var session = Session(HostKeyVerification.Auto);

        await VerifyAsync(session);

        Assert.Contains("logs:GetLogEvents", Assert.Single(Events.Events.OfType<Caution>()).Text, StringComparison.Ordinal);
        Assert.True(session.TrustsFirstKey);
    }

    [Fact]
    public async Task So_is_an_answer_without_the_line_that_came_late_enough()
    {
        var polls = 0;
        Cloud.OnGetLogEvents = () => ++polls < 5 ? throw SampleTask.Throttled() : [Start];
        var session = Session(HostKeyVerification.Auto);

        // The answer has to come within twice that.
        await VerifyAsync(session, TimeSpan.FromSeconds(1));

        Assert.Single(Events.Events.OfType<Caution>());
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_the_servers_error()
    {
        var session = Session(HostKeyVerification.Auto);
        var refused = SshErrors.ProxyRefused("the jump host bastion", "Permission denied");

        var error = await Assert.ThrowsAsync<FargateException>(() => Reader(TimeSpan.FromSeconds(60))
            .VerifyAsync(session, Task.FromException<ServerAnswer?>(refused), Events, CancellationToken.None));

        Assert.Same(refused, error);
        Assert.False(session.IsDistrusted);
    }

    [Theory]
    [InlineData(HostKeyVerification.Auto)]
    [InlineData(HostKeyVerification.Strict)]
    public async Task A_log_that_contradicts_itself_ends_every_session_that_asks_it(HostKeyVerification verification)
    {
        Cloud.OnGetLogEvents = () => [Start, $"ecs-fargate-login host-key {OtherKey} {Tag}", Start, HostKey];
        var session = Session(verification);

        var error = await Assert.ThrowsAsync<FargateException>(() => VerifyAsync(session));

        Assert.Equal(FargateError.HostKeyNotVerified, error.Error);
        Assert.True(session.IsDistrusted);
        Assert.Null(session.HostKey);
    }

    [Fact]
    public async Task A_server_that_was_met_before_and_had_another_key_is_an_error()
    {
        Cloud.OnGetLogEvents = () => [Start, HostKey];
        var session = Session(HostKeyVerification.Strict);
        await File.WriteAllTextAsync(session.KnownHostsPath!, $"{session.TaskId} {OtherKey}\n");

        var error = await Assert.ThrowsAsync<FargateException>(() => VerifyAsync(session));

        Assert.Equal(FargateError.HostKeyNotVerified, error.Error);
        Assert.Contains(PublicKey.TryParse(OtherKey)!.Fingerprint, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HostKeyVerification.Auto)]
    [InlineData(HostKeyVerification.Strict)]
    [InlineData(HostKeyVerification.AcceptNew)]
    public async Task A_key_that_the_server_proves_is_pinned_and_the_log_is_not_asked(HostKeyVerification verification)
    {
        var session = Session(verification);
        AnswerProves(session);

        await VerifyAsync(session);

        Assert.Equal((HostKeySource.Proof, PublicKey.TryParse(Key)!.Fingerprint), (session.HostKey?.Source, session.HostKey?.Fingerprint));
        Assert.Equal($"{session.TaskId} {Key}\n", await File.ReadAllTextAsync(session.KnownHostsPath!));
        Assert.Empty(Cloud.Calls);
    }

    [Fact]
    public async Task A_server_that_was_met_before_and_had_another_key_than_is_proven_is_an_error()
    {
        var session = Session(HostKeyVerification.AcceptNew);
        AnswerProves(session);
        await File.WriteAllTextAsync(session.KnownHostsPath!, $"{session.TaskId} {OtherKey}\n");

        var error = await Assert.ThrowsAsync<FargateException>(() => VerifyAsync(session));

        Assert.Equal((FargateError.HostKeyNotVerified, true), (error.Error, session.IsDistrusted));
        Assert.Contains($"its own server has proven {PublicKey.TryParse(Key)!.Fingerprint}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_a_proof_is_known_by_the_log()
    {
        Cloud.OnGetLogEvents = () => [Start, HostKey];
        var session = Session(HostKeyVerification.Strict);
        Proofs.WriteKey(session);
        Answer = new ServerAnswer("SSH-2.0-OpenSSH_9.2p1", PublicKey.TryParse(OtherKey));

        await VerifyAsync(session);

        Assert.Equal((HostKeySource.TaskLog, PublicKey.TryParse(Key)!.Fingerprint), (session.HostKey?.Source, session.HostKey?.Fingerprint));
    }

    [Fact]
    public async Task AcceptNew_never_asks_the_log()
    {
        await VerifyAsync(Session(HostKeyVerification.AcceptNew));

        Assert.Empty(Cloud.Calls);
        Assert.Empty(Events.Events);
    }

    /// <summary>The answer of the server; null where it has answered before.</summary>
    private ServerAnswer? Answer { get; set; }

    private void AnswerProves(FargateSession session)
    {
        var key = PublicKey.TryParse(Key)!;
        Answer = new ServerAnswer(Proofs.VersionFor(Proofs.WriteKey(session), key, Tag), key);
    }

    private FargateSession Session(HostKeyVerification verification)
    {
        SessionJournal journal = new(Folder["sessions"]);
        return journal.SessionOf(SampleRecord.Of(journal.Open(), SampleTask.Arn) with
        {
            Log = new ContainerLog("/ecs/cli", "eu-west-1", "login"),
            HostKeyVerification = verification,
            LogTag = Tag,
        });
    }

    private Task VerifyAsync(FargateSession session, TimeSpan? limit = null) =>
        Reader(limit ?? TimeSpan.FromSeconds(60)).VerifyAsync(session, Task.FromResult(Answer), Events, CancellationToken.None);

    private HostKeyReader Reader(TimeSpan limit) => new(Cloud)
    {
        FirstPause = TimeSpan.FromMilliseconds(1),
        Limit = limit,
        // Only what is dropped takes its time: an answer must not come too late because this machine is busy.
        ReadLimit = Cloud.DropsGetLogEvents is null ? TimeSpan.FromMinutes(1) : TimeSpan.FromMilliseconds(50),
    };
}
