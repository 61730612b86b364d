using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Tests.Fuzz;

/// <summary>A parser of what others wrote.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Corpus">Valid content, made as the real content is made. It must be parsed without an exception.</param>
/// <param name="Parse">Parses content, and returns the texts of it that reach a terminal.</param>
internal sealed record FuzzedParser(string Name, IReadOnlyList<byte[]> Corpus, Func<byte[], IEnumerable<string?>> Parse)
{
    /// <summary>More time of a thread than any of these parsers needs for a content of this size.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>CLOCK_THREAD_CPUTIME_ID of Linux.</summary>
    private const int ThreadClock = 3;

    /// <summary>Upper bound for the memory that a parser allocates on its thread, in bytes.</summary>
    private const long MostMemory = 64 << 20;

    /// <summary>Upper bound for the same for each byte of content.</summary>
    private const long MostMemoryPerByte = 2048;

    /// <summary>Creates the parser of a text.</summary>
    public static FuzzedParser OfText(string name, IEnumerable<string> corpus, Func<string, IEnumerable<string?>> parse) => new(
        name, [.. corpus.Select(Encoding.UTF8.GetBytes)], bytes => parse(Encoding.UTF8.GetString(bytes)));

    /// <summary>Checks one content.</summary>
    /// <exception cref="InvalidOperationException">The parser does not hold what all parsers hold.</exception>
    public void Check(byte[] content)
    {
        var begun = ThreadTime();
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var text in Run(content))
        {
            if (text is not null && !TerminalText.IsClean(text))
            {
                throw new InvalidOperationException($"{Name} keeps a text that is not safe for a terminal: {Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}");
            }
        }

        CheckMemory(GC.GetAllocatedBytesForCurrentThread() - before, content.Length);
        if (ThreadTime() - begun is var time && time > Limit)
        {
            throw new InvalidOperationException($"{Name} takes {time} for {content.Length} bytes.");
        }
    }

    /// <summary>Checks the memory that a thread has allocated for a content.</summary>
    /// <exception cref="InvalidOperationException">It is too much.</exception>
    public static void CheckMemory(long allocated, int length)
    {
        if (allocated > MostMemory + (length * MostMemoryPerByte))
        {
            throw new InvalidOperationException($"{allocated} bytes are allocated for {length} bytes.");
        }
    }

    private IEnumerable<string?> Run(byte[] content)
    {
        try
        {
            return [.. Parse(content)];
        }
        catch (FargateException e)
        {
            return [e.Message, e.NextStep, e.Summary, e.ErrorCode, e.RequestId];
        }
    }

    /// <summary>
    /// Returns the CPU time of this thread: on a busy machine a thread may not run for many seconds. Systems other than Linux tell the
    /// time that passes instead.
    /// </summary>
    private static TimeSpan ThreadTime() => OperatingSystem.IsLinux() && clock_gettime(ThreadClock, out var time) == 0
        ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000)
        : Stopwatch.GetElapsedTime(0);

    /// <summary>The name alone.</summary>
    public override string ToString() => Name;

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int clock_gettime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Timespec(nint Seconds, nint Nanoseconds);
}
