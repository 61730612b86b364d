using EcsFargateLogin.Cloud;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Lifecycle.Closing;
using EcsFargateLogin.Lifecycle.Listing;
using EcsFargateLogin.Model;
using EcsFargateLogin.Tests.Lifecycle.Starting;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Trust;

namespace EcsFargateLogin.Tests.Trust;

/// <summary>The rule goes with its session on every way out, and is remembered until it is gone.</summary>
public sealed class SessionIngressTests : LaunchTest
{
    private const string Cidr = "198.51.100.7/32";

    private static SessionRequest WithIngress => Request with { SecurityGroups = ["sg-1", "sg-2"], AuthorizedCidr = Cidr };

    [Fact]
    public async Task The_journal_knows_of_the_rule_before_AWS_does_and_of_the_task_after()
    {
        IngressRule? remembered = null;
        Cloud.OnAuthorizeIngress = rule =>
        {
            remembered = Assert.Single(Journal.ReadAll()).Ingress;
            Assert.Empty(Cloud.CallsOf("RunTask"));
            return Cloud.Authorize(rule);
        };

        var session = await LaunchAsync(WithIngress);

        IngressRule expected = new("sg-1", Cidr, 22, $"EcsFargateLogin session {session.SessionId}");
        Assert.Equal(expected, remembered);
        Assert.Equal(expected, Assert.Single(Cloud.Rules));
        Assert.Equal(expected, Journal.Find(session.SessionId)!.Ingress);
    }

    [Fact]
    public async Task Cancelled_in_RunTask_the_rule_is_removed()
    {
        using CancellationTokenSource cancellation = new();
        Cloud.OnRunTask = async (_, _) =>
        {
            await cancellation.CancelAsync();
            return new RunTaskReply([SampleTask.Of("PROVISIONING")], []);
        };

        await Assert.ThrowsAsync<TaskCanceledException>(() => LaunchAsync(WithIngress, cancellation.Token));

        Assert.Equal(SampleTask.Arn, StoppedTask());
        Assert.Empty(Cloud.Rules);
        AssertForgotten();
    }

    [Fact]
    public async Task Cancelled_while_the_address_is_authorized_no_task_is_started_and_the_rule_is_removed()
    {
        using CancellationTokenSource cancellation = new();
        Cloud.OnAuthorizeIngress = rule =>
        {
            cancellation.Cancel();
            return Cloud.Authorize(rule);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => LaunchAsync(WithIngress, cancellation.Token));

        AssertNothingStarted();
        Assert.Empty(Cloud.Rules);
        AssertForgotten();
    }

    [Fact]
    public async Task Where_it_is_not_known_whether_the_rule_was_added_it_is_removed_and_no_task_is_started()
    {
        Cloud.OnAuthorizeIngress = rule =>
        {
            Cloud.Authorize(rule);
            throw CloudErrors.NoReplyInTime("Amazon EC2", new TimeoutException());
        };

        await FailAsync(FargateError.EndpointUnreachable, WithIngress);

        AssertNothingStarted();
        Assert.Empty(Cloud.Rules);
        AssertForgotten();
    }

    [Theory]
    [InlineData(SshKeyType.Ed25519)]
    [InlineData(SshKeyType.Ecdsa)]
    [InlineData(SshKeyType.Rsa)]
    public async Task A_session_with_a_rule_that_stays_loses_its_key_of_whatever_type(SshKeyType type)
    {
        var session = await LaunchAsync(WithIngress with { KeyType = type });
        Assert.True(File.Exists(session.KeyPath));
        Cloud.OnRevokeIngress = _ => throw Denied();

        var error = await Assert.ThrowsAsync<FargateException>(() => new SessionCloser(Cloud, Journal).CloseAsync(session, "over"));

        Assert.Equal(FargateError.IngressNotRevoked, error.Error);
        Assert.False(File.Exists(session.KeyPath));
        Assert.NotNull(Journal.Find(session.SessionId));
    }

    [Fact]
    public async Task A_refused_start_with_a_rule_that_stays_tells_both_and_is_remembered()
    {
        Cloud.OnRunTask = (_, _) => throw CloudErrors.AccessDenied("ecs:RunTask", SampleTask.Answer("AccessDeniedException"));
        Cloud.OnRevokeIngress = _ => throw Denied();

        var error = await FailAsync(FargateError.AccessDenied, WithIngress);

        Assert.Contains("ecs:RunTask", error.Message, StringComparison.Ordinal);
        Assert.Contains("aws ec2 revoke-security-group-ingress --group-id sg-1", error.Message, StringComparison.Ordinal);
        var entry = Assert.Single(Journal.ReadAll());
        Assert.NotNull(entry.Ingress);
        Assert.False(File.Exists(Journal.KeyPathOf(entry.SessionId)));
    }

    [Fact]
    public async Task A_task_that_cannot_be_stopped_can_at_least_not_be_reached()
    {
        var session = await LaunchAsync(WithIngress);
        Cloud.OnStopTask = _ => throw Denied();

        var error = await Assert.ThrowsAsync<FargateException>(() => new SessionCloser(Cloud, Journal).CloseAsync(session, "over"));

        Assert.Equal(FargateError.StopFailed, error.Error);
        Assert.Empty(Cloud.Rules);
        Assert.NotNull(Journal.Find(session.SessionId));
    }

    [Fact]
    public async Task What_could_not_be_removed_is_removed_by_closing_again()
    {
        var session = await LaunchAsync(WithIngress);
        Cloud.OnRevokeIngress = _ => throw Denied();
        SessionCloser closer = new(Cloud, Journal);

        var error = await Assert.ThrowsAsync<FargateException>(() => closer.CloseAsync(session, "over"));
        Cloud.OnRevokeIngress = null;
        await closer.CloseAsync(session, "over");

        Assert.Equal(FargateError.IngressNotRevoked, error.Error);
        Assert.Single(Cloud.CallsOf("StopTask"));
        Assert.Empty(Cloud.Rules);
        AssertForgotten();
    }

    [Fact]
    public async Task The_listing_removes_the_rule_of_a_session_that_nobody_has_charge_of_when_its_task_has_ended()
    {
        var id = Orphan();
        Cloud.OnDescribeTasks = (_, _, _) => new DescribeTasksReply([SampleTask.Of("STOPPED")], []);

        var found = await FindAsync();

        Assert.Empty(found.Sessions);
        Assert.Empty(Cloud.Rules);
        Assert.Null(Journal.Find(id));
    }

    [Fact]
    public async Task A_session_with_a_rule_that_the_listing_cannot_remove_stays_listed()
    {
        var id = Orphan();
        Cloud.OnDescribeTasks = (_, _, _) => new DescribeTasksReply([SampleTask.Of("STOPPED")], []);
        Cloud.OnRevokeIngress = _ => throw Denied();

        var found = await FindAsync();

        Assert.Equal((id, "STOPPED"), (Assert.Single(found.Sessions).SessionId, found.Sessions[0].Status));
        Assert.NotNull(Journal.Find(id));
    }

    [Fact]
    public async Task The_rule_of_a_session_that_somebody_has_charge_of_is_left_to_them()
    {
        var session = await LaunchAsync(WithIngress);
        Cloud.OnDescribeTasks = (_, _, _) => new DescribeTasksReply([SampleTask.Of("STOPPED")], []);

        var found = await FindAsync();

        Assert.Equal(session.SessionId, Assert.Single(found.Sessions).SessionId);
        Assert.Single(Cloud.Rules);
    }

    [Fact]
    public async Task A_rule_that_a_dead_session_has_left_is_adopted_and_removed()
    {
        var left = Orphan();

        var session = await LaunchAsync(WithIngress);
        Journal.Close(left);
        await new SessionCloser(Cloud, Journal).CloseAsync(session, "over");

        Assert.Empty(Cloud.Rules);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_machines_behind_one_address_share_the_rule_and_the_last_one_removes_it(bool firstEndsFirst)
    {
        SessionJournal there = new(Folder["there/sessions"]);
        var (here, elsewhere) = (await LaunchAsync(WithIngress), await LaunchAsync(WithIngress, there));

        var both = Assert.Single(Cloud.Rules).Description;
        await (firstEndsFirst
            ? new SessionCloser(Cloud, Journal).CloseAsync(here, "over")
            : new SessionCloser(Cloud, there).CloseAsync(elsewhere, "over"));
        var one = Assert.Single(Cloud.Rules).Description;
        await new SessionCloser(Cloud, Journal).CloseAsync(here, "over");
        await new SessionCloser(Cloud, there).CloseAsync(elsewhere, "over");

        Assert.Equal($"EcsFargateLogin session {here.SessionId} {elsewhere.SessionId}", both);
        Assert.Equal($"EcsFargateLogin session {(firstEndsFirst ? elsewhere : here).SessionId}", one);
        Assert.Empty(Cloud.Rules);
        AssertForgotten();
    }

    [Fact]
    public async Task Who_may_not_write_into_the_rule_of_another_machine_is_warned_and_leaves_it()
    {
        SessionJournal there = new(Folder["there/sessions"]);
        var first = await LaunchAsync(WithIngress);
        Cloud.OnUpdateIngressDescription = _ => throw SampleTask.AccessDenied("ec2:UpdateSecurityGroupRuleDescriptionsIngress");
        EventLog events = new();

        Assert.Empty(await LauncherOf(there).LaunchAsync(WithIngress, count: 1, events, CancellationToken.None));
        var second = Assert.Single(events.Events.OfType<SessionStarted>()).Session;
        await new SessionCloser(Cloud, there).CloseAsync(second, "over");

        Assert.Contains(
            $"a rule of another machine's sessions ('EcsFargateLogin session {first.SessionId}')",
            Assert.Single(events.Events.OfType<Caution>()).Text,
            StringComparison.Ordinal);
        Assert.Single(Cloud.Rules);
    }

    [Fact]
    public async Task A_rule_that_another_machine_removes_at_the_same_time_is_made_anew()
    {
        Cloud.Rules.Add(SessionIngress.RuleFor("fl-elsewhere", "sg-1", Cidr, 22));
        Cloud.OnUpdateIngressDescription = _ => null;

        var session = await LaunchAsync(WithIngress);

        Assert.Equal($"EcsFargateLogin session {session.SessionId}", Assert.Single(Cloud.Rules).Description);
    }

    [Fact]
    public async Task A_description_that_another_machine_writes_at_the_same_time_is_written_again()
    {
        Cloud.Rules.Add(SessionIngress.RuleFor("fl-elsewhere", "sg-1", Cidr, 22));
        Cloud.OnUpdateIngressDescription = rule =>
        {
            Cloud.OnUpdateIngressDescription = again => again;
            return rule with { Description = "EcsFargateLogin session fl-elsewhere fl-another" };
        };

        var session = await LaunchAsync(WithIngress);

        Assert.Equal(
            $"EcsFargateLogin session fl-elsewhere fl-another {session.SessionId}", Assert.Single(Cloud.Rules).Description);
    }

    [Fact]
    public async Task A_description_with_no_room_for_another_machine_is_left_alone()
    {
        var full = string.Join(' ', Enumerable.Range(10, 16).Select(number => $"fl-abcdefgh{number}"));
        Cloud.Rules.Add(SessionIngress.RuleFor(full, "sg-1", Cidr, 22));

        var session = await LaunchAsync(WithIngress);

        Assert.Null(session.Ingress);
        Assert.Empty(Cloud.CallsOf("UpdateSecurityGroupRuleDescriptionsIngress"));
    }

    [Fact]
    public async Task The_rule_of_a_session_whose_entry_is_lost_is_found_by_the_session_that_it_names()
    {
        var session = LoseEntryOf(Orphan());

        await new SessionCloser(Cloud, Journal).CloseAsync(session, "over");

        Assert.Empty(Cloud.Rules);
        Assert.Null(Journal.FindDamaged(session.SessionId));
    }

    [Fact]
    public async Task A_rule_names_a_session_that_still_needs_it_so_that_it_is_found_when_that_ones_entry_is_lost()
    {
        var (first, second) = (await LaunchAsync(WithIngress), await LaunchAsync(WithIngress));
        await new SessionCloser(Cloud, Journal).CloseAsync(first, "over");
        var description = Assert.Single(Cloud.Rules).Description;

        await new SessionCloser(Cloud, Journal).CloseAsync(LoseEntryOf(second.SessionId), "over");

        Assert.Equal($"EcsFargateLogin session {second.SessionId}", description);
        Assert.Empty(Cloud.Rules);
    }

    [Fact]
    public async Task A_session_whose_entry_is_lost_stays_while_its_rule_cannot_be_searched_for()
    {
        var session = LoseEntryOf(Orphan());
        Cloud.OnDescribeIngress = () => throw CloudErrors.NoReplyInTime("Amazon EC2", new TimeoutException());
        SessionCloser closer = new(Cloud, Journal);

        var error = await Assert.ThrowsAsync<FargateException>(() => closer.CloseAsync(session, "over"));
        var kept = Journal.FindDamaged(session.SessionId);
        Cloud.OnDescribeIngress = null;
        await closer.CloseAsync(session, "over");

        Assert.Equal(FargateError.IngressNotRevoked, error.Error);
        Assert.Contains($"Stop-FargateSession -SessionId {session.SessionId}", error.Message, StringComparison.Ordinal);
        Assert.NotNull(kept);
        Assert.Empty(Cloud.Rules);
    }

    [Fact]
    public async Task Who_may_not_read_security_groups_can_stop_a_session_whose_entry_is_lost()
    {
        var session = LoseEntryOf(Orphan());
        Cloud.OnDescribeIngress = () => throw SampleTask.AccessDenied("ec2:DescribeSecurityGroups");

        await new SessionCloser(Cloud, Journal).CloseAsync(session, "over");

        Assert.Null(Journal.FindDamaged(session.SessionId));
    }

    /// <summary>Overwrites a session's entry, and returns the session as the journal then knows it, without its task.</summary>
    private FargateSession LoseEntryOf(string id)
    {
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(Journal.KeyPathOf(id))!, "session.json"), "{");
        Journal.Release(id);
        var session = SessionJournal.SessionOf(Journal.FindDamaged(id)!);
        session.IsClosed = true;
        return session;
    }

    /// <summary>A session of a process that is gone, with its rule.</summary>
    private string Orphan()
    {
        var id = Journal.Open();
        var rule = SessionIngress.RuleFor(id, "sg-1", Cidr, 22);
        Journal.Write(SampleRecord.Of(id, SampleTask.Arn) with { Ingress = rule });
        Journal.Release(id);
        Cloud.Rules.Add(rule);
        return id;
    }

    private Task<FoundSessions> FindAsync() =>
        new SessionFinder(Cloud, Journal).FindAsync(new SessionQuery(Journal.ReadAll()), CancellationToken.None);

    private static FargateException Denied() =>
        CloudErrors.AccessDenied("ec2:RevokeSecurityGroupIngress", SampleTask.Answer("UnauthorizedOperation"));
}
