using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>The words of ECS for where a task is in its life.</summary>
internal static class TaskStatuses
{
    /// <summary>No word of ECS: it could not be asked, or does not know the task yet.</summary>
    public const string Unknown = "UNKNOWN";

    /// <summary>No word of ECS either: the session's server has answered.</summary>
    public const string Ready = "READY";

    public const string Running = "RUNNING";
    public const string Deactivating = "DEACTIVATING";
    public const string Stopping = "STOPPING";
    public const string Deprovisioning = "DEPROVISIONING";
    public const string Stopped = "STOPPED";

    /// <summary>The statuses that sessions can have: those of ECS in the order of a task's life, and UNKNOWN.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["PROVISIONING", "PENDING", "ACTIVATING", Running, Deactivating, Stopping, Deprovisioning, Stopped, Unknown];

    /// <summary>Whether a task of this status is on its way out, or gone.</summary>
    public static bool IsEnding(string status) => status is Deactivating or Stopping or Deprovisioning or Stopped;

    /// <summary>Whether a task is on its way out, is wanted to be, or is gone.</summary>
    public static bool IsEnding(TaskDescription task) => IsEnding(task.LastStatus) || task.DesiredStatus == Stopped;
}
