using System.Management.Automation;
using System.Text.Json.Nodes;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>A task that could not be stopped is never forgotten, and what is unknown never looks stopped.</summary>
public sealed class StopErrorTests
{
    private const string UnknownTask = "arn:aws:ecs:us-east-1:123456789012:task/local/0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task A_task_that_cannot_be_stopped_stays_in_the_journal_until_a_later_stop_succeeds()
    {
        await using var me = await Operator.StartAsync();
        var fault = me.Fargate.Faults.Add(new AccessDenied { Operation = "StopTask" });

        var error = me.ErrorOf("New-FargateSession | Stop-FargateSession");

        var task = Assert.Single(me.Fargate.Tasks);
        var message = error.Is("StopFailed", ErrorCategory.InvalidResult, task.StartedBy!);
        Assert.Contains("may still run", message, StringComparison.Ordinal);
        Assert.Contains("ecs:StopTask", message, StringComparison.Ordinal);
        var folder = Assert.Single(me.SessionFolders());
        Assert.True(File.Exists(folder.KeyPath));

        me.Fargate.Faults.Remove(fault);
        Assert.Empty(me.ErrorsOf(CommandIn(error.NextStep)));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task The_error_of_a_failed_stop_holds_the_command_of_the_AWS_CLI()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new ExpiredCredentials { Operation = "StopTask", Times = 1 });

        var error = me.ErrorOf("$session = New-FargateSession; $session | Stop-FargateSession; $session | Stop-FargateSession");

        var task = Assert.Single(me.Fargate.Tasks);
        Assert.Contains(
            $"aws ecs stop-task --cluster {me.Fargate.Cluster} --task {task.Arn} --region {me.Fargate.Region} "
            + $"--endpoint-url {me.Fargate.EndpointUrl}",
            error.NextStep,
            StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_session_that_did_not_get_ready_and_cannot_be_stopped_gives_both_errors()
    {
        await using var me = await Operator.StartAsync();
        me.Fargate.Faults.Add(new AccessDenied { Operation = "DescribeTasks" });
        var fault = me.Fargate.Faults.Add(new AccessDenied { Operation = "StopTask" });

        var errors = me.ErrorsOf("New-FargateSession | Enter-FargateShell");

        var session = Assert.Single(me.SessionFolders()).SessionId;
        Assert.Equal(2, errors.Count);
        errors[0].Is("StopFailed", ErrorCategory.InvalidResult, session);
        errors[1].Is("AccessDenied", ErrorCategory.PermissionDenied, session);
        me.Fargate.Faults.Remove(fault);
        Assert.Empty(me.ErrorsOf(CommandIn(errors[0].NextStep)));
        await me.HasLeftNothingAsync();
    }

    [Theory]
    [InlineData(UnknownTask)]
    [InlineData("0123456789abcdef0123456789abcdef")]
    [InlineData("not a task at all; rm -rf /")]
    [InlineData("arn:aws:s3:::bucket/key")]
    public async Task A_task_that_nobody_knows_does_not_look_stopped(string task)
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf("Stop-FargateSession -TaskArn $args[0] -Cluster $args[1]", task, me.Fargate.Cluster);

        var message = error.Is("TaskNotFound", ErrorCategory.ObjectNotFound, task[(task.LastIndexOf('/') + 1)..]);
        Assert.Contains(task, message, StringComparison.Ordinal);
        Assert.Contains("-Cluster", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_other_tasks_of_a_list_are_stopped_although_one_is_unknown()
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf(
            "$session = New-FargateSession; Stop-FargateSession -TaskArn $args[0], $session.TaskArn", UnknownTask);

        error.Is("TaskNotFound", ErrorCategory.ObjectNotFound, "0123456789abcdef0123456789abcdef");
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_session_whose_task_ECS_has_forgotten_is_stopped()
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions { StoppedTaskRetention = TimeSpan.FromSeconds(2) });
        Assert.Empty(me.ErrorsOf("$session = New-FargateSession -Wait"));
        me.Fargate.InterruptTask(Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");
        await Eventually.BecomesAsync(
            () => me.Run("($session | Get-FargateTaskAddress -NoWait).Status").Output is [{ BaseObject: "STOPPED" }],
            () => "The task did not stop.");
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.Count == 0, () => "The task is not forgotten.");

        Assert.Empty(me.ErrorsOf("$session | Stop-FargateSession"));

        Assert.Empty(me.SessionFolders());
    }

    [Fact]
    public async Task A_task_of_the_journal_that_ECS_has_forgotten_is_stopped()
    {
        await using var me = await Operator.StartAsync(new LocalFargateOptions { StoppedTaskRetention = TimeSpan.Zero });
        Assert.Empty(me.ErrorsOf("$session = New-FargateSession -Wait"));
        me.Fargate.InterruptTask(Assert.Single(me.Fargate.Tasks).Arn, "SpotInterruption", "Your Spot Task was interrupted.");
        await Eventually.BecomesAsync(() => me.Fargate.Tasks.Count == 0, () => "The task is not forgotten.");
        MakeOld(Assert.Single(me.SessionFolders()));

        Assert.Empty(me.ErrorsOf("Stop-FargateSession -TaskArn $session.TaskArn"));

        Assert.Empty(me.SessionFolders());
    }

    [Fact]
    public async Task A_session_is_not_taken_for_stopped_because_another_region_does_not_know_it()
    {
        await using var elsewhere = await Operator.StartAsync(new LocalFargateOptions { Region = "eu-central-1" });
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf(
            "$session = New-FargateSession; $session | Stop-FargateSession -Region eu-central-1 -EndpointUrl $args[0]",
            elsewhere.Fargate.EndpointUrl);

        error.Is("TaskNotFound", ErrorCategory.ObjectNotFound, Assert.Single(me.SessionFolders()).SessionId);
        Assert.Empty(me.ErrorsOf("$session | Stop-FargateSession"));
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_stopped_session_can_be_stopped_again_but_not_used()
    {
        await using var me = await Operator.StartAsync();

        var errors = me.ErrorsOf(
            """
            $session = New-FargateSession
            $session | Stop-FargateSession
            $session | Stop-FargateSession
            $session | Enter-FargateShell
            $session | Get-FargateTaskAddress
            """);

        var id = Assert.Single(me.Fargate.Tasks).StartedBy!;
        Assert.Equal(2, errors.Count);
        Assert.All(errors, error =>
        {
            var message = error.Is("SessionEnded", ErrorCategory.InvalidOperation, id);
            Assert.Contains("New-FargateSession", message, StringComparison.Ordinal);
        });
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Looking_once_at_an_unknown_task_does_not_claim_to_have_waited()
    {
        await using var me = await Operator.StartAsync();

        var error = me.ErrorOf("Get-FargateTaskAddress -NoWait -TaskArn $args[0]", UnknownTask);

        var message = error.Is("TaskNotFound", ErrorCategory.ObjectNotFound, "0123456789abcdef0123456789abcdef");
        Assert.StartsWith($"ECS knows no task '{UnknownTask}'.", message, StringComparison.Ordinal);
        Assert.Single(me.Calls("DescribeTasks"));
    }

    /// <summary>The first of the commands that an error says to use, run as it stands.</summary>
    private static string CommandIn(string nextStep) =>
        nextStep["Stop it with: ".Length..nextStep.IndexOf(" or: ", StringComparison.Ordinal)];

    /// <summary>Ages a session by two hours: ECS forgets no younger task.</summary>
    private static void MakeOld(SessionFolder folder)
    {
        var entry = JsonNode.Parse(File.ReadAllText(folder.EntryPath))!;
        entry["createdAt"] = DateTimeOffset.UtcNow.AddHours(-2);
        File.WriteAllText(folder.EntryPath, entry.ToJsonString());
    }
}
