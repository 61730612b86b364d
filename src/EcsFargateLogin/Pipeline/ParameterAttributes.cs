using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.Presets;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Accepts texts that match a pattern, in either case, and describes the accepted texts in words. PowerShell's ValidatePattern
/// shows the pattern, and the reference that this is built against does not have its ErrorMessage.
/// </summary>
/// <param name="pattern">The pattern of the whole text, with ^ and $.</param>
/// <param name="message">The message for any other text, {0}.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextPatternAttribute(string pattern, string message) : ValidateEnumeratedArgumentsAttribute
{
    public TextRule Rule { get; } = new(pattern, message);

    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        var text = element?.ToString() ?? "";
        if (!Rule.Accepts(text))
        {
            throw new ValidationMetadataException(Rule.MessageFor(TerminalText.OneLine(text)));
        }
    }
}

/// <summary>Converts a value of a task's size to AWS's unit, and describes the accepted values for any other one.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TaskSizeAttribute(TaskSizeValue value) : ArgumentTransformationAttribute
{
    public TaskSizeRule Rule => TaskSizeRule.Of(value);

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        if (inputData is BlankValue)
        {
            return inputData;
        }

        var text = LanguagePrimitives.ConvertTo<string>(inputData);
        return Rule.Parse(text) ?? throw new ArgumentTransformationMetadataException(Rule.MessageFor(TerminalText.OneLine(text)));
    }
}

/// <summary>
/// Accepts the statuses of sessions, in either case, and patterns with wildcard characters. For any other text the error names
/// the nearest status.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KnownStatusAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        var text = element?.ToString() ?? "";
        if (!Wildcards.IsPattern(text) && !TaskStatuses.All.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            throw new ValidationMetadataException($"'{TerminalText.OneLine(text)}' is no status of ECS"
                + (NearestName.Of(text, TaskStatuses.All) is { } nearest
                    ? $"; did you mean '{nearest}'?"
                    : $". Those are {string.Join(", ", TaskStatuses.All)}."));
        }
    }
}

/// <summary>
/// Splits texts that hold several ids, as a cell of a table does: 'subnet-1,subnet-2' or 'subnet-1; subnet-2'. No id of
/// AWS holds a comma, a semicolon or white space.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class IdListAttribute : ArgumentTransformationAttribute
{
    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is not BlankValue && LanguagePrimitives.TryConvertTo<string[]>(inputData, out var texts) && texts is not null
            ? texts.SelectMany(Split).ToArray()
            : inputData;

    /// <summary>An empty text is kept, so that the parameter's validation rejects it.</summary>
    private static IEnumerable<string> Split(string? text) =>
        text?.Split(Separators, StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } ids ? ids : [""];
}

/// <summary>
/// Declares that a cmdlet has the parameters of another one as dynamic parameters, so that its help can describe them.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ParametersOfAttribute(Type cmdlet) : Attribute
{
    public Type Cmdlet { get; } = cmdlet;

    /// <summary>The parameters that it does not have.</summary>
    public string[] Except { get; init; } = [];
}

/// <summary>
/// Accepts a blank from the pipeline as the parameter's default. A table cannot leave a column out for one row, so rows without a
/// reason or a port have blank cells. A blank that was typed is left to the parameter's validation, because it is usually an
/// empty variable.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class BlankIsDefaultAttribute : ArgumentTransformationAttribute
{
    /// <summary>
    /// Returns a value that PowerShell cannot convert, so that it does not bind the parameter, as for a column that does not
    /// exist.
    /// </summary>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        IsBlank(inputData) && IsFromPipeline() ? new BlankValue(new BlankValue()) : inputData;

    /// <summary>Whether the value comes from the pipeline. Only the calling methods show that.</summary>
    private static bool IsFromPipeline() => new StackTrace().GetFrames().Select(frame => frame.GetMethod())
        .Any(PowerShellInternals.BindsFromPipeline);

    private static bool IsBlank(object? value) => PSValue.Unwrap(value) switch
    {
        null or DBNull => true,
        string text => string.IsNullOrWhiteSpace(text),
        Array many => many.Cast<object?>().All(IsBlank),
        _ => false,
    };
}

/// <summary>Values as PowerShell passes them.</summary>
internal static class PSValue
{
    /// <summary>Returns the value itself, without PowerShell's object around it.</summary>
    [return: NotNullIfNotNull(nameof(value))]
    public static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}

/// <summary>
/// A list that PowerShell converts neither to a text nor to a number nor, with another one in it, to a list of texts.
/// </summary>
internal sealed class BlankValue(params object[] items) : ArrayList(items);

/// <summary>
/// Removes nulls from a list of arguments, and enumerates the lists in it, as PowerShell does for native programs.
/// </summary>
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
