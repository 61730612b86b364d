using System.Globalization;
using System.Management.Automation;
using System.Runtime.InteropServices;
using EcsFargateLogin.Shells;

namespace EcsFargateLogin.Cmdlets;

// The transcript of a shell.
public sealed partial class EnterFargateShellCommand
{
    /// <summary>
    /// Records what the terminal shows as asciicast v2, which asciinema plays. The path is that of a new file, or of a folder in
    /// which each shell gets a file of its own. Only you can read it. It contains what you type where the terminal echoes it, and
    /// so no password.
    /// </summary>
    [Parameter(HelpMessage = "Records what the terminal shows (asciicast v2): a new file, or a folder.")]
    [ValidateNotNullOrEmpty]
    public string? TranscriptPath { get; set; }

    /// <summary>Runs a shell, and records it with -TranscriptPath.</summary>
    private T Record<T>(FargateSession session, Func<Transcript?, T> run)
    {
        if (TranscriptPath is null)
        {
            return run(null);
        }

        var path = TranscriptFileOf(session);
        var (columns, rows) = ExecTerminal.Size;
        var transcript = Transcript.Begin(path, session, columns, rows);
        WriteVerbose($"Transcript: {path}");
        try
        {
            using var resize = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ =>
            {
                var (newColumns, newRows) = ExecTerminal.Size;
                transcript.AddSize(newColumns, newRows);
            });
            return run(transcript);
        }
        finally
        {
            CleanUp(() => transcript.DisposeAsync().AsTask(), session);
            if (transcript.Fault is { } fault && !CancelToken.IsCancellationRequested)
            {
                WriteWarning($"The transcript '{path}' is incomplete: {fault}");
            }
        }
    }

    private string TranscriptFileOf(FargateSession session)
    {
        var path = GetUnresolvedProviderPathFromPSPath(TranscriptPath!);
        var time = DateTimeOffset.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        return Directory.Exists(path) ? Path.Combine(path, $"{session}-{time}.cast") : path;
    }
}
