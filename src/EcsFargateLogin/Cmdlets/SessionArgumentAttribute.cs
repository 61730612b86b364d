using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.Journal;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Converts an id, and a copy of a session's properties as another process (Import-Clixml, Start-Job, Invoke-Command) or
/// Select-Object makes it, to the session with that id in this machine's journal.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SessionArgumentAttribute : ArgumentTransformationAttribute
{
    private static readonly string TypeName = typeof(FargateSession).FullName!;

    /// <summary>
    /// Whether the session has to be in this machine's journal. If not, another session can be found by the properties of its
    /// copy, and ids have a parameter of their own.
    /// </summary>
    public bool IsNeededHere { get; init; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        try
        {
            return PSValue.Unwrap(inputData) is IList list and not byte[]
                ? list.Cast<object?>().Select(SessionOf).ToArray()
                : SessionOf(inputData);
        }
        catch (FargateException e)
        {
            throw new ArgumentTransformationMetadataException(e.Message, e);
        }
    }

    private object? SessionOf(object? item)
    {
        if (IdOf(item) is not { } sessionId)
        {
            return item;
        }

        var journal = SessionJournal.OfCurrentUser();
        return journal.Find(sessionId) is { } entry ? journal.SessionOf(entry)
            : IsNeededHere ? throw JournalErrors.SessionNotHere(sessionId)
            : item;
    }

    /// <summary>The id in a text or a copy; null for a session itself, and for anything else.</summary>
    private string? IdOf(object? item) => PSValue.Unwrap(item) switch
    {
        string text when IsNeededHere => text,
        not FargateSession when item is PSObject copy && IsCopy(copy) =>
            copy.Properties[nameof(FargateSession.SessionId)]?.Value?.ToString(),
        _ => null,
    };

    /// <summary>Such as Deserialized.EcsFargateLogin.FargateSession, or Selected.….</summary>
    private static bool IsCopy(PSObject item) =>
        item.TypeNames.Any(name => name.EndsWith($".{TypeName}", StringComparison.Ordinal));
}
