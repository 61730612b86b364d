using System.Collections;
using System.Management.Automation;
using EcsFargateLogin.Journal;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Takes a session that has come from another process (Import-Clixml, Start-Job, Invoke-Command) or out of Select-Object, and is
/// only a copy of its properties, for the session that this machine's journal knows by its id.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SessionArgumentAttribute : ArgumentTransformationAttribute
{
    private static readonly string TypeName = typeof(FargateSession).FullName!;

    /// <summary>
    /// Whether the session has to be one of this machine's. Elsewhere one that the journal does not know may still be found by the
    /// properties of its copy.
    /// </summary>
    public bool IsNeededHere { get; init; }

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        try
        {
            return Unwrap(inputData) is IList list and not byte[]
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
        if (item is not PSObject { BaseObject: not FargateSession } copy || !IsCopy(copy)
            || copy.Properties[nameof(FargateSession.SessionId)]?.Value?.ToString() is not { } sessionId)
        {
            return item;
        }

        var journal = SessionJournal.OfCurrentUser();
        return journal.Find(sessionId) is { } entry ? journal.SessionOf(entry)
            : IsNeededHere ? throw JournalErrors.SessionNotHere(sessionId)
            : item;
    }

    /// <summary>Such as Deserialized.EcsFargateLogin.FargateSession, or Selected.….</summary>
    private static bool IsCopy(PSObject item) =>
        item.TypeNames.Any(name => name.EndsWith($".{TypeName}", StringComparison.Ordinal));

    private static object? Unwrap(object? item) => item is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : item;
}
