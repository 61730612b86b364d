using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Tests.Foundation;

/// <summary>The splitting of a remote program's bytes into lines.</summary>
public sealed class LineReaderTests
{
    private static readonly string[] Expected = ["plain", "", "ümläut €", "𝄞 clef", "windows", "no\rend"];

    [Fact]
    public void Lines_are_the_same_however_their_bytes_were_cut_up()
    {
        var bytes = Encoding.UTF8.GetBytes("plain\n\nümläut €\n𝄞 clef\nwindows\r\nno\rend");
        for (var size = 1; size <= bytes.Length; size++)
        {
            LineReader reader = new();

            var lines = bytes.Chunk(size).SelectMany(chunk => reader.Read(chunk)).ToList();
            lines.AddRange(reader.ReadRest());

            Assert.Equal(Expected, lines);
        }
    }

    [Fact]
    public void Half_a_character_at_the_end_becomes_the_replacement_character()
    {
        LineReader reader = new();

        var lines = reader.Read((byte[])[.. "a\nb"u8, 0xE2, 0x82]).ToList();

        Assert.Equal(["a", "b\uFFFD"], lines.Concat(reader.ReadRest()));
    }

    [Fact]
    public void What_is_no_text_is_replaced_and_ends_no_line()
    {
        LineReader reader = new();

        Assert.Equal(["\uFFFD\0\uFFFD"], reader.Read((byte[])[0xFF, 0, 0xC0, (byte)'\n']));
        Assert.Empty(reader.ReadRest());
    }

    [Fact]
    public void An_endless_line_comes_in_pieces_and_no_more_than_one_of_them_is_held()
    {
        LineReader reader = new();
        var chunk = Encoding.UTF8.GetBytes(new string('x', 64 * 1024));
        List<string> pieces = [];
        for (var i = 0; i < 40; i++)
        {
            pieces.AddRange(reader.Read(chunk));
        }

        pieces.AddRange(reader.Read("end\n"u8.ToArray()));

        Assert.Equal([LineReader.LongestPiece, LineReader.LongestPiece, (40 * chunk.Length) - (2 * LineReader.LongestPiece) + 3],
            pieces.Select(piece => piece.Length));
        Assert.Empty(reader.ReadRest());
    }
}
