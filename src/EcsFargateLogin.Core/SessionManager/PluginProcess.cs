using System.Diagnostics;
using System.Runtime.InteropServices;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Ssh;

namespace EcsFargateLogin.SessionManager;

/// <summary>Runs session-manager-plugin.</summary>
internal static class PluginProcess
{
    /// <summary>Runs it with this process's own terminal, input and output, until it ends.</summary>
    /// <param name="start">The program.</param>
    /// <param name="hangUp">Ends the program with SIGTERM, or kills it if it does not end in time.</param>
    /// <param name="cancellationToken">Cancels it likewise.</param>
    /// <returns>The exit code, which is 0 whatever the shell's result was.</returns>
    /// <exception cref="FargateException"><see cref="FargateError.PluginNotFound"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the program has ended or was killed.</exception>
    public static async Task<int> RunInTerminalAsync(
        ProcessStartInfo start, CancellationToken hangUp, CancellationToken cancellationToken)
    {
        var modes = TerminalModes.Read();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp, cancellationToken);
        using var process = Start(start);
        using var watched = SshWatchdog.Watch(process);
        int exitCode;
        using (Console.IsInputRedirected ? null : TerminalKeys.LeaveToChild())
        {
            exitCode = await SshProcess.WaitForEndAsync(process, ending.Token);
        }

        // The plugin may have been ended before it could restore the terminal.
        modes.RestoreAfter(wasKilled: ending.IsCancellationRequested);
        if (ending.IsCancellationRequested)
        {
            TerminalModes.ResetScreen();
        }

        cancellationToken.ThrowIfCancellationRequested();
        return exitCode;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return SshProcess.Start(start);
        }
        catch (FargateException e) when (e.Error == FargateError.SshNotFound)
        {
            throw PluginErrors.PluginUnusable(start.FileName, ErrorText.ReasonOf(e.InnerException!), e.InnerException);
        }
    }
}

/// <summary>
/// Ignores the signals of Ctrl+C, Ctrl+\\ and Ctrl+Z, which the terminal sends to every process in its foreground.
/// session-manager-plugin relays them to the remote side, so this process must not act on them. ssh does not need this, because
/// it switches the terminal to raw mode.
/// </summary>
internal static class TerminalKeys
{
    private const int SigInt = 2;
    private const int SigQuit = 3;

    /// <summary>The number of SIGTSTP on this system.</summary>
    private static readonly int SigTstp = OperatingSystem.IsLinux() ? 20 : 18;

    /// <summary>Upper bound for the size of struct sigaction on any system, in bytes.</summary>
    private const int LargestAction = 256;

    /// <summary>SIG_IGN, in the first member of a struct sigaction. The other members are zero.</summary>
    private const byte Ignore = 1;

    /// <summary>
    /// Ignores the signals in this process until the returned object is disposed. Must be called after the child was started,
    /// which would inherit the setting.
    /// </summary>
    public static IDisposable LeaveToChild() => OperatingSystem.IsWindows() ? new ConsoleControl() : new Signals();

    /// <summary>The signals of Unix.</summary>
    private sealed class Signals : IDisposable
    {
        private readonly (int Signal, byte[] Action)[] _before;

        public Signals() => _before = [.. new[] { SigInt, SigQuit, SigTstp }.Select(signal => (signal, Set(signal, Ignoring())))];

        public void Dispose()
        {
            foreach (var (signal, action) in _before)
            {
                Set(signal, action);
            }
        }

        private static byte[] Ignoring()
        {
            var action = new byte[LargestAction];
            // The first member is a pointer. Its lowest byte comes first on every platform of .NET but s390x.
            action[BitConverter.IsLittleEndian ? 0 : IntPtr.Size - 1] = Ignore;
            return action;
        }

        private static byte[] Set(int signal, byte[] action)
        {
            var before = new byte[LargestAction];
            _ = SigAction(signal, action, before);
            return before;
        }

        [DllImport("libc", EntryPoint = "sigaction")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern int SigAction(int signal, byte[] action, [Out] byte[] before);
    }

    /// <summary>The Ctrl+C handling of a Windows console.</summary>
    private sealed class ConsoleControl : IDisposable
    {
        public ConsoleControl() => _ = SetHandler(IntPtr.Zero, add: true);

        public void Dispose() => _ = SetHandler(IntPtr.Zero, add: false);

        [DllImport("kernel32", EntryPoint = "SetConsoleCtrlHandler")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern int SetHandler(IntPtr handler, [MarshalAs(UnmanagedType.Bool)] bool add);
    }
}
