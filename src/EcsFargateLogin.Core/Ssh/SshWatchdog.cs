using System.ComponentModel;
using System.Diagnostics;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// Ends the programs of a PowerShell that was killed. Neither ssh nor its terminal notices that: a shell would stay logged in
/// until the end of the task's lifetime. The watchdog is a shell that reads from a pipe of this process, and the system closes
/// that pipe with the process, however it ends. It runs while there is something to watch. Windows has none.
/// </summary>
internal static class SshWatchdog
{
    /// <summary>
    /// Reads lines, "+ ID" and "- ID", and ends what is left after the last. Signals that go to all programs of a terminal are not
    /// meant for it. A stopped program takes a signal when it continues.
    /// </summary>
    private const string Script =
        """
        trap '' HUP TERM TSTP
        ids=' '
        while read -r what id; do
            case $what in
            +) ids="$ids$id " ;;
            -) ids="${ids%% $id *} ${ids#* $id }" ;;
            esac
        done
        if [ "$ids" != ' ' ]; then kill -s TERM $ids; kill -s CONT $ids; fi 2>/dev/null
        """;

    private static readonly object _gate = new();
    private static Process? _watchdog;
    private static int _count;

    /// <summary>Watches a program until what is returned is disposed, which is to be soon after the program has ended.</summary>
    public static IDisposable? Watch(Process process) => OperatingSystem.IsWindows() ? null : new Watched(process.Id);

    /// <summary>A watchdog that could not be started or is gone is done without: only a killed PowerShell needs it.</summary>
    private static void Tell(char what, int id)
    {
        try
        {
            _watchdog ??= Process.Start(SshProcess.InBackground("/bin/sh", ["-c", Script]))!;
            _watchdog.StandardInput.Write($"{what} {id}\n");
            _watchdog.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or Win32Exception)
        {
            Close();
        }
    }

    private static void Close()
    {
        try
        {
            _watchdog?.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone already.
        }

        _watchdog?.Dispose();
        _watchdog = null;
    }

    private sealed class Watched : IDisposable
    {
        private readonly int _id;

        public Watched(int id)
        {
            _id = id;
            lock (_gate)
            {
                _count++;
                Tell('+', id);
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                if (_watchdog is not null)
                {
                    Tell('-', _id);
                }

                if (--_count == 0)
                {
                    Close();
                }
            }
        }
    }
}
