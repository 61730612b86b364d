using System.Buffers;

namespace EcsFargateLogin.Commands;

/// <summary>Collects all that the command of one session prints.</summary>
internal sealed class CollectedOutput : ICommandOutput
{
    private readonly List<string> _lines = [];
    private readonly List<string> _errorLines = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>The bytes of standard output, where the command is raw.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>All lines of standard error.</summary>
    public string ErrorText => string.Join('\n', _errorLines);

    /// <inheritdoc/>
    public void AddLines(IEnumerable<string> lines) => _lines.AddRange(lines);

    /// <inheritdoc/>
    public void AddErrorLines(IEnumerable<string> lines) => _errorLines.AddRange(lines);

    /// <inheritdoc/>
    public void AddBytes(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <summary>The result of the command, which has ended.</summary>
    public FargateCommandResult ResultOf(CommandEnded ended) => new()
    {
        FargateSession = ended.Session,
        ExitCode = ended.ExitCode,
        Duration = ended.Duration,
        IsPartial = ended.Error is not null,
        StandardOutput = _lines,
        RawOutput = _bytes.WrittenSpan.ToArray(),
        StandardError = _errorLines,
    };
}
