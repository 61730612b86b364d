using System.Management.Automation;
using System.Reflection;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// The members of PowerShell that are not public and that this module uses. Where a version does not have one, the value is null
/// and its summary says what happens then; a test lists what the PowerShell that runs it does not have.
/// </summary>
internal static class PowerShellInternals
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    private static readonly Type? Runtime = TypeOf("MshCommandRuntime");
    private static readonly PropertyInfo? Pipeline = Runtime?.GetProperty("PipelineProcessor", AnyInstance);
    private static readonly Type? UpstreamStop = TypeOf("StopUpstreamCommandsException");

    /// <summary>
    /// Writes an error without the command's preferences. Without it a line of standard error is an ordinary error.
    /// </summary>
    public static MethodInfo? WriteError { get; } = Runtime?.GetMethod(
        "_WriteErrorSkipAllowCheck", AnyInstance, [typeof(ErrorRecord), typeof(ActionPreference?), typeof(bool)]);

    /// <summary>Whether a command of a pipeline has failed. Without it only errors decide $?.</summary>
    public static PropertyInfo? ExecutionFailed { get; } = Pipeline?.PropertyType.GetProperty("ExecutionFailed", AnyInstance);

    /// <summary>
    /// The exception that ended a pipeline. Without it a later command that wants no more, such as Select-Object -First, is
    /// treated as one that failed.
    /// </summary>
    public static FieldInfo? FirstTerminatingError { get; } =
        Pipeline?.PropertyType.GetField("_firstTerminatingError", AnyInstance);

    /// <summary>Creates the exception that ends earlier commands. Without it they run on, and their output is not used.</summary>
    public static ConstructorInfo? StopUpstreamCommands { get; } = UpstreamStop?.GetConstructors(AnyInstance)
        .FirstOrDefault(each => each.GetParameters() is [var only] && only.ParameterType.IsAssignableFrom(typeof(PSCmdlet)));

    /// <summary>
    /// The members of one object, where PowerShell searches first. Without it notes are added by the slower public way.
    /// </summary>
    public static PropertyInfo? InstanceMembers { get; } =
        typeof(PSObject).GetProperty("InstanceMembers", AnyInstance) is { SetMethod: not null } members ? members : null;

    /// <summary>Creates the collection of <see cref="InstanceMembers"/>. The same happens without it.</summary>
    public static ConstructorInfo? CreateMembers { get; } =
        InstanceMembers?.PropertyType.GetConstructor(AnyInstance, Type.EmptyTypes);

    /// <summary>Adds a member to that collection. The same happens without it.</summary>
    public static MethodInfo? AddMember { get; } =
        InstanceMembers?.PropertyType.GetMethod("Add", AnyInstance, [typeof(PSMemberInfo)]);

    /// <summary>Binds values of the pipeline to parameters. Without it a blank cell is refused as if it had been typed.</summary>
    public static MethodInfo? BindPipelineParameters => TypeOf("CmdletParameterBinderController")
        ?.GetMethods(AnyInstance)
        .FirstOrDefault(BindsFromPipeline);

    /// <summary>The names of the members that this PowerShell does not have.</summary>
    public static IEnumerable<string> Missing => typeof(PowerShellInternals).GetProperties()
        .Where(property => property.Name != nameof(Missing) && property.GetValue(null) is null)
        .Select(property => property.Name);

    /// <summary>The pipeline of a command; null where it cannot be known.</summary>
    public static object? PipelineOf(ICommandRuntime runtime) =>
        Runtime?.IsInstanceOfType(runtime) == true ? Pipeline?.GetValue(runtime) : null;

    /// <summary>Whether an exception is the one that ends earlier commands.</summary>
    public static bool IsUpstreamStop(Exception exception) => UpstreamStop?.IsInstanceOfType(exception) == true;

    /// <summary>Whether a method binds values of the pipeline to parameters.</summary>
    public static bool BindsFromPipeline(MethodBase? method) =>
        method?.DeclaringType?.Name == "CmdletParameterBinderController"
        && method.Name.StartsWith("Bind", StringComparison.Ordinal)
        && method.Name.Contains("Pipeline", StringComparison.Ordinal);

    private static Type? TypeOf(string name) => typeof(PSCmdlet).Assembly.GetType($"System.Management.Automation.{name}");
}
