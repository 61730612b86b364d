namespace EcsFargateLogin.Ssh;

/// <summary>
/// Hands on what a program prints as soon as it comes. While somebody is still busy with the last of it, what comes is gathered
/// up to a limit, and then the program has to wait.
/// </summary>
/// <param name="stream">What it prints.</param>
/// <param name="take">Takes bytes, which are there until it has completed.</param>
internal sealed class OutputReader(Stream stream, Func<ReadOnlyMemory<byte>, Task> take)
{
    /// <summary>The most that is handed on at once.</summary>
    public const int LargestPart = 128 * 1024;

    private const int ReadSize = 32 * 1024;

    private readonly byte[] _incoming = new byte[ReadSize];
    private byte[] _gathered = new byte[LargestPart];
    private byte[] _taken = new byte[LargestPart];
    private int _length;
    private Task _taking = Task.CompletedTask;

    /// <summary>Reads to the end, or until it is cancelled; what was read until then has been handed on.</summary>
    public async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        var reading = StartReading(cancellationToken);
        while (true)
        {
            if (_length > 0)
            {
                await Task.WhenAny(reading, _taking).ConfigureAwait(false);
                if (_taking.IsCompleted || (reading.IsCompleted && _length + ReadSize > LargestPart))
                {
                    await HandOnAsync().ConfigureAwait(false);
                }
            }

            if (_length == 0 || reading.IsCompleted)
            {
                var count = await reading.ConfigureAwait(false);
                if (count == 0)
                {
                    break;
                }

                _incoming.AsSpan(0, count).CopyTo(_gathered.AsSpan(_length));
                _length += count;
                reading = StartReading(cancellationToken);
            }
        }

        await HandOnAsync().ConfigureAwait(false);
        await _taking.ConfigureAwait(false);
    }

    /// <summary>A pipe cannot be cancelled while it is read: it is left to itself then.</summary>
    private Task<int> StartReading(CancellationToken cancellationToken) =>
        stream.ReadAsync(_incoming, CancellationToken.None).AsTask().WaitAsync(cancellationToken);

    private async Task HandOnAsync()
    {
        await _taking.ConfigureAwait(false);
        if (_length > 0)
        {
            (_gathered, _taken) = (_taken, _gathered);
            _taking = take(_taken.AsMemory(0, _length));
            _length = 0;
        }
    }
}
