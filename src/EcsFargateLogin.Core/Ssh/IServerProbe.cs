namespace EcsFargateLogin.Ssh;

/// <summary>Finds out when an SSH server answers.</summary>
internal interface IServerProbe
{
    /// <summary>What came of the last attempt, for people.</summary>
    string LastOutcome { get; }

    /// <summary>Completes when an SSH server has answered.</summary>
    /// <exception cref="FargateException">It will not, however long one waits.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    Task WaitAsync(CancellationToken cancellationToken);
}
