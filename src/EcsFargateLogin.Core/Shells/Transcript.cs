using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.SessionManager;

namespace EcsFargateLogin.Shells;

/// <summary>
/// Records a terminal's output as asciicast: a JSON header, and a line for each piece of output, each change of size and, from
/// version 3 on, the shell's exit code. It is written in the background. Typed text is recorded only where the remote side echoes
/// it.
/// </summary>
internal sealed class Transcript : IAsyncDisposable
{
    /// <summary>The number of lines that may wait for the disk; beyond that the terminal waits too.</summary>
    private const int MostWaiting = 4096;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Channel<string> _lines =
        Channel.CreateBounded<string>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private readonly object _order = new();
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly Decoder _decoder = new UTF8Encoding(false).GetDecoder();
    private readonly FileStream _file;
    private readonly bool _hasIntervals;
    private readonly Task _written;
    private long _lastTime;

    private Transcript(FileStream file, TranscriptVersion version, string header)
    {
        _file = file;
        _hasIntervals = version >= TranscriptVersion.V3;
        _lines.Writer.TryWrite(header);
        _written = Task.Run(WriteAsync);
    }

    /// <summary>The reason why the transcript is incomplete; null when it is complete.</summary>
    public string? Fault { get; private set; }

    /// <summary>Starts a transcript.</summary>
    /// <param name="path">The file, which must not exist. Only its owner can read it.</param>
    /// <param name="version">The version of asciicast.</param>
    /// <param name="session">The session.</param>
    /// <param name="size">The terminal's size.</param>
    /// <exception cref="FargateException"><see cref="FargateError.TranscriptUnavailable"/>.</exception>
    public static Transcript Begin(string path, TranscriptVersion version, FargateSession session, TerminalSize size)
    {
        try
        {
            return new Transcript(OwnerOnly.CreateFile(path), version, HeaderOf(version, session, size));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ShellErrors.TranscriptUnavailable(path, e);
        }
    }

    /// <summary>Adds output. A character that is split between two pieces is written with the second.</summary>
    public void Add(ReadOnlyMemory<byte> output)
    {
        var text = new char[_decoder.GetCharCount(output.Span, flush: false)];
        _decoder.GetChars(output.Span, text, flush: false);
        if (text.Length > 0)
        {
            AddEvent("o", new string(text));
        }
    }

    /// <summary>Adds a change of the terminal's size.</summary>
    public void AddSize(int columns, int rows) =>
        AddEvent("r", string.Create(CultureInfo.InvariantCulture, $"{columns}x{rows}"));

    /// <summary>Adds the end of the shell. Version 2 has no such event.</summary>
    public void AddExit(int exitCode)
    {
        if (_hasIntervals)
        {
            AddEvent("x", exitCode.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Writes the remaining lines and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _written;
    }

    private static string HeaderOf(TranscriptVersion version, FargateSession session, TerminalSize size)
    {
        var now = DateTimeOffset.UtcNow;
        var user = SessionTags.LocalUser();
        var definition = session.TaskDefinition?[(session.TaskDefinition.LastIndexOf('/') + 1)..];
        var reason = session.Reason is null ? "" : $": {session.Reason}";
        Dictionary<string, object?> header = new() { ["version"] = (int)version };
        AddTerminal(header, version, size);
        header["timestamp"] = now.ToUnixTimeSeconds();
        header["title"] = $"{session} ({definition}) by {user}{reason}";
        // Players show the title and ignore unknown members.
        header["ecs-fargate-login"] = new Dictionary<string, string?>
        {
            ["session"] = session.SessionId,
            ["task"] = session.TaskArn,
            ["taskDefinition"] = session.TaskDefinition,
            ["container"] = session.ContainerName,
            ["remoteUser"] = session.UserName,
            ["user"] = user,
            ["reason"] = session.Reason,
            ["startedAt"] = now.ToString("O", CultureInfo.InvariantCulture),
        };
        return JsonSerializer.Serialize(header, Json);
    }

    private static void AddTerminal(Dictionary<string, object?> header, TranscriptVersion version, TerminalSize size)
    {
        var type = Environment.GetEnvironmentVariable("TERM") ?? "";
        if (version == TranscriptVersion.V2)
        {
            header["width"] = size.Columns;
            header["height"] = size.Rows;
            header["env"] = new Dictionary<string, string> { ["TERM"] = type };
        }
        else
        {
            header["term"] = new Dictionary<string, object> { ["cols"] = size.Columns, ["rows"] = size.Rows, ["type"] = type };
        }
    }

    private void AddEvent(string code, string data)
    {
        // Output and changes of size come from two threads, and an interval is that from the line before.
        lock (_order)
        {
            Add($"[{NextTime()}, \"{code}\", {JsonSerializer.Serialize(data, Json)}]");
        }
    }

    /// <summary>
    /// The seconds since the transcript began or, from version 3 on, since the event before. Intervals are those between rounded
    /// times, so that their sum stays right over hours.
    /// </summary>
    private string NextTime()
    {
        var now = (long)_time.Elapsed.TotalMicroseconds;
        var passed = _hasIntervals ? now - _lastTime : now;
        _lastTime = now;
        return (passed / 1e6).ToString("0.000000", CultureInfo.InvariantCulture);
    }

    private void Add(string line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            // The disk is slower than the output, so the caller waits, unless writing has failed.
            try
            {
                _lines.Writer.WriteAsync(line).AsTask().GetAwaiter().GetResult();
            }
            catch (ChannelClosedException)
            {
            }
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            StreamWriter writer = new(_file, new UTF8Encoding(false)) { NewLine = "\n" };
            await using (writer)
            {
                while (await _lines.Reader.WaitToReadAsync())
                {
                    while (_lines.Reader.TryRead(out var line))
                    {
                        await writer.WriteLineAsync(line);
                    }

                    await writer.FlushAsync();
                }
            }
        }
        catch (IOException e)
        {
            Fault = ErrorText.ReasonOf(e);
            _lines.Writer.TryComplete();
        }
    }
}

/// <summary>A version of asciicast.</summary>
internal enum TranscriptVersion
{
    /// <summary>Times since the beginning; for players older than asciinema 3.0.</summary>
    V2 = 2,

    /// <summary>Times since the event before, and the shell's exit code.</summary>
    V3 = 3,
}

/// <summary>Errors about shells and their transcripts.</summary>
internal static class ShellErrors
{
    internal static FargateException RemoteProgramFailed(FargateSession session, int exitCode) => new(
        FargateError.RemoteProgramFailed,
        $"The shell of session {session.SessionId} ended with exit code {exitCode}.",
        "This is the remote program's own exit code; it is an error because $PSNativeCommandUseErrorActionPreference is set.")
    { Target = session.SessionId };

    internal static FargateException TranscriptUnavailable(string path, Exception cause) => new(
        FargateError.TranscriptUnavailable,
        $"The transcript cannot be written to '{path}': {ErrorText.ReasonOf(cause)}.",
        "Name a file that is not there yet in a folder that you may write to, or a folder, with -TranscriptPath.",
        cause)
    { Target = path };
}
