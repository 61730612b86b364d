using System.Management.Automation;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Model;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

// What the commands print, on its way to the pipeline.
public sealed partial class InvokeFargateCommandCommand
{
    /// <summary>The most lines that are made before the first of them is written.</summary>
    private const int LongestBatch = 1000;

    private readonly CommandOutput _printed = new();

    private async Task RunAsync(Login login, IProgress<SessionEvent> progress, CancellationToken cancellationToken)
    {
        // A session that ends with its first command has no second one that would share the connection.
        var endpoint = login.IsKept
            ? await SharedEndpointOf(login.Session, cancellationToken).ConfigureAwait(false)
            : EndpointOf(login.Session);
        SessionNote note = new(login.Session);
        PipelineFeed feed = new(login.Session, progress, cancellationToken);
        var ended = await new CommandRun(
                login.Cloud, login.Session, OptionsFor(login), printed => feed.Add(WritesOf(printed, note)))
            .RunAsync(endpoint, progress, cancellationToken)
            .ConfigureAwait(false);
        await OnPipelineThread(
            () =>
            {
                Show(ended);
                return ended;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// What is left to be done on the pipeline's thread. PowerShell keeps that busy with each line: all else is done before,
    /// on the thread that reads.
    /// </summary>
    private IEnumerable<Action> WritesOf(SessionEvent happened, SessionNote note) => happened switch
    {
        LinesPrinted { AreErrors: false } printed when !PassThru =>
            printed.Lines.Select(note.AttachTo).Chunk(LongestBatch).Select(lines => (Action)(() => Write(lines))),
        LinesPrinted printed =>
            printed.Lines.Chunk(LongestBatch).Select(lines => (Action)(() => Show(printed with { Lines = lines }))),
        BytesPrinted printed when PassThru => [() => _printed.Add(printed)],
        BytesPrinted printed => [() => WriteObject(note.AttachTo(printed.Bytes))],
        _ => throw new ArgumentOutOfRangeException(nameof(happened)),
    };

    private void Write(PSObject[] lines)
    {
        foreach (var line in lines)
        {
            WriteObject(line);
        }
    }

    private void Show(LinesPrinted printed)
    {
        if (PassThru)
        {
            _printed.Add(printed);
            return;
        }

        foreach (var line in printed.Lines)
        {
            NativeConventions.WriteErrorLine(this, ErrorRecords.OfErrorLine(line, printed.Session));
        }
    }
}
