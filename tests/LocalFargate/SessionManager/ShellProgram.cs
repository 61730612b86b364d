using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalFargate.Containers;
using LocalFargate.Exec;

namespace LocalFargate.SessionManager;

/// <summary>A program with a terminal in the container. Its end ends the session; its exit code is told to nobody.</summary>
internal sealed class ShellProgram(SessionRequest request, AgentChannel channel, Gate clientPresent) : ISessionProgram
{
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(10);

    private volatile Process? _process;

    public async Task<bool> TakeAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        if (_process is not { } process)
        {
            return false;
        }

        try
        {
            switch (message.PayloadType)
            {
                case PayloadType.Output:
                    await process.StandardInput.BaseStream.WriteAsync(message.Payload, cancellationToken);
                    await process.StandardInput.BaseStream.FlushAsync(cancellationToken);
                    break;
                case PayloadType.Size when JsonNode.Parse(message.Payload.Span) is JsonObject size:
                    await TerminalSize.SetAsync(process, (ushort?)size["cols"] ?? 0, (ushort?)size["rows"] ?? 0, cancellationToken);
                    break;
                default:
                    break;
            }
        }
        catch (Exception exception) when (exception is IOException or JsonException or InvalidOperationException or FormatException)
        {
            // The program has ended, or the size cannot be read.
        }

        return true;
    }

    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        if (!request.Task.Running.ContainsKey(request.ContainerName))
        {
            return "The container has no processes here.";
        }

        var process = await ChildProcesses.StartAsync(ContainerShell.StartInfo(request.Task, request.ContainerName, request.Command!));
        _process = process;
        var buffer = new byte[1024];
        int count;
        while ((count = await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await channel.SendAsync(PayloadType.Output, buffer.AsMemory(0, count), cancellationToken);
            await clientPresent.WaitAsync(cancellationToken);
        }

        return "";
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(_endLimit);
            process.Dispose();
        }
    }
}

/// <summary>Changes the size of a program's terminal, which tells the program.</summary>
internal static class TerminalSize
{
    private const int OpenWithoutControl = 0x102; // O_RDWR | O_NOCTTY
    private const uint SetWindowSize = 0x5414; // TIOCSWINSZ
    private const int Tries = 250;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Sets the size of the terminal that was made for the program. Waits for a terminal that is just being made.</summary>
    /// <param name="process">The process that starts the program.</param>
    /// <param name="columns">The width in characters.</param>
    /// <param name="rows">The height in lines.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal static async Task SetAsync(Process process, ushort columns, ushort rows, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < Tries && !process.HasExited; tries++)
        {
            if (FindTerminal(process.Id) is { } terminal && TrySet(terminal, columns, rows))
            {
                return;
            }

            await Task.Delay(_interval, cancellationToken);
        }
    }

    private static string? FindTerminal(int processId)
    {
        for (int? id = processId; id is not null; id = ProcessTable.FirstChild(id.Value))
        {
            var input = $"/proc/{id}/fd/0";
            try
            {
                if (File.ResolveLinkTarget(input, returnFinalTarget: false)?.FullName.StartsWith("/dev/pts/", StringComparison.Ordinal) == true)
                {
                    return input;
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        return null;
    }

    private static bool TrySet(string terminal, ushort columns, ushort rows)
    {
        var descriptor = open(terminal, OpenWithoutControl);
        if (descriptor < 0)
        {
            return false;
        }

        try
        {
            return ioctl(descriptor, SetWindowSize, [rows, columns, 0, 0]) == 0;
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPStr)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ioctl(int descriptor, nuint request, ushort[] size);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
}
