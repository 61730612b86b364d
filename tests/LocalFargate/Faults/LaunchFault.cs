using LocalFargate.Tasks;

namespace LocalFargate.Faults;

/// <summary>A fault of a task, decided when RunTask starts it.</summary>
public abstract record LaunchFault : Fault
{
    internal abstract TaskPlan Apply(TaskPlan plan);
}
