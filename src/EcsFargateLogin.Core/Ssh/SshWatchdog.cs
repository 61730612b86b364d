using System.Diagnostics;

namespace EcsFargateLogin.Ssh;

/// <summary>
/// Ends the programs of a PowerShell that was killed. Neither ssh nor its terminal notices that, and a shell would stay logged in
/// until the end of the task's lifetime. The watchdog is a shell that reads from a pipe of this process, which the system closes
/// when the process ends in any way. It runs while there is something to watch. Not available on Windows.
/// </summary>
internal static class SshWatchdog
{
    /// <summary>
    /// Reads lines "+ ID" and "- ID", and ends the remaining processes at the end of the input. Ignores signals that go to all
    /// programs of a terminal. Also sends SIGCONT, because a stopped program handles SIGTERM only when it continues.
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

    /// <summary>
    /// Watches a program until the returned object is disposed, which must be soon after the program has ended.
    /// </summary>
    public static IDisposable? Watch(Process process) => OperatingSystem.IsWindows() ? null : new Watched(process.Id);

    /// <summary>
    /// Sends a line to the watchdog. If it cannot be started or has ended, programs run without it, since only a killed
    /// PowerShell needs it.
    /// </summary>
    private static void Send(char sign, int id)
    {
        try
        {
            _watchdog ??= SshProcess.Start(SshProcess.InBackground("/bin/sh", ["-c", Script]));
            _watchdog.StandardInput.Write($"{sign} {id}\n");
            _watchdog.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or FargateException)
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
            // The watchdog has ended already.
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
                Send('+', id);
            }
        }

        public void Dispose()
        {
            lock (_gate)
            {
                if (_watchdog is not null)
                {
                    Send('-', _id);
                }

                if (--_count == 0)
                {
                    Close();
                }
            }
        }
    }
}
