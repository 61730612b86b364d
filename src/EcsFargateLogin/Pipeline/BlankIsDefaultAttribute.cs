using System.Collections;
using System.Diagnostics;
using System.Management.Automation;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Lets a blank cell of a table stand for the parameter's default. A table cannot leave a column out for one row, so that rows
/// without a reason or a port have blank cells there. What was typed is left to the parameter's validation: there a blank is
/// more often than not an empty variable.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BlankIsDefaultAttribute : ArgumentTransformationAttribute
{
    /// <summary>PowerShell does not bind what it cannot convert from the pipeline, as it would for a column that is not there.</summary>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        IsBlank(inputData) && IsFromPipeline() ? new BlankValue(new BlankValue()) : inputData;

    /// <summary>
    /// Whether the value comes from the pipeline, which only the methods that are binding it tell.
    /// </summary>
    private static bool IsFromPipeline() => new StackTrace().GetFrames().Select(frame => frame.GetMethod())
        .Any(PowerShellInternals.BindsFromPipeline);

    private static bool IsBlank(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null or DBNull => true,
        string text => string.IsNullOrWhiteSpace(text),
        Array many => many.Cast<object?>().All(IsBlank),
        _ => false,
    };
}

/// <summary>A list, which PowerShell converts neither to a text nor to a number; nor, with one in it, to a list of texts.</summary>
internal sealed class BlankValue(params object[] items) : ArrayList(items);

/// <summary>Leaves nulls out of a list of arguments, and takes lists in it apart, as PowerShell does for native programs.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WordsAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        LanguagePrimitives.GetEnumerable(inputData) is { } many ? many.Cast<object?>().SelectMany(Flatten).ToArray()
        : inputData ?? Array.Empty<object>();

    private static IEnumerable<object> Flatten(object? word) =>
        LanguagePrimitives.GetEnumerable(word) is { } many ? many.Cast<object?>().SelectMany(Flatten)
        : word is null ? [] : [word];
}
