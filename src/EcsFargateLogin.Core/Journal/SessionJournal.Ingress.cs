using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Journal;

// What sessions share: rules of security groups that let this machine's address in.
internal sealed partial class SessionJournal
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Longer than any turn takes, and no more than a person waits for.</summary>
    private static readonly TimeSpan LockLimit = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Waits until no other session, of whatever process, adds or removes a rule; none does until this turn is disposed of.
    /// </summary>
    /// <exception cref="FargateException"><see cref="FargateError.JournalUnavailable"/>.</exception>
    public async Task<IDisposable> LockIngressAsync(CancellationToken cancellationToken)
    {
        // Beside the sessions' folders; it stays, because deleting a file that others wait for would let in two of them.
        var path = Path.Combine(Path.GetDirectoryName(root)!, "ingress.lock");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LockLimit);
        while (true)
        {
            try
            {
                return OwnerOnly.LockFile(path);
            }
            catch (IOException) when (!limit.IsCancellationRequested && File.Exists(path))
            {
                await Task.Delay(LockPause, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw JournalErrors.JournalUnavailable(path, e);
            }
        }
    }
}
