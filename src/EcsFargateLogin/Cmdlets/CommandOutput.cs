using EcsFargateLogin.Commands;

namespace EcsFargateLogin.Cmdlets;

/// <summary>Gathers what commands print, for their results.</summary>
internal sealed class CommandOutput
{
    private readonly Dictionary<FargateSession, (List<string> Lines, List<string> Errors, MemoryStream Bytes)> _printed = [];

    /// <summary>Adds lines.</summary>
    public void Add(LinesPrinted printed)
    {
        var (lines, errors, _) = Of(printed.Session);
        (printed.AreErrors ? errors : lines).AddRange(printed.Lines);
    }

    /// <summary>Adds bytes.</summary>
    public void Add(BytesPrinted printed) => Of(printed.Session).Bytes.Write(printed.Bytes);

    /// <summary>The result of a command that has ended.</summary>
    public FargateCommandResult Take(CommandEnded ended)
    {
        var (lines, errors, bytes) = Of(ended.Session);
        _printed.Remove(ended.Session);
        return new FargateCommandResult
        {
            FargateSession = ended.Session,
            ExitCode = ended.ExitCode,
            Duration = ended.Duration,
            IsPartial = ended.Error is not null,
            StandardOutput = lines,
            RawOutput = bytes.ToArray(),
            StandardError = errors,
        };
    }

    private (List<string> Lines, List<string> Errors, MemoryStream Bytes) Of(FargateSession session)
    {
        if (!_printed.TryGetValue(session, out var printed))
        {
            printed = ([], [], new MemoryStream());
            _printed.Add(session, printed);
        }

        return printed;
    }
}
