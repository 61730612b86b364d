using System.Runtime.InteropServices;
using System.Text;

namespace EcsFargateLogin.Foundation;

/// <summary>
/// Reads this process's standard input, a terminal or not, byte by byte as it comes, until it is disposed of. What comes later
/// stays unread for whoever reads next.
/// </summary>
internal sealed class StandardInput : IDisposable
{
    private const int BufferSize = 4096;
    private const int Descriptor = 0;
    private const short HasInput = 1;

    /// <summary>The interval of looking whether it was disposed of, in milliseconds. Input is read at once.</summary>
    private const int Interval = 50;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(1);

    private readonly Func<ReadOnlyMemory<byte>, Task> _receive;
    private readonly Thread _thread;
    private volatile bool _isDisposed;

    /// <summary>Begins to read.</summary>
    /// <param name="receive">Receives the input, valid until its task completes, and an empty piece at the end.</param>
    public StandardInput(Func<ReadOnlyMemory<byte>, Task> receive)
    {
        _receive = receive;
        // A thread of its own, because keys must not wait for the thread pool.
        _thread = new Thread(Read) { IsBackground = true, Name = "standard input" };
        _thread.Start();
    }

    /// <summary>Ends reading.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        // On Windows a read of something else than a console may not end.
        _thread.Join(EndLimit);
    }

    private void Read()
    {
        try
        {
            var buffer = new byte[BufferSize];
            int count;
            while ((count = ReadNext(buffer)) > 0)
            {
                _receive(buffer.AsMemory(0, count)).GetAwaiter().GetResult();
            }

            if (!_isDisposed)
            {
                _receive(ReadOnlyMemory<byte>.Empty).GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Nobody takes it any more.
        }
    }

    /// <returns>The number of bytes; 0 at the end, or when this was disposed of.</returns>
    private int ReadNext(byte[] buffer)
    {
        while (!_isDisposed)
        {
            if (OperatingSystem.IsWindows())
            {
                return Console.IsInputRedirected ? ReadRedirected(buffer) : WindowsKeys.Read(buffer, () => _isDisposed);
            }

            PollRequest[] requests = [new() { Descriptor = Descriptor, Events = HasInput }];
            if (Poll(requests, 1, Interval) > 0)
            {
                // The end of input and errors are told by read.
                return (int)Math.Max(0, Read(Descriptor, buffer, buffer.Length));
            }
        }

        return 0;
    }

    private static int ReadRedirected(byte[] buffer)
    {
        using var input = Console.OpenStandardInput();
        return input.Read(buffer);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Answer;
    }

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll([In, Out] PollRequest[] requests, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Read(int descriptor, [Out] byte[] buffer, nint count);
}

/// <summary>The keys of a Windows console, as the sequences of a terminal.</summary>
internal static class WindowsKeys
{
    private const int StandardInput = -10;
    private const uint Interval = 50;
    private const ushort KeyEvent = 1;

    /// <summary>The size of an INPUT_RECORD, in bytes, and the offsets of its kind and of bKeyDown.</summary>
    private const int RecordSize = 20;
    private const int IsDown = 4;

    /// <summary>Waits for keys, and reads them as UTF-8.</summary>
    /// <param name="buffer">Receives them.</param>
    /// <param name="isEnding">Whether to end the wait.</param>
    /// <returns>The number of bytes; 0 at the end.</returns>
    public static int Read(byte[] buffer, Func<bool> isEnding)
    {
        var console = GetStdHandle(StandardInput);
        // A character needs up to three bytes; a pair of surrogates, four.
        var characters = new char[buffer.Length / 4];
        while (!isEnding())
        {
            if (WaitForSingleObject(console, Interval) == 0 && HasKey(console)
                && ReadConsole(console, characters, (uint)characters.Length, out var count, IntPtr.Zero) != 0 && count > 0)
            {
                return Encoding.UTF8.GetBytes(characters, 0, (int)count, buffer, 0);
            }
        }

        return 0;
    }

    /// <summary>Whether a key was pressed. Other events, for which a read would wait, are discarded.</summary>
    private static bool HasKey(IntPtr console)
    {
        var record = new byte[RecordSize];
        while (PeekConsoleInput(console, record, 1, out var count) != 0 && count > 0)
        {
            if (BitConverter.ToUInt16(record) == KeyEvent && BitConverter.ToInt32(record, IsDown) != 0)
            {
                return true;
            }

            _ = ReadConsoleInput(console, record, 1, out _);
        }

        return false;
    }

    [DllImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern IntPtr GetStdHandle(int which);

    [DllImport("kernel32")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern uint WaitForSingleObject(IntPtr handle, uint milliseconds);

    [DllImport("kernel32", EntryPoint = "PeekConsoleInputW")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int PeekConsoleInput(IntPtr handle, [Out] byte[] records, uint length, out uint count);

    [DllImport("kernel32", EntryPoint = "ReadConsoleInputW")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int ReadConsoleInput(IntPtr handle, [Out] byte[] records, uint length, out uint count);

    [DllImport("kernel32", EntryPoint = "ReadConsoleW", CharSet = CharSet.Unicode)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int ReadConsole(IntPtr handle, [Out] char[] buffer, uint length, out uint count, IntPtr control);
}
