namespace EcsFargateLogin.Foundation;

/// <summary>Hands on what a program prints as soon as it comes. While nobody takes more, the program has to wait.</summary>
/// <param name="stream">What it prints; this closes it.</param>
/// <param name="receive">
/// Takes bytes, which are there until it returns; it returns when it can take more. Called on a thread of its own: what a
/// program prints in great amounts would come slower by way of the thread pool, and a pipe without any keeps its thread.
/// </param>
internal sealed class OutputReader(Stream stream, Action<ReadOnlyMemory<byte>> receive)
{
    /// <summary>The most that is handed on at once: what a pipe holds.</summary>
    public const int LargestPart = 64 * 1024;

    private readonly object _gate = new();
    private bool _isLeft;

    /// <summary>
    /// Reads to the end, or until it is cancelled; what was read until then has been handed on, and nothing is any more.
    /// </summary>
    public async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Factory
                .StartNew(ReadAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            // A pipe can neither be cancelled nor closed while it is read: it is left to itself then.
            lock (_gate)
            {
                _isLeft = true;
            }
        }
    }

    private void ReadAll()
    {
        using var closed = stream;
        var bytes = new byte[LargestPart];
        for (var count = stream.Read(bytes); count > 0; count = stream.Read(bytes))
        {
            lock (_gate)
            {
                if (_isLeft)
                {
                    return;
                }

                receive(bytes.AsMemory(0, count));
            }
        }
    }
}
