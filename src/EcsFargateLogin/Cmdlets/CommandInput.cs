using System.Buffers;
using System.Management.Automation;
using System.Text;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Makes bytes of the objects that a command reads: bytes as they are, everything else as a line of text.</summary>
internal sealed class CommandInput
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>All that was added since it was cleared.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    /// <summary>Forgets what was added.</summary>
    public void Clear() => _bytes.Clear();

    /// <summary>Adds an object of the pipeline, or each of a list that was given by name.</summary>
    public void Add(object? input)
    {
        switch (input is PSObject wrapped ? wrapped.BaseObject : input)
        {
            case byte[] bytes:
                _bytes.Write(bytes);
                break;
            case byte one:
                _bytes.Write([one]);
                break;
            case object?[] many:
                Array.ForEach(many, Add);
                break;
            case var other:
                _bytes.Write(Encoding.UTF8.GetBytes($"{LanguagePrimitives.ConvertTo<string>(input ?? other)}\n"));
                break;
        }
    }
}
