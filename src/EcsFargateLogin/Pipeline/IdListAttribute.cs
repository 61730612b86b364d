using System.Management.Automation;

namespace EcsFargateLogin.Pipeline;

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

    /// <summary>An empty text stays: that it is empty is the validation's to say.</summary>
    private static IEnumerable<string> Split(string? text) =>
        text?.Split(Separators, StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } ids ? ids : [""];
}
