using EcsFargateLogin.Cloud;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Routes;

/// <summary>The way in by ECS Exec: open when the agent in the container runs.</summary>
/// <param name="session">The session.</param>
/// <param name="options">How long to wait.</param>
internal sealed class EcsExecWait(FargateSession session, WaitOptions options) : TransportWait
{
    private const string Running = "RUNNING";

    private ManagedAgentDescription? _agent;
    private bool _isTaskRunning;

    public override FargateTransport Transport => FargateTransport.EcsExec;

    public override bool NeedsAddress => false;

    public override bool IsOpen => _isTaskRunning && _agent?.LastStatus == Running;

    public override string Describe(string? address) => "the agent of ECS Exec";

    public override void Observe(TaskDescription task)
    {
        _isTaskRunning = task.LastStatus == TaskStatuses.Running;
        _agent = LoginContainerOf(session, task)?.ExecuteCommandAgent;
    }

    public override void ThrowIfLate(string? address, TimeSpan running, bool isFallbackOpen)
    {
        if (running > options.AgentLimit)
        {
            throw RouteErrors.AgentNotRunning(session, options.AgentLimit, _agent);
        }
    }

    /// <summary>The container that a session is about, among those of its task; null where it is not told.</summary>
    public static ContainerDescription? LoginContainerOf(FargateSession session, TaskDescription task) =>
        task.Containers.FirstOrDefault(container => container.Name == session.ContainerName)
        ?? (task.Containers is [var only] ? only : null);
}
