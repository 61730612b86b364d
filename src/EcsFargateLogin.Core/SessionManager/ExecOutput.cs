using System.Buffers;
using System.Globalization;
using System.Text;

namespace EcsFargateLogin.SessionManager;

/// <summary>
/// Separates what an <see cref="ExecScript"/> says from the output of its command, wherever the messages are cut. Nothing that
/// comes before the command begins, or after its exit code, is passed on.
/// </summary>
/// <param name="script">The script.</param>
/// <param name="output">Receives standard output; valid until it returns.</param>
/// <param name="errors">Receives standard error, likewise, of commands with pipes.</param>
internal sealed class ExecOutput(ExecScript script, Action<ReadOnlyMemory<byte>> output, Action<ReadOnlyMemory<byte>> errors)
{
    /// <summary>Upper bound for the digits of an exit code and a separator.</summary>
    private const int LongestCode = 8;

    /// <summary>Upper bound for a piece of standard error, in bytes: many times what the script makes of a line.</summary>
    private const int LongestErrors = 256 * 1024;

    private readonly byte[] _marker = script.Marker;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private bool _hasBegun;
    private bool _convertsLines;

    /// <summary>Whether the script reads input by now.</summary>
    public bool ReadsInput { get; private set; }

    /// <summary>Whether it decodes its input by base64.</summary>
    public bool ReadsBase64 { get; private set; }

    /// <summary>The exit code of the command; null while it has not ended.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Takes what was received.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (ExitCode is not null)
        {
            return;
        }

        _pending.Write(bytes);
        var data = _pending.WrittenSpan.ToArray();
        var used = Take(data);
        _pending.ResetWrittenCount();
        _pending.Write(data.AsSpan(used));
    }

    /// <summary>Handles as much as is complete.</summary>
    /// <returns>The number of bytes that are done with.</returns>
    private int Take(byte[] data)
    {
        var position = 0;
        while (position < data.Length && ExitCode is null)
        {
            var found = data.AsSpan(position).IndexOf(_marker);
            if (found < 0)
            {
                var end = data.Length - LengthOfBeginning(data.AsSpan(position));
                Pass(data.AsMemory(position..end));
                return end;
            }

            Pass(data.AsMemory(position, found));
            position += found;
            if (TakeMarker(data, position + _marker.Length) is not { } next)
            {
                break;
            }

            position = next;
        }

        return position;
    }

    /// <summary>Takes what follows a marker.</summary>
    /// <returns>The position after it; null while it is incomplete.</returns>
    private int? TakeMarker(byte[] data, int position)
    {
        if (position == data.Length)
        {
            return null;
        }

        switch (data[position])
        {
            case (byte)'r':
                ReadsInput = true;
                break;
            case (byte)'m':
                (ReadsInput, ReadsBase64) = (true, true);
                break;
            case (byte)'n':
                (ReadsInput, _convertsLines) = (true, true);
                break;
            case (byte)'b':
                _hasBegun = true;
                break;
            case (byte)'x':
                return TakeCode(data, position + 1);
            case (byte)'e' or (byte)'p':
                return TakeErrors(data, position);
        }

        return position + 1;
    }

    private int? TakeCode(byte[] data, int position)
    {
        var length = data.AsSpan(position).IndexOf((byte)';');
        if (length < 0 && data.Length - position < LongestCode)
        {
            return null;
        }

        var digits = Encoding.ASCII.GetString(data, position, Math.Max(length, 0));
        ExitCode = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 255;
        return data.Length;
    }

    /// <summary>Takes a line of standard error, or a piece of one, which ends with a line end of its own.</summary>
    private int? TakeErrors(byte[] data, int position)
    {
        var length = data.AsSpan(position).IndexOf((byte)'\n');
        // The script cuts lines; what is longer is not of it, and must not be kept without a bound.
        if (length < 0 && data.Length - position < LongestErrors)
        {
            return null;
        }

        var end = length < 0 ? data.Length : position + length;
        var isWhole = data[position] == 'e';
        var text = data[(position + 1)..(_convertsLines && data[end - 1] == '\r' ? end - 1 : end)];
        errors(isWhole ? (byte[])[.. text, (byte)'\n'] : text);
        return Math.Min(end + 1, data.Length);
    }

    private void Pass(ReadOnlyMemory<byte> bytes)
    {
        if (!_hasBegun || bytes.IsEmpty)
        {
            return;
        }

        output(_convertsLines ? WithoutReturns(bytes.Span) : bytes);
    }

    /// <summary>Takes back what the terminal has done to line ends, for each of which it has written CR LF.</summary>
    private static byte[] WithoutReturns(ReadOnlySpan<byte> bytes)
    {
        var kept = new byte[bytes.Length];
        var count = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != '\r' || i + 1 == bytes.Length || bytes[i + 1] != '\n')
            {
                kept[count++] = bytes[i];
            }
        }

        return kept[..count];
    }

    /// <summary>The number of bytes at the end that may be the beginning of a marker or, where line ends are converted, of one.</summary>
    private int LengthOfBeginning(ReadOnlySpan<byte> data)
    {
        for (var length = Math.Min(_marker.Length - 1, data.Length); length > 0; length--)
        {
            if (data[^length..].SequenceEqual(_marker.AsSpan(0, length)))
            {
                return length;
            }
        }

        return _convertsLines && data is [.., (byte)'\r'] ? 1 : 0;
    }
}
