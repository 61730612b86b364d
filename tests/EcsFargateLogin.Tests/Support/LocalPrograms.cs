using System.Diagnostics;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Support;

/// <summary>Runs the commands of copies by tar on this machine, in a folder that stands for the home in a container.</summary>
internal sealed class LocalPrograms : RemotePrograms
{
    private static readonly string[] Applets = ["cat", "mkdir", "mv", "rm", "sh", "tar", "touch", "xargs"];

    private readonly string _home;
    private readonly string _bin;

    /// <param name="system">dash, with this machine's programs; or busybox, with no others.</param>
    /// <param name="folder">The folder for both of the following.</param>
    /// <param name="home">The home's name in it.</param>
    public LocalPrograms(string system, TemporaryFolder folder, string home)
    {
        (System, _home, _bin) = (system, folder[home], folder["bin"]);
        Directory.CreateDirectory(_home);
        Directory.CreateDirectory(_bin);
        foreach (var applet in Applets.Where(applet => applet == "sh" || system == "busybox"))
        {
            File.CreateSymbolicLink(Path.Combine(_bin, applet), $"/bin/{system}");
        }
    }

    /// <summary>The systems of this machine.</summary>
    public static TheoryData<string> Systems { get; } =
        new(((string[])["dash", "busybox"]).Where(system => File.Exists($"/bin/{system}")).ToArray());

    public string System { get; }

    /// <summary>Whether the connection is lost at the end of a command.</summary>
    public Func<string, bool> Loses { get; init; } = _ => false;

    /// <summary>What was run: each command and its input.</summary>
    public List<(string Command, MemoryStream Input)> Runs { get; } = [];

    /// <inheritdoc/>
    public override Task<IRemoteProgram> StartAsync(string command, CancellationToken cancellationToken)
    {
        MemoryStream input = new();
        Runs.Add((command, input));
        ProcessStartInfo start = new(Path.Combine(_bin, "sh"), ["-c", command])
        {
            WorkingDirectory = _home,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = System == "busybox" ? _bin : $"{_bin}:/usr/bin:/bin";
        return Task.FromResult<IRemoteProgram>(new Program(Process.Start(start)!, input, Loses(command)));
    }

    /// <summary>A program that gets its whole input when that has ended.</summary>
    private sealed class Program(Process process, MemoryStream input, bool isLost) : IRemoteProgram
    {
        private readonly Task<string> _errors = process.StandardError.ReadToEndAsync();

        public Stream Input => input;

        public Stream Output => process.StandardOutput.BaseStream;

        public async Task EndInputAsync(CancellationToken cancellationToken)
        {
            await process.StandardInput.BaseStream.WriteAsync(input.ToArray(), cancellationToken);
            process.StandardInput.Close();
        }

        public async Task<ProgramEnd> WaitAsync(CancellationToken cancellationToken)
        {
            await process.WaitForExitAsync(cancellationToken);
            var errors = await _errors;
            return new ProgramEnd(isLost ? null : process.ExitCode, errors.Length > 0 ? errors : null);
        }

        public void Kill() => ChildProcess.Kill(process);

        public async ValueTask DisposeAsync()
        {
            Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
