using System.Diagnostics;
using System.Text;
using PowerShellHost;

namespace Benchmarks;

/// <summary>A running script. Disposing it kills what is left of it.</summary>
internal sealed class ScriptProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly TaskCompletionSource<long> _firstByte = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _text = new();
    private readonly Task _output;
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
    public Task<string> Output => _output.ContinueWith(_ => _text.ToString(), TaskScheduler.Default);

    /// <summary>All of its standard error, once it has ended.</summary>
    public Task<string> Errors => _errors;

    /// <summary>Presses Ctrl+C.</summary>
    public void Interrupt() => EngineProcess.Interrupt(_process);

    /// <summary>Waits until it has ended, a minute unless told otherwise. Returns its exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(limit ?? s_limit, cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await Task.WhenAll(_output, _errors).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Dispose();
    }

    // On a thread that does nothing else, so that the byte is seen when it comes.
    private void ReadOutput()
    {
        var buffer = new byte[4096];
        int count;
        while ((count = _process.StandardOutput.BaseStream.Read(buffer)) > 0)
        {
            _firstByte.TrySetResult(Stopwatch.GetTimestamp());
            _text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        _firstByte.TrySetException(new InvalidOperationException(
            $"The script ended without output: {_errors.GetAwaiter().GetResult()}"));
    }
}
