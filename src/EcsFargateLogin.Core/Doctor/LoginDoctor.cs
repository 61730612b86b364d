using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Doctor;

/// <summary>
/// Looks at everything that a session needs. It lies above sessions, as it may start one, and what it looks at is looked at
/// with the parts that sessions themselves are made of.
/// </summary>
internal static class LoginDoctor
{
    /// <summary>The groups of checks, in the order in which they build on each other.</summary>
    public static IReadOnlyList<ICheckGroup> Groups { get; } =
    [
        new AccountChecks(), new ClusterCheck(), new TaskDefinitionChecks(), new EcsExecChecks(), new SubnetChecks(),
        new SecurityGroupChecks(), new ActionChecks(), new StartPermissionChecks(),
    ];

    /// <summary>Runs groups of checks. What nobody foresaw in one of them is a row too, and the next one is run.</summary>
    public static async Task RunAsync(
        IEnumerable<ICheckGroup> groups, Examination examination, CancellationToken cancellationToken)
    {
        foreach (var group in groups)
        {
            try
            {
                await group.RunAsync(examination, cancellationToken).ConfigureAwait(false);
            }
            catch (FargateException e) when (!e.MayLeaveTask)
            {
                await examination.SkipAsync(group.Name, Examination.Finding(e), e.NextStep).ConfigureAwait(false);
            }
            catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException)
            {
                // An answer of another form than ECS's service model says.
                var error = GeneralErrors.Unexpected(e);
                await examination.SkipAsync(group.Name, Examination.Finding(error), error.NextStep).ConfigureAwait(false);
            }
        }
    }
}
