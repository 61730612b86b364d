namespace EcsFargateLogin.Foundation;

/// <summary>
/// Which failures of looks at AWS, each after the SDK's own retries, a wait outlasts: throttling always, and an AWS that
/// cannot be reached or fails twice in a row.
/// </summary>
internal sealed class FailureTolerance
{
    private const int LimitInARow = 3;

    private int _inARow;

    /// <summary>Counts a failure, and tells whether the wait goes on.</summary>
    public bool Tolerates(FargateException failure) => failure.Error switch
    {
        FargateError.Throttled => true,
        FargateError.EndpointUnreachable or FargateError.ServiceFailed => ++_inARow < LimitInARow,
        _ => false,
    };

    /// <summary>Takes over that AWS has answered again.</summary>
    public void Reset() => _inARow = 0;
}
