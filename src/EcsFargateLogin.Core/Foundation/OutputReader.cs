using System.Text;

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
                .WaitAsync(cancellationToken);
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

/// <summary>
/// Takes UTF-8 apart into lines as it comes, however the bytes were cut up on their way. A line without end is handed on in
/// pieces, so that no more than one of them is ever held.
/// </summary>
internal sealed class LineReader
{
    /// <summary>In characters: what a line is cut at that has no end.</summary>
    public const int LongestPiece = 1 << 20;

    private readonly Decoder _decoder = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetDecoder();
    private readonly StringBuilder _unfinished = new();
    private char[] _characters = [];

    /// <summary>
    /// The lines that these bytes complete, without their ends (LF, or CR and LF). Each is only made when it is asked for: many
    /// short ones that are alive at the same time cost more than all else. All of them must be asked for, once.
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

    /// <summary>The last line, where it has no end, and what is left of half a character as U+FFFD.</summary>
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
