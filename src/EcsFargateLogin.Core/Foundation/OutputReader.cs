using System.Text;

namespace EcsFargateLogin.Foundation;

/// <summary>Forwards the output of a program as it arrives. While the receiver is busy, the program has to wait.</summary>
/// <param name="stream">The program's output, which this closes.</param>
/// <param name="receive">
/// Receives bytes that are valid until it returns. Called on a dedicated thread: large output is slower by way of the thread
/// pool, and a pipe without output blocks its thread.
/// </param>
internal sealed class OutputReader(Stream stream, Action<ReadOnlyMemory<byte>> receive)
{
    /// <summary>The largest number of bytes in one call: the capacity of a pipe.</summary>
    public const int LargestPart = 64 * 1024;

    private readonly object _gate = new();
    private bool _isLeft;

    /// <summary>Reads to the end or until cancellation. Nothing is forwarded after this returns.</summary>
    public async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Factory
                .StartNew(ReadAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(cancellationToken);
        }
        finally
        {
            // A pipe can neither be cancelled nor closed while it is read, so the thread is abandoned.
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

/// <summary>
/// Splits a stream of UTF-8 into lines, wherever its chunks are cut. A line without an end is returned in pieces, so that memory
/// stays bounded.
/// </summary>
internal sealed class LineReader
{
    /// <summary>The length in characters at which an unfinished line is cut.</summary>
    public const int LongestPiece = 1 << 20;

    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();
    private readonly StringBuilder _unfinished = new();
    private char[] _characters = [];

    /// <summary>
    /// Returns the lines that these bytes complete, without LF or CR LF. They are created lazily, because many short strings that
    /// live at the same time are expensive. The caller must enumerate all of them, once.
    /// </summary>
    public IEnumerable<string> Read(ReadOnlyMemory<byte> bytes)
    {
        var most = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (_characters.Length < most)
        {
            _characters = new char[most];
        }

        var length = _decoder.GetChars(bytes.Span, _characters, flush: false);
        var start = 0;
        for (var end = FindEnd(start, length); end >= 0; end = FindEnd(start, length))
        {
            yield return Finish(start, end);
            start = end + 1;
        }

        _unfinished.Append(_characters, start, length - start);
        while (_unfinished.Length >= LongestPiece)
        {
            var piece = _unfinished.ToString(0, LongestPiece);
            _unfinished.Remove(0, LongestPiece);
            yield return piece;
        }
    }

    /// <summary>Returns the last line if it has no end. An incomplete character becomes U+FFFD.</summary>
    public IEnumerable<string> ReadRest()
    {
        Span<char> half = stackalloc char[Encoding.UTF8.GetMaxCharCount(0) + 1];
        _unfinished.Append(half[.._decoder.GetChars([], half, flush: true)]);
        return _unfinished.Length > 0 ? [Finish(0, 0)] : [];
    }

    private int FindEnd(int start, int length) => Array.IndexOf(_characters, '\n', start, length - start);

    private string Finish(int start, int end)
    {
        if (_unfinished.Length > 0)
        {
            var whole = _unfinished.Append(_characters, start, end - start).ToString();
            _unfinished.Clear();
            return whole.EndsWith('\r') ? whole[..^1] : whole;
        }

        return new string(_characters, start, end - start - (end > start && _characters[end - 1] == '\r' ? 1 : 0));
    }
}
