namespace EcsFargateLogin.Foundation;

/// <summary>Errors of no topic of their own.</summary>
internal static class GeneralErrors
{
    internal static FargateException ModuleIncomplete(string file) => new(
        FargateError.ModuleIncomplete,
        $"The module's file '{file}' is missing or damaged.",
        "Install the module again, or in a checkout of its sources run ./build.ps1.")
    {
        Target = file,
    };

    /// <summary>An error after which something could not be taken back either: both have to be said.</summary>
    internal static FargateException Combine(FargateException error, FargateException left) => new(
        error.Error, error.Message, left.Message, error)
    { MayLeaveTask = true, Target = error.Target };

    internal static FargateException Unexpected(Exception cause) => new(
        FargateError.Unexpected,
        $"Something unforeseen happened: {cause.GetType().Name}: {cause.Message}",
        "Please report it with the output of the same command and -Verbose -Debug.",
        cause);
}
