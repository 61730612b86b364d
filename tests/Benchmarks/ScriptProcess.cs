using System.Diagnostics;
using System.Globalization;
using System.Text;
using PowerShellHost;

namespace Benchmarks;

/// <summary>A running script. Disposing it kills what is left of it.</summary>
internal sealed class ScriptProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly TaskCompletionSource<long> _firstByte = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    public ScriptProcess(ProcessStartInfo start, string input)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _output = Task.Run(ReadOutput);
        _errors = _process.StandardError.ReadToEndAsync();
        _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }

    /// <summary>
    /// When the first byte of its standard output came, as <see cref="Stopwatch.GetTimestamp"/> tells time.
    /// </summary>
    /// <exception cref="InvalidOperationException">It ended without output.</exception>
    public Task<long> FirstByteAsync(CancellationToken cancellationToken) =>
        _firstByte.Task.WaitAsync(s_limit, cancellationToken);

    /// <summary>All of its standard output, once it has ended.</summary>
    public Task<string> Output => _output;

    /// <summary>All of its standard error, once it has ended.</summary>
    public Task<string> Errors => _errors;

    /// <summary>Presses Ctrl+C.</summary>
    public void Interrupt() => EngineProcess.Interrupt(_process);

    /// <summary>Waits until it has ended, for a minute. Returns its exit code.</summary>
    public Task<int> WaitForExitAsync(CancellationToken cancellationToken) => WaitForExitAsync(s_limit, cancellationToken);

    /// <inheritdoc cref="WaitForExitAsync(CancellationToken)"/>
    public async Task<int> WaitForExitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(limit, cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Waits likewise, and reads the times that the script has printed: a name and a number in each line.</summary>
    /// <exception cref="InvalidOperationException">The script has failed.</exception>
    public async Task<ILookup<string, double>> TimesAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var exitCode = await WaitForExitAsync(limit, cancellationToken);
        return exitCode == 0
            ? (await Output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
                .ToLookup(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The script ended with {exitCode}: {await Errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await ((Task)Task.WhenAll(_output, _errors)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    // On a thread that does nothing else, so that the byte is seen when it comes.
    private string ReadOutput()
    {
        using MemoryStream output = new();
        var buffer = new byte[4096];
        int count;
        while ((count = _process.StandardOutput.BaseStream.Read(buffer)) > 0)
        {
            _firstByte.TrySetResult(Stopwatch.GetTimestamp());
            output.Write(buffer, 0, count);
        }

        _firstByte.TrySetException(new InvalidOperationException(
            $"The script ended without output: {_errors.GetAwaiter().GetResult()}"));
        return Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);
    }
}
