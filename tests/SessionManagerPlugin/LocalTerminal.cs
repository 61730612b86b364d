using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SessionManagerPlugin;

/// <summary>
/// The terminal or the pipe that this program was started with. A terminal shows nothing by itself and hands over each key
/// at once, but goes on making signals of Ctrl+C and its like: those are passed on as the characters that they were.
/// </summary>
internal sealed class LocalTerminal : IAsyncDisposable
{
    private static readonly (PosixSignal Signal, byte Character)[] _keys =
        [(PosixSignal.SIGINT, 0x03), (PosixSignal.SIGQUIT, 0x1c), (PosixSignal.SIGTSTP, 0x1a)];

    private readonly string? _modes;
    private readonly List<PosixSignalRegistration> _signals = [];

    private LocalTerminal(string? modes) => _modes = modes;

    internal static LocalTerminal Take()
    {
        if (Console.IsInputRedirected)
        {
            return new LocalTerminal(null);
        }

        var terminal = new LocalTerminal(Stty("-g").Trim());
        Stty("cbreak", "-echo");
        return terminal;
    }

    /// <summary>Passes on what is typed or piped in; an empty piece is its end.</summary>
    internal void Pass(Func<ReadOnlyMemory<byte>, Task> send)
    {
        foreach (var (signal, character) in _keys)
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                send(new[] { character }).GetAwaiter().GetResult();
            }));
        }

        _ = Task.Run(async () =>
        {
            await using var input = Console.OpenStandardInput();
            var buffer = new byte[1024];
            int count;
            while ((count = await input.ReadAsync(buffer)) > 0)
            {
                await send(buffer.AsMemory(0, count));
            }

            await send(ReadOnlyMemory<byte>.Empty);
        });
    }

    public ValueTask DisposeAsync()
    {
        _signals.ForEach(signal => signal.Dispose());
        if (_modes is not null)
        {
            Stty(_modes);
        }

        return ValueTask.CompletedTask;
    }

    private static string Stty(params string[] arguments)
    {
        using var stty = Process.Start(new ProcessStartInfo("stty", arguments) { RedirectStandardOutput = true })!;
        var said = stty.StandardOutput.ReadToEnd();
        stty.WaitForExit();
        return said;
    }
}
