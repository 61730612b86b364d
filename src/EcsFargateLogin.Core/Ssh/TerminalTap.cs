using System.Diagnostics;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// Passes what a program prints on to the terminal, byte by byte as it comes, and shows it to somebody else afterwards.
/// The program's input is the terminal itself, whose modes and size it goes on seeing there.
/// </summary>
internal sealed class TerminalTap : IDisposable
{
    /// <summary>For what is on its way when the program has ended; what it has started may hold its output for longer.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(2);

    private readonly Thread _thread;

    public TerminalTap(Process process, Action<ReadOnlyMemory<byte>> onOutput)
    {
        var output = process.StandardOutput.BaseStream;
        // A thread of its own: keys are echoed by the other side, and must not wait for a pool.
        _thread = new Thread(() => Pass(output, onOutput)) { IsBackground = true, Name = "terminal" };
        _thread.Start();
    }

    /// <summary>Waits until all has been passed on.</summary>
    public void Dispose() => _thread.Join(EndLimit);

    private static void Pass(Stream output, Action<ReadOnlyMemory<byte>> onOutput)
    {
        var buffer = new byte[64 * 1024];
        using var terminal = Console.OpenStandardOutput();
        try
        {
            int count;
            while ((count = output.Read(buffer)) > 0)
            {
                terminal.Write(buffer, 0, count);
                terminal.Flush();
                onOutput(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The terminal or the program is gone.
        }
    }
}
