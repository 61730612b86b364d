namespace EcsFargateLogin.Ssh;

/// <summary>What a remote command reads, and who gets what it prints.</summary>
internal sealed record CommandStreams
{
    /// <summary>
    /// Writes its standard input, as it comes. It is cancelled when the program has ended; that nobody reads any more is no error.
    /// </summary>
    public required Func<Stream, CancellationToken, Task> Feed { get; init; }

    /// <summary>
    /// Takes what came of its standard output, on a thread of its own; the next is only read when this has returned, so that
    /// nobody is given more than they can take.
    /// </summary>
    public required Action<ReadOnlyMemory<byte>> Output { get; init; }

    /// <summary>The same for its standard error.</summary>
    public required Action<ReadOnlyMemory<byte>> Errors { get; init; }
}
