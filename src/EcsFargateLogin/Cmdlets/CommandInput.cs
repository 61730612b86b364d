using System.Buffers;
using System.Management.Automation;
using System.Text;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

/// <summary>
/// Converts the objects that a command reads to bytes: bytes as they are, everything else as a line of text. As for native
/// programs, lists are enumerated, and null is skipped.
/// </summary>
internal sealed class CommandInput
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The input that was added since the last call of Clear.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Removes all input.</summary>
    public void Clear() => _bytes.Clear();

    /// <summary>Adds an object, or each object of a list.</summary>
    public void Add(object? input)
    {
        switch (PSValue.Unwrap(input))
        {
            case null:
                break;
            case byte[] bytes:
                _bytes.Write(bytes);
                break;
            case byte one:
                _bytes.Write([one]);
                break;
            case not null when LanguagePrimitives.GetEnumerable(input) is { } many:
                foreach (var each in many)
                {
                    Add(each);
                }

                break;
            default:
                // The PSObject is converted, because it may have a ToString of its own.
                _bytes.Write(Encoding.UTF8.GetBytes($"{LanguagePrimitives.ConvertTo<string>(input)}\n"));
                break;
        }
    }
}
