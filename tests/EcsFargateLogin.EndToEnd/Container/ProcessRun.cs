using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using EcsFargateLogin.EndToEnd.Cmdlets;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Container;

/// <summary>A program that was started, with both its outputs collected; ended and forgotten on disposal.</summary>
internal sealed class ProcessRun : IAsyncDisposable
{
    private static readonly TimeSpan Limit = Eventually.DefaultLimit;

    private readonly Process _process;
    private readonly MemoryStream _output = new();
    private readonly StringBuilder _error = new();
    private readonly Task _outputEnd;
    private readonly Task _errorEnd;

    private ProcessRun(Process process)
    {
        _process = process;
        _outputEnd = CollectAsync(process.StandardOutput.BaseStream, bytes =>
        {
            lock (_output)
            {
                _output.Write(bytes);
            }
        });
        _errorEnd = CollectAsync(process.StandardError.BaseStream, bytes =>
        {
            lock (_error)
            {
                _error.Append(Encoding.UTF8.GetString(bytes));
            }
        });
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public StreamWriter Input => _process.StandardInput;

    public byte[] Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToArray();
            }
        }
    }

    public string Error
    {
        get
        {
            lock (_error)
            {
                return _error.ToString();
            }
        }
    }

    public static ProcessRun Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new ProcessRun(Process.Start(start)!);
        }
        catch (Win32Exception cause)
        {
            throw new InvalidOperationException($"These tests need {program}, which cannot be started here.", cause);
        }
    }

    public static async Task<ProcessResult> CompleteAsync(
        string program, IEnumerable<string> arguments, string input = "")
    {
        await using var run = Start(program, arguments);
        await run.Input.WriteAsync(input);
        run.Input.Close();
        return await run.EndAsync();
    }

    /// <summary>Waits until the program has ended by itself.</summary>
    public async Task<ProcessResult> EndAsync()
    {
        await Task.WhenAll(_process.WaitForExitAsync(), _outputEnd, _errorEnd).WaitAsync(Limit);
        return new ProcessResult(_process.ExitCode, Encoding.UTF8.GetString(Output), Error);
    }

    public async ValueTask DisposeAsync()
    {
        // Even for one that has ended, .NET would read about each process and thread of the machine.
        if (!_process.HasExited)
        {
            // With its children: the kernel forgets that a container is to end with unshare once that has become another user.
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task CollectAsync(Stream stream, Action<byte[]> take)
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            take(buffer[..count]);
        }
    }
}
