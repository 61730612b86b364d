using System.Text;

namespace EcsFargateLogin.Ssh;

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

    /// <summary>The lines that these bytes complete, without their ends (LF, or CR and LF).</summary>
    public List<string> Read(ReadOnlySpan<byte> bytes)
    {
        var most = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        if (_characters.Length < most)
        {
            _characters = new char[most];
        }

        var text = _characters.AsSpan(0, _decoder.GetChars(bytes, _characters, flush: false));
        List<string> lines = [];
        for (var end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n'))
        {
            lines.Add(Finish(text[..end]));
            text = text[(end + 1)..];
        }

        _unfinished.Append(text);
        while (_unfinished.Length >= LongestPiece)
        {
            lines.Add(_unfinished.ToString(0, LongestPiece));
            _unfinished.Remove(0, LongestPiece);
        }

        return lines;
    }

    /// <summary>The last line, where it has no end, and what is left of half a character as U+FFFD.</summary>
    public List<string> ReadRest()
    {
        Span<char> half = stackalloc char[Encoding.UTF8.GetMaxCharCount(0) + 1];
        _unfinished.Append(half[.._decoder.GetChars([], half, flush: true)]);
        return _unfinished.Length > 0 ? [Finish([])] : [];
    }

    private string Finish(ReadOnlySpan<char> end)
    {
        if (_unfinished.Length > 0)
        {
            var whole = _unfinished.Append(end).ToString();
            _unfinished.Clear();
            return whole.EndsWith('\r') ? whole[..^1] : whole;
        }

        return (end is [.., '\r'] ? end[..^1] : end).ToString();
    }
}
