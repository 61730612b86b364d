using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Journal;

// What sessions share: rules of security groups that let this machine's address in.
internal sealed partial class SessionJournal
{
    /// <summary>Longer than any turn takes, and no more than a person waits for.</summary>
    private static readonly TimeSpan TurnLimit = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Waits until no other session, of whatever process, adds or removes a rule; none does until this turn is disposed of.
    /// </summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public async Task<IDisposable> TakeIngressTurnAsync(CancellationToken cancellationToken)
    {
        // Beside the sessions' folders.
        var path = Path.Combine(Path.GetDirectoryName(root)!, "ingress.lock");
        try
        {
            return await OwnerOnly.LockFileAsync(path, TurnLimit, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw JournalErrors.JournalUnavailable(path, e);
        }
    }
}
