using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>Content that was changed from what is valid. It is shown in base64, to be kept as a test.</summary>
internal sealed record Mutant(byte[] Content)
{
    public override string ToString() => $"({Content.Length} bytes) {Convert.ToBase64String(Content)}";
}

/// <summary>Changes valid content, and shortens content that has made a parser fail.</summary>
internal static partial class Mutation
{
    /// <summary>The most bytes that mutations make of a content.</summary>
    private const int Longest = 256 * 1024;

    private const int MostMutations = 4;

    /// <summary>A content is shortened by no smaller part of it: byte by byte, a long one takes minutes.</summary>
    private const int SmallestPart = 64;

    private static readonly byte[][] Hostile =
    [
        // For terminals: a control sequence, a title, C1, what reverses the direction, NUL, a bare carriage return.
        .. new[] { "\e[2J", "\e]0;x\a", "\u009b31m", "\u202e", "\0", "\r", "\n", "\u2028", "\ufeff" }.Select(Encoding.UTF8.GetBytes),
        // Not UTF-8: a lonely byte, an overlong one, half of a pair, more than Unicode has, a character that is cut off.
        [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82],
        // JSON: half of a pair, duplicate members, comments.
        .. new[] { "\\ud800", "\\u0000", "\\u001b[2J", "\"\\ud800\"", ",\"version\":1,\"version\":2", "//x\n", "/*", "{}", "[]", "null", "" }
            .Select(Encoding.UTF8.GetBytes),
        // XML: an entity, a document type, a section.
        .. new[] { "&x;", "&#0;", "&#27;", "<!DOCTYPE x [<!ENTITY x \"x\">]>", "<![CDATA[", "]]>", "</" }.Select(Encoding.UTF8.GetBytes),
        // Shells, paths and patterns.
        .. new[] { "'", "\"", "\\", "`", "$(x)", "../", "/", "*", "[", "%n", "=", ":", " ", "\t", ";" }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "-1", "00", "1e999", "1e-999", "1.5", "255", "65536", "2147483648", "-2147483649", "4294967296",
        "9223372036854775808", "18446744073709551616", "1".PadRight(400, '0'), "NaN", "0x10",
    ];

    private static readonly byte[][] BinaryNumbers =
    [
        [0, 0, 0, 0], [0, 0, 0, 1], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0x10, 0, 0, 0],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ];

    private static readonly string[] JsonValues =
        ["null", "true", "0", "-1", "1e999", "\"\"", "\"x\"", "\"\\ud800\"", "[]", "[null]", "{}", "{\"\":null}", "[[]]", "\"\\u001b[2J\""];

    private static readonly string[] Nests = ["[", "{\"a\":", "<a>", "(", "\"", "[\n", "a:", "  x\n", "insufficient "];

    /// <summary>Creates the generator of mutants of a corpus.</summary>
    public static Gen<Mutant> Of(IReadOnlyList<byte[]> corpus)
    {
        var content = Gen.Elements<byte[]>(corpus);
        return content.SelectMany(Times).Select(bytes => new Mutant(bytes.Length > Longest ? bytes[..Longest] : bytes));

        Gen<byte[]> Times(byte[] bytes) => Gen.Choose(1, MostMutations)
            .SelectMany(count => Enumerable.Range(0, count).Aggregate(Gen.Constant(bytes), (so, _) => so.SelectMany(Once)));

        Gen<byte[]> Once(byte[] bytes) => Gen.OneOf(
            Place(bytes).SelectMany(at => Gen.Choose(0, 255), (at, value) => Replace(bytes, at, 1, [(byte)value])),
            Place(bytes).SelectMany(at => Gen.Choose(0, 7), (at, bit) => Flip(bytes, at, bit)),
            Place(bytes).Select(at => bytes[..at]),
            Range(bytes).Select(range => Replace(bytes, range.At, range.Length, [])),
            Range(bytes).Select(range => Replace(bytes, range.At, 0, bytes[range.At..(range.At + range.Length)])),
            Range(bytes).SelectMany(range => Gen.Choose(2, 2000), (range, count) => Repeat(bytes, range, count)),
            Place(bytes).SelectMany(at => Gen.Elements(Hostile), (at, part) => Replace(bytes, at, 0, part)),
            Range(bytes).SelectMany(range => Gen.Elements(Hostile), (range, part) => Replace(bytes, range.At, range.Length, part)),
            Place(bytes).SelectMany(at => Gen.Elements(BinaryNumbers), (at, number) => Replace(bytes, at, number.Length, number)),
            Place(bytes).SelectMany(
                at => Gen.Elements(Nests).SelectMany(_ => Gen.Elements(100, 2000, 20_000), Nest),
                (at, nest) => Replace(bytes, at, 0, nest)),
            InText(bytes, Digits(), Numbers),
            InText(bytes, JsonValue(), JsonValues),
            Place(bytes).SelectMany(_ => content, (at, other) => Replace(bytes, at, bytes.Length, other[(other.Length / 2)..])));
    }

    /// <summary>Returns shorter contents, the shortest first.</summary>
    public static IEnumerable<Mutant> Shorten(Mutant mutant)
    {
        for (var length = mutant.Content.Length / 2; length >= Math.Max(1, mutant.Content.Length / SmallestPart); length /= 2)
        {
            for (var at = 0; at + length <= mutant.Content.Length; at += length)
            {
                yield return new Mutant(Replace(mutant.Content, at, length, []));
            }
        }
    }

    private static Gen<int> Place(byte[] bytes) => Gen.Choose(0, bytes.Length);

    private static Gen<(int At, int Length)> Range(byte[] bytes) =>
        Place(bytes).SelectMany(at => Gen.Choose(0, Math.Min(64, bytes.Length - at)), (at, length) => (at, length));

    /// <summary>Replaces one of the places in a text that a pattern matches. Latin-1 keeps all bytes as they are.</summary>
    private static Gen<byte[]> InText(byte[] bytes, Regex pattern, string[] replacements)
    {
        var text = Encoding.Latin1.GetString(bytes);
        Match[] found = [.. pattern.Matches(text).Cast<Match>()];
        return found.Length == 0 ? Gen.Constant(bytes) : Gen.Elements<Match>(found).SelectMany(
            _ => Gen.Elements(replacements),
            (match, part) => Replace(bytes, match.Index, match.Length, Encoding.Latin1.GetBytes(part)));
    }

    private static byte[] Replace(byte[] bytes, int at, int length, byte[] part) =>
        [.. bytes[..at], .. part, .. bytes[Math.Min(bytes.Length, at + length)..]];

    private static byte[] Flip(byte[] bytes, int at, int bit) =>
        at == bytes.Length ? bytes : Replace(bytes, at, 1, [(byte)(bytes[at] ^ (1 << bit))]);

    private static byte[] Repeat(byte[] bytes, (int At, int Length) range, int count) => Replace(
        bytes, range.At, 0, [.. Enumerable.Repeat(bytes[range.At..(range.At + range.Length)], count).SelectMany(part => part)]);

    private static byte[] Nest(string nest, int depth) =>
        Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(nest, Math.Min(depth, Longest / nest.Length))));

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    /// <summary>A value after a colon or in a list; of objects and lists their beginning alone.</summary>
    [GeneratedRegex(@"(?<=[:,\[] ?)(""[^""]*""|-?[0-9.]+|true|false|null|\{\}|\[\]|\{[^{}]*\}|\[[^\[\]]*\])")]
    private static partial Regex JsonValue();
}
