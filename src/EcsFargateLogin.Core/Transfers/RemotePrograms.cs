using System.Text;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.Transfers;

/// <summary>
/// Runs the constant commands that copy files by tar, one after another. Paths are never part of a command: xargs reads them from
/// its input, each with <see cref="PathEnd"/> at its end and terminated by NUL, which no path can contain.
/// </summary>
internal abstract class RemotePrograms
{
    /// <summary>
    /// What is at the end of each path that is written, and nowhere before it. A path without it is the beginning of one, of which
    /// the rest was lost with the connection.
    /// </summary>
    public const string PathEnd = "//";

    /// <summary>Starts a command in the home of the container's user.</summary>
    public abstract Task<IRemoteProgram> StartAsync(string command, CancellationToken cancellationToken);

    /// <summary>Runs a command on paths.</summary>
    /// <param name="command">A constant that begins with xargs -0, and uses no path without its end.</param>
    /// <param name="paths">The paths, which become its input.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Its output; and its error, or null.</returns>
    /// <exception cref="ProgramLostException">The connection was lost before it ended.</exception>
    public async Task<(string Output, string? Fault)> RunAsync(
        string command, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        await using var program = await StartAsync(command, cancellationToken);
        var output = new StreamReader(program.Output).ReadToEndAsync(cancellationToken);
        await WritePathsAsync(program, paths, cancellationToken);
        var text = "";
        try
        {
            text = await output;
        }
        catch (EndOfStreamException)
        {
            // The connection was lost, and the end says why.
        }

        var end = await program.WaitAsync(cancellationToken);
        return end.IsLost ? throw new ProgramLostException(end.Why("it")) : (text, end.ExitCode == 0 ? null : end.Why("it"));
    }

    /// <summary>Writes the paths and ends the input.</summary>
    public static async Task WritePathsAsync(
        IRemoteProgram program, IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(paths.Select(path => $"{WithoutEmptyParts(path)}{PathEnd}\0")));
        try
        {
            await program.Input.WriteAsync(bytes, cancellationToken);
            await program.EndInputAsync(cancellationToken);
        }
        catch (IOException)
        {
            // It has ended already; its exit code says why.
        }
    }

    private static string WithoutEmptyParts(string path)
    {
        while (path.Contains("//", StringComparison.Ordinal))
        {
            path = path.Replace("//", "/", StringComparison.Ordinal);
        }

        return path;
    }
}

/// <summary>A program in the container, with pipes to this process. Disposing ends it.</summary>
internal interface IRemoteProgram : IAsyncDisposable
{
    /// <summary>The program's input. Writing throws an <see cref="IOException"/> once the program has ended.</summary>
    Stream Input { get; }

    /// <summary>
    /// The program's output. Where its connection is lost, reading may throw an <see cref="EndOfStreamException"/>, or find the end.
    /// </summary>
    Stream Output { get; }

    /// <summary>Ends the input.</summary>
    /// <exception cref="IOException">The program has ended.</exception>
    Task EndInputAsync(CancellationToken cancellationToken);

    /// <summary>Waits until the program has ended, or its connection.</summary>
    Task<ProgramEnd> WaitAsync(CancellationToken cancellationToken);

    /// <summary>Ends the program, so that readers and writers are not blocked any longer.</summary>
    void Kill();
}

/// <summary>The end of a program in the container.</summary>
/// <param name="ExitCode">Its exit code; null where its connection was lost before it ended.</param>
/// <param name="Complaint">The last errors of the program or its connection; null for none.</param>
internal sealed record ProgramEnd(int? ExitCode, string? Complaint)
{
    /// <summary>Whether the connection was lost before the program ended.</summary>
    public bool IsLost => ExitCode is null;

    /// <summary>The reason of an end that is no success.</summary>
    public string Why(string program) =>
        Complaint ?? (IsLost ? "the connection was closed" : $"{program} ended with exit code {ExitCode}");
}

/// <summary>The connection to a program was lost before the program ended.</summary>
/// <param name="why">The reason; null where it is not known.</param>
/// <param name="item">The item that was being sent; null in other steps.</param>
/// <param name="cause">The failure of this side; null for none.</param>
internal sealed class ProgramLostException(string? why, CopyItem? item = null, Exception? cause = null) : Exception(why, cause)
{
    public string? Why { get; } = why;

    public CopyItem? Item { get; } = item;
}

/// <summary>Starts programs by ssh.</summary>
/// <param name="ssh">The path of ssh.</param>
/// <param name="endpoint">The session's SSH server.</param>
/// <param name="options">The user's own options for ssh.</param>
internal sealed class SshPrograms(string ssh, SshEndpoint endpoint, IReadOnlyList<SshOption> options) : RemotePrograms
{
    /// <inheritdoc/>
    public override Task<IRemoteProgram> StartAsync(string command, CancellationToken cancellationToken) =>
        Task.FromResult<IRemoteProgram>(new Program(new SshPipe(SshCommandLine.InBackground(
            ssh, SshCommandLine.ForProgram(endpoint, options, command), endpoint.KeepsSession))));

    private sealed class Program(SshPipe pipe) : IRemoteProgram
    {
        public Stream Input => pipe.Input;

        public Stream Output => pipe.Output;

        public Task EndInputAsync(CancellationToken cancellationToken)
        {
            pipe.Input.Close();
            return Task.CompletedTask;
        }

        public async Task<ProgramEnd> WaitAsync(CancellationToken cancellationToken)
        {
            var exitCode = await pipe.WaitAsync(cancellationToken);
            return new ProgramEnd(exitCode == SshProcess.ConnectionFailed ? null : exitCode, pipe.Complaint);
        }

        public void Kill() => pipe.Kill();

        public ValueTask DisposeAsync() => pipe.DisposeAsync();
    }
}
