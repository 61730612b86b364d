using System.Management.Automation;
using EcsFargateLogin.Commands;
using EcsFargateLogin.Lifecycle.Waiting;
using EcsFargateLogin.Pipeline;

namespace EcsFargateLogin.Cmdlets;

// The output of the commands.
public sealed partial class InvokeFargateCommandCommand
{
    private async Task RunAsync(Login login, PipelinePump pump, CancellationToken cancellationToken)
    {
        var collected = PassThru || Detach ? new CollectedOutput() : null;
        ICommandOutput output = collected is not null ? collected : new WrittenOutput(this, login.Session, pump);
        var ended = login.Session.OpenTransport == FargateTransport.EcsExec
            ? await new EcsExecCommand(login.Cloud, login.Session, OptionsFor(login), output).RunAsync(pump, cancellationToken)
            : await RunSshAsync(login, output, pump, cancellationToken);
        await pump.AskAsync(
            () =>
            {
                Show(ended, collected);
                return true;
            },
            cancellationToken);
    }

    private async Task<CommandEnded> RunSshAsync(
        Login login, ICommandOutput output, PipelinePump pump, CancellationToken cancellationToken)
    {
        // A session that ends with this command has no later one that could share its connection.
        var endpoint = Owned.Owns(login.Session)
            ? EndpointOf(login.Session)
            : await SharedEndpointOf(login.Session, cancellationToken);
        endpoint = Detach ? endpoint with { KeepsSession = true } : endpoint;
        return await new CommandRun(login.Cloud, login.Session, OptionsFor(login), output)
            .RunAsync(endpoint, pump, cancellationToken);
    }

    private void WriteLines(PSObject[] lines)
    {
        foreach (var line in lines)
        {
            WriteObject(line);
        }
    }

    private void WriteErrorLines(string[] lines, FargateSession session)
    {
        foreach (var line in lines)
        {
            NativeConventions.WriteErrorLine(this, ErrorRecords.OfErrorLine(line, session));
        }
    }

    /// <summary>
    /// Writes the output of one session's command to the pipeline. Only WriteObject runs on the pipeline's thread, because
    /// PowerShell needs time for each line: everything else is done before, on the thread that reads the output.
    /// </summary>
    private sealed class WrittenOutput(
        InvokeFargateCommandCommand cmdlet, FargateSession session, PipelinePump pump) : ICommandOutput
    {
        /// <summary>Number of lines that are made before the first of them is written.</summary>
        private const int LongestChunk = 1000;

        private readonly SessionNote _note = new(session);

        public void AddLines(IEnumerable<string> lines)
        {
            foreach (var chunk in lines.Select(_note.AttachTo).Chunk(LongestChunk))
            {
                pump.Write(() => cmdlet.WriteLines(chunk));
            }
        }

        public void AddErrorLines(IEnumerable<string> lines)
        {
            foreach (var chunk in lines.Chunk(LongestChunk))
            {
                pump.Write(() => cmdlet.WriteErrorLines(chunk, session));
            }
        }

        public void AddBytes(ReadOnlySpan<byte> bytes)
        {
            var output = _note.AttachTo(bytes.ToArray());
            pump.Write(() => cmdlet.WriteObject(output));
        }
    }
}
