using System.Globalization;
using System.Management.Automation;
using System.Text.RegularExpressions;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Pipeline;

/// <summary>
/// Takes texts that match, in either case, and says in words what it takes: PowerShell's ValidatePattern shows the pattern, and
/// the reference that this is built against does not have its ErrorMessage.
/// </summary>
/// <param name="pattern">The pattern of the whole text, with ^ and $.</param>
/// <param name="message">What is said of any other text, {0}.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextPatternAttribute(string pattern, string message) : ValidateEnumeratedArgumentsAttribute
{
    public string Pattern { get; } = pattern;

    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        var text = element?.ToString() ?? "";
        if (!Regex.IsMatch(text, Pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant))
        {
            throw new ValidationMetadataException(
                string.Format(CultureInfo.InvariantCulture, message, TerminalText.OneLine(text)));
        }
    }
}
