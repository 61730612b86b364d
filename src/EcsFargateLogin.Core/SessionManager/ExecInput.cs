using System.Buffers;
using System.Buffers.Text;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.SessionManager;

/// <summary>Encodes the input of a command with pipes as lines, as its <see cref="ExecScript"/> decodes it.</summary>
/// <param name="isBase64">Whether base64 decodes it, or the shell's printf.</param>
internal sealed class ExecInput(bool isBase64)
{
    /// <summary>The number of bytes of input in a line for printf: encoded they need up to five times as many.</summary>
    private const int BytesInLine = 700;

    /// <summary>The number of bytes of input in a line of base64: a multiple of three, so that padding is at the end alone.</summary>
    private const int Base64InLine = 3072;

    private const int Base64Group = 3;

    private readonly List<byte> _rest = [];

    /// <summary>The last line of the input. Neither code writes it.</summary>
    public static ReadOnlyMemory<byte> LastLine { get; } = ".\n"u8.ToArray();

    /// <summary>Encodes the next bytes. Up to two of them are kept until more come.</summary>
    public byte[] Encode(ReadOnlySpan<byte> input)
    {
        if (!isBase64)
        {
            return EncodeForPrintf(input);
        }

        byte[] all = [.. _rest, .. input];
        var whole = all.Length / Base64Group * Base64Group;
        _rest.Clear();
        _rest.AddRange(all[whole..]);
        return EncodeBase64(all.AsSpan(0, whole));
    }

    /// <summary>Encodes what was kept, and the end.</summary>
    public byte[] Finish() => [.. EncodeBase64([.. _rest]), .. LastLine.Span];

    private static byte[] EncodeForPrintf(ReadOnlySpan<byte> input)
    {
        StringBuilder lines = new();
        while (input.Length > 0)
        {
            var part = input[..Math.Min(BytesInLine, input.Length)];
            var line = PosixShell.Escape(part);
            // A line of one dot is the end.
            lines.Append(line == "." ? @"\0056" : line).Append('\n');
            input = input[part.Length..];
        }

        return Encoding.ASCII.GetBytes(lines.ToString());
    }

    private static byte[] EncodeBase64(ReadOnlySpan<byte> input)
    {
        ArrayBufferWriter<byte> lines = new();
        while (input.Length > 0)
        {
            var part = input[..Math.Min(Base64InLine, input.Length)];
            var line = lines.GetSpan(Base64.GetMaxEncodedToUtf8Length(part.Length) + 1);
            Base64.EncodeToUtf8(part, line, out _, out var length);
            line[length] = (byte)'\n';
            lines.Advance(length + 1);
            input = input[part.Length..];
        }

        return lines.WrittenSpan.ToArray();
    }
}
