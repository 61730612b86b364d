using System.Text;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// Runs the few constant commands by which files are copied without an SFTP server. Paths never stand in a command: they
/// go to xargs through its input, each ended by NUL, which no path can hold.
/// </summary>
internal sealed class RemoteProgram(string ssh, SshEndpoint endpoint, IReadOnlyList<SshOption> options)
{
    /// <summary>Starts one.</summary>
    public SshPipe Start(string command) => new(SshCommandLine.InBackground(
        ssh, SshCommandLine.ForProgram(endpoint, options, command), endpoint.KeepsSession));

    /// <summary>Runs one on paths.</summary>
    /// <param name="command">A constant that begins with xargs -0.</param>
    /// <param name="paths">Its input.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What it printed; and what went wrong, or null.</returns>
    public async Task<(string Output, string? Fault)> RunAsync(
        string command, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var pipe = Start(command);
        await using (pipe.ConfigureAwait(false))
        {
            var output = new StreamReader(pipe.Output).ReadToEndAsync(cancellationToken);
            await WritePathsAsync(pipe, paths, cancellationToken).ConfigureAwait(false);
            var text = await output.ConfigureAwait(false);
            var exitCode = await pipe.WaitAsync(cancellationToken).ConfigureAwait(false);
            return (text, exitCode == 0 ? null : pipe.Complaint ?? $"it ended with exit code {exitCode}");
        }
    }

    /// <summary>Writes the paths and ends the input.</summary>
    public static async Task WritePathsAsync(SshPipe pipe, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(paths.Select(path => $"{path}\0")));
        try
        {
            await pipe.Input.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            pipe.Input.Close();
        }
        catch (IOException)
        {
            // It has ended already, and its exit code says why.
        }
    }
}
