using System.Management.Automation;
using System.Net;
using LocalFargate;
using LocalFargate.Faults;

namespace EcsFargateLogin.EndToEnd.Cmdlets;

/// <summary>
/// Tasks that run and are never reached. The module gives them up to a minute, so all of them are waited for at once.
/// </summary>
public sealed class UnreachableTaskTests(UnreachableTaskTests.Waits waits) : IClassFixture<UnreachableTaskTests.Waits>
{
    [Fact]
    public async Task A_port_that_refuses_connections_is_an_error_that_says_so() =>
        await PortIsUnreachable(waits.Closed, "ConnectionRefused");

    [Fact]
    public async Task A_port_that_says_nothing_is_an_error_that_says_so() =>
        await PortIsUnreachable(waits.Silent, "it takes connections but sends no SSH banner");

    [Fact]
    public async Task A_port_that_packets_do_not_reach_is_an_error_that_says_so() =>
        await PortIsUnreachable(waits.Unreachable, "it does not answer");

    [Fact]
    public async Task A_task_without_its_public_address_is_an_error_that_names_the_subnet()
    {
        var (me, error) = await waits.WithoutAddress;

        var message = error.Is("NoPublicAddress", ErrorCategory.ObjectNotFound, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains(me.Fargate.Subnets[0], message, StringComparison.Ordinal);
        Assert.Contains("-Route Private", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task A_task_that_ECS_is_too_busy_to_tell_of_is_an_error_after_StartTimeout()
    {
        var (me, error) = await waits.Throttled;

        error.Is("StartTimeout", ErrorCategory.OperationTimeout, Assert.Single(me.Fargate.Tasks).StartedBy!);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task An_agent_of_ECS_Exec_that_never_runs_is_an_error_that_says_what_it_needs()
    {
        var (me, error) = await waits.WithoutAgent;

        var message = error.Is("EcsExecUnavailable", ErrorCategory.ConnectionError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains("it is STOPPED", message, StringComparison.Ordinal);
        Assert.Contains("exec-task-policy.json", error.NextStep, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    [Fact]
    public async Task Auto_says_what_became_of_each_route()
    {
        var (me, error) = await waits.ByNoRoute;

        var message = error.Is("PortUnreachable", ErrorCategory.ConnectionError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains("EC2 Instance Connect: vpc-", message, StringComparison.Ordinal);
        Assert.Contains("Session Manager: The credentials are not allowed to perform ssm:StartSession", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    private static async Task PortIsUnreachable(Task<Failure> wait, string why)
    {
        var (me, error) = await wait;

        var message = error.Is("PortUnreachable", ErrorCategory.ConnectionError, Assert.Single(me.Fargate.Tasks).StartedBy!);
        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.Contains($"port {me.Fargate.SshPort} ", message, StringComparison.Ordinal);
        Assert.Contains("security group", message, StringComparison.Ordinal);
        Assert.Contains("-Port", message, StringComparison.Ordinal);
        await me.HasLeftNothingAsync();
    }

    /// <summary>An operator and what they failed with.</summary>
    internal sealed record Failure(Operator Me, SeenError Error);

    /// <summary>The waits, all under way.</summary>
    public sealed class Waits : IAsyncLifetime
    {
        internal Task<Failure> Closed { get; } = FailAsync(new SshClosed(), "New-FargateSession | Enter-FargateShell");

        internal Task<Failure> Silent { get; } = FailAsync(new SshSilent(), "New-FargateSession | Enter-FargateShell");

        internal Task<Failure> Unreachable { get; } = FailAsync(new SshUnreachable(), "New-FargateSession | Enter-FargateShell");

        internal Task<Failure> WithoutAddress { get; } =
            FailAsync(new NoPublicAddress(), "New-FargateSession | Get-FargateTaskAddress");

        internal Task<Failure> WithoutAgent { get; } =
            FailAsync(new AgentStopped(), "New-FargateSession -Transport EcsExec | Enter-FargateShell");

        internal Task<Failure> ByNoRoute { get; } = FailAsync(
            new AccessDenied { Operation = "StartSession" },
            "New-FargateSession -AssignPublicIp Disabled | Enter-FargateShell",
            new LocalFargateOptions { Operator = new OperatorPlace(IPAddress.Parse("203.0.113.7")) });

        internal Task<Failure> Throttled { get; } = FailAsync(
            new Throttling { Operation = "DescribeTasks" }, "New-FargateSession -StartTimeout 5 | Get-FargateTaskAddress");

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            foreach (var wait in (Task<Failure>[])[Closed, Silent, Unreachable, WithoutAddress, WithoutAgent, ByNoRoute, Throttled])
            {
                await (await wait).Me.DisposeAsync();
            }
        }

        private static async Task<Failure> FailAsync(Fault fault, string script, LocalFargateOptions? options = null)
        {
            var me = await Operator.StartAsync(options);
            try
            {
                me.Fargate.Faults.Add(fault);
                // A thread of its own: a wait of a minute must not keep one of the pool.
                return new Failure(me, await Task.Factory.StartNew(
                    () => me.ErrorOf(script), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            }
            catch
            {
                await me.DisposeAsync();
                throw;
            }
        }
    }
}
