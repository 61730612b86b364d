using System.Globalization;
using System.Management.Automation;
using System.Runtime.InteropServices;
using EcsFargateLogin.Shells;

namespace EcsFargateLogin.Cmdlets;

// The transcript of a shell.
public sealed partial class EnterFargateShellCommand
{
    /// <summary>
    /// Records what the terminal shows as an asciicast, which asciinema plays. The path is that of a new file, or of a folder in
    /// which each shell gets a file of its own. Only you can read it. It contains what you type where the terminal echoes it, and
    /// so no password.
    /// </summary>
    [Parameter(HelpMessage = "Records what the terminal shows, as an asciicast: a new file, or a folder.")]
    [ValidateNotNullOrEmpty]
    public string? TranscriptPath { get; set; }

    /// <summary>
    /// The version of asciicast that -TranscriptPath writes. Version 3 ends with the shell's exit code, and is for asciinema 3.0 and
    /// later; version 2 is for older players.
    /// </summary>
    /// <value>3</value>
    [Parameter(HelpMessage = "The version of asciicast: 3, or 2 for older players.")]
    [ValidateSet("2", "3")]
    public int TranscriptVersion { get; set; } = (int)Shells.TranscriptVersion.V3;

    /// <summary>Runs a shell, and records it, and the exit code of its end, with -TranscriptPath.</summary>
    private T Record<T>(FargateSession session, Func<Transcript?, T> run, Func<T, int> exitCodeOf)
    {
        if (TranscriptPath is null)
        {
            return run(null);
        }

        var path = TranscriptFileOf(session);
        var transcript = Transcript.Begin(path, (Shells.TranscriptVersion)TranscriptVersion, session, ExecTerminal.Size);
        WriteVerbose($"Transcript: {path}");
        try
        {
            using var resize = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ =>
            {
                var (newColumns, newRows) = ExecTerminal.Size;
                transcript.AddSize(newColumns, newRows);
            });
            var end = run(transcript);
            transcript.AddExit(exitCodeOf(end));
            return end;
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
