using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Shells;

/// <summary>
/// Records a terminal's output as asciicast v2: a JSON header, and a line for each piece of output and each change of size. It is
/// written in the background. Typed text is recorded only where the remote side echoes it.
/// </summary>
internal sealed class Transcript : IAsyncDisposable
{
    /// <summary>The number of lines that may wait for the disk; beyond that the terminal waits too.</summary>
    private const int MostWaiting = 4096;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Channel<string> _lines =
        Channel.CreateBounded<string>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly Decoder _decoder = new UTF8Encoding(false).GetDecoder();
    private readonly FileStream _file;
    private readonly Task _written;

    private Transcript(FileStream file, string header)
    {
        _file = file;
        _lines.Writer.TryWrite(header);
        _written = Task.Run(WriteAsync);
    }

    /// <summary>The reason why the transcript is incomplete; null when it is complete.</summary>
    public string? Fault { get; private set; }

    /// <summary>Starts a transcript.</summary>
    /// <param name="path">The file, which must not exist. Only its owner can read it.</param>
    /// <param name="session">The session.</param>
    /// <param name="columns">The terminal's width.</param>
    /// <param name="rows">The terminal's height.</param>
    /// <exception cref="FargateException"><see cref="FargateError.TranscriptUnavailable"/>.</exception>
    public static Transcript Begin(string path, FargateSession session, int columns, int rows)
    {
        try
        {
            return new Transcript(OwnerOnly.CreateFile(path), HeaderOf(session, columns, rows));
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

    /// <summary>Writes the remaining lines and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _written;
    }

    private static string HeaderOf(FargateSession session, int columns, int rows)
    {
        var now = DateTimeOffset.UtcNow;
        var user = SessionTags.LocalUser();
        var definition = session.TaskDefinition?[(session.TaskDefinition.LastIndexOf('/') + 1)..];
        var reason = session.Reason is null ? "" : $": {session.Reason}";
        // Players show the title and ignore unknown members.
        return JsonSerializer.Serialize(
            new Dictionary<string, object?>
            {
                ["version"] = 2,
                ["width"] = columns,
                ["height"] = rows,
                ["timestamp"] = now.ToUnixTimeSeconds(),
                ["title"] = $"{session} ({definition}) by {user}{reason}",
                ["env"] = new Dictionary<string, string?> { ["TERM"] = Environment.GetEnvironmentVariable("TERM") ?? "" },
                ["ecs-fargate-login"] = new Dictionary<string, string?>
                {
                    ["session"] = session.SessionId,
                    ["task"] = session.TaskArn,
                    ["taskDefinition"] = session.TaskDefinition,
                    ["container"] = session.ContainerName,
                    ["remoteUser"] = session.UserName,
                    ["user"] = user,
                    ["reason"] = session.Reason,
                    ["startedAt"] = now.ToString("O", CultureInfo.InvariantCulture),
                },
            },
            Json);
    }

    private void AddEvent(string code, string data)
    {
        var time = _time.Elapsed.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture);
        var line = $"[{time}, \"{code}\", {JsonSerializer.Serialize(data, Json)}]";
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
