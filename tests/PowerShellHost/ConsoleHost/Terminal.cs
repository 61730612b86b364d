using System.Text;
using System.Text.RegularExpressions;

namespace PowerShellHost.ConsoleHost;

/// <summary>
/// Standard output and standard error. They are written as streams, for System.Console changes a terminal's settings
/// that a child may need.
/// </summary>
internal sealed partial class Terminal : IDisposable
{
    private const int RedirectedWidth = 120;
    private static readonly UTF8Encoding s_encoding = new(encoderShouldEmitUTF8Identifier: false);
    private readonly Lock _lock = new();
    private readonly StreamWriter _output = new(Console.OpenStandardOutput(), s_encoding) { AutoFlush = true };
    private readonly StreamWriter _error = new(Console.OpenStandardError(), s_encoding) { AutoFlush = true };
    private readonly bool _isErrorColoured = !Console.IsErrorRedirected && TakesEscapeSequences;
    private int _progressLength;

    /// <summary>Whether standard output takes colours and other escape sequences.</summary>
    public bool IsColoured { get; } = !Console.IsOutputRedirected && TakesEscapeSequences;

    /// <summary>Columns of the terminal, or those that redirected output is formatted for.</summary>
    public static int Width =>
        Console.IsOutputRedirected ? RedirectedWidth : AtLeast(Console.WindowWidth, RedirectedWidth);

    /// <summary>Lines of the terminal.</summary>
    public static int Height => Console.IsOutputRedirected ? 50 : AtLeast(Console.WindowHeight, 24);

    private static bool TakesEscapeSequences =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") != "dumb";

    public void Write(string text)
    {
        lock (_lock)
        {
            ClearProgress();
            _output.Write(IsColoured ? text : WithoutEscapeSequences(text));
        }
    }

    public void WriteErrorLine(string text)
    {
        lock (_lock)
        {
            ClearProgress();
            _error.WriteLine(_isErrorColoured ? text : WithoutEscapeSequences(text));
        }
    }

    /// <summary>Shows one line on a terminal until something else is written; elsewhere nothing.</summary>
    public void ShowProgress(string text)
    {
        if (Console.IsErrorRedirected)
        {
            return;
        }

        lock (_lock)
        {
            var line = text.Length < Width ? text : text[..(Width - 1)];
            _error.Write("\r" + line + new string(' ', Math.Max(0, _progressLength - line.Length)) + "\r");
            _progressLength = line.Length;
        }
    }

    public void ClearProgress()
    {
        lock (_lock)
        {
            if (_progressLength > 0)
            {
                _error.Write("\r" + new string(' ', _progressLength) + "\r");
                _progressLength = 0;
            }
        }
    }

    public void Dispose()
    {
        ClearProgress();
        _output.Dispose();
        _error.Dispose();
    }

    // A terminal that does not know its size says 0.
    private static int AtLeast(int size, int otherwise) => size > 0 ? size : otherwise;

    private static string WithoutEscapeSequences(string text) =>
        text.Contains('\u001b', StringComparison.Ordinal) ? EscapeSequence().Replace(text, "") : text;

    [GeneratedRegex(@"\u001b(\[[0-9;?]*[A-Za-z]|\].*?(\u0007|\u001b\\))")]
    private static partial Regex EscapeSequence();
}
