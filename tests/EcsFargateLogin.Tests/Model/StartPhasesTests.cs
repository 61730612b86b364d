using EcsFargateLogin.Cloud;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Model;

public sealed class StartPhasesTests
{
    private static readonly DateTimeOffset Aws = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    /// <summary>This machine's clock, which is an hour ahead of AWS's.</summary>
    private static readonly DateTimeOffset Here = Aws.AddHours(1);

    [Fact]
    public void Each_phase_is_measured_by_one_clock()
    {
        var timing = Timing(Full, answered: 33);
        timing.Shell = Here.AddSeconds(33.5);

        Assert.Equal(Phases(5, 3, 20, 2, 3, 0.5), timing.Phases);
        Assert.Equal(33.5, timing.Phases.Total.TotalSeconds);
    }

    [Fact]
    public void A_server_that_answers_before_RUNNING_ends_the_phase_of_the_container() =>
        Assert.Equal(Phases(5, 3, 20, 1, 0), Timing(Full, answered: 29).Phases);

    [Fact]
    public void A_phase_whose_end_was_not_reported_is_part_of_the_next_one() =>
        Assert.Equal(Phases(5, null, null, null, 24), Timing(Full with
        {
            PullStartedAt = null,
            PullStoppedAt = null,
            StartedAt = null,
        }, answered: 29).Phases);

    [Fact]
    public void Time_in_which_nobody_waited_is_not_the_server_s()
    {
        var timing = Timing(Full, answered: null);
        timing.BeginWait(Here.AddMinutes(10));
        timing.Banner = Here.AddMinutes(10).AddSeconds(1);

        Assert.Equal(Phases(5, 3, 20, 2), timing.Phases);
    }

    [Fact]
    public void Time_between_the_answer_and_a_later_login_is_not_the_shell_s()
    {
        var timing = Timing(Full, answered: 33);
        timing.BeginWait(Here.AddMinutes(10));
        timing.Shell = Here.AddMinutes(10).AddSeconds(2);

        Assert.Equal(Phases(5, 3, 20, 2, 3, 2), timing.Phases);
    }

    [Fact]
    public void Times_out_of_order_are_never_negative() => Assert.Equal(
        Phases(9, 0, 19, 2), Timing(Full with { ConnectivityAt = Aws.AddSeconds(9) }, answered: null).Phases);

    [Fact]
    public void Nothing_is_known_of_a_task_that_ECS_has_not_described() =>
        Assert.Equal(new FargateStartPhases(), new FargateSessionTiming().Phases);

    private static TaskDescription Full => SampleTask.Of("RUNNING") with
    {
        CreatedAt = Aws,
        ConnectivityAt = Aws.AddSeconds(5),
        PullStartedAt = Aws.AddSeconds(8),
        PullStoppedAt = Aws.AddSeconds(28),
        StartedAt = Aws.AddSeconds(30),
    };

    private static FargateSessionTiming Timing(TaskDescription task, double? answered)
    {
        FargateSessionTiming timing = new() { Accepted = Here };
        timing.BeginWait(Here);
        timing.Update(task);
        timing.Banner = answered is { } seconds ? Here.AddSeconds(seconds) : null;
        return timing;
    }

    private static FargateStartPhases Phases(params double?[] seconds)
    {
        TimeSpan? At(int index) => index < seconds.Length && seconds[index] is { } value ? TimeSpan.FromSeconds(value) : null;
        return new() { Network = At(0), Host = At(1), Pull = At(2), Container = At(3), Server = At(4), Shell = At(5) };
    }
}
