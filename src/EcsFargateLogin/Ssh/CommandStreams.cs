namespace EcsFargateLogin.Ssh;

/// <summary>What a remote command reads, and who gets what it prints.</summary>
internal sealed record CommandStreams
{
    /// <summary>All of its standard input.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>
    /// Takes what came of its standard output; the next is only read when this has completed, so that nobody is given
    /// more than they can take.
    /// </summary>
    public required Func<ReadOnlyMemory<byte>, Task> Output { get; init; }

    /// <summary>The same for its standard error.</summary>
    public required Func<ReadOnlyMemory<byte>, Task> Errors { get; init; }
}
