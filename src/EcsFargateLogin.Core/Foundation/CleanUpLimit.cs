namespace EcsFargateLogin.Foundation;

/// <summary>
/// How long cleaning up may wait for AWS. It never hangs on the token that the user cancelled: what runs must be stopped
/// all the same.
/// </summary>
internal static class CleanUpLimit
{
    /// <summary>The limit: what AWS has not answered by then, it will not answer while somebody waits.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(15);

    /// <summary>Begins a clean-up.</summary>
    /// <param name="giveUp">Ends it earlier: the user waits no longer.</param>
    public static CancellationTokenSource Begin(CancellationToken giveUp) => Begin(Time, giveUp);

    /// <inheritdoc cref="Begin(CancellationToken)"/>
    public static CancellationTokenSource Begin(TimeSpan time, CancellationToken giveUp)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(giveUp);
        limit.CancelAfter(time);
        return limit;
    }
}
