namespace EcsFargateLogin.Transfers;

/// <summary>
/// Copies many files at once, so that small ones do not wait for round trips, with no more than a number of blocks in flight. A file
/// begins when the window has room for it, so that of large ones few are incomplete at a time.
/// </summary>
/// <param name="blockSize">The number of file bytes in one block.</param>
internal sealed class CopyWindow(int blockSize)
{
    /// <summary>The number of blocks of all files in flight. It also bounds the number of open files.</summary>
    private const int Blocks = 64;

    /// <summary>
    /// The number of blocks of one file in flight: more than ssh's own window of 2 MB, with room for the beginning of the next files.
    /// </summary>
    private const int BlocksOfFile = 40;

    private int _free = Blocks;
    private TaskCompletionSource? _freed;

    /// <summary>Copies items.</summary>
    /// <param name="items">The items, which are begun in this order.</param>
    /// <param name="copy">Copies an item with its share of the window.</param>
    /// <exception cref="CopyBrokenException">The connection has ended.</exception>
    public async Task RunAsync(IEnumerable<CopyItem> items, Func<CopyItem, Share, Task> copy)
    {
        List<Task> running = [];
        foreach (var item in items)
        {
            Share share = new(this, (int)Math.Clamp((item.Length + blockSize - 1) / blockSize, 1, BlocksOfFile));
            while (_free < share.Blocks)
            {
                _freed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await _freed.Task;
            }

            _free -= share.Blocks;
            running.RemoveAll(task => task.IsCompletedSuccessfully);
            if (running.Exists(task => task.IsCompleted))
            {
                share.Return(share.Blocks);
                break;
            }

            running.Add(RunAsync(item, share, copy));
        }

        await WaitForAllAsync(running);
    }

    private static async Task RunAsync(CopyItem item, Share share, Func<CopyItem, Share, Task> copy)
    {
        try
        {
            await copy(item, share);
        }
        finally
        {
            share.Return(share.Blocks);
        }
    }

    /// <summary>Waits for the end of all. The error of many that a lost connection has interrupted is that of the first.</summary>
    private static async Task WaitForAllAsync(List<Task> running)
    {
        try
        {
            await Task.WhenAll(running);
        }
        catch (CopyBrokenException)
        {
            CopyBrokenException[] broken =
                [.. running.Select(task => task.Exception?.InnerException).OfType<CopyBrokenException>().OrderByDescending(e => e.IsBegun)];
            throw new CopyBrokenException(broken[0].Item, broken[0].InnerException!, broken[0].IsBegun)
            {
                Count = broken.Count(each => each.IsBegun),
            };
        }
    }

    private void Return(int blocks)
    {
        _free += blocks;
        _freed?.TrySetResult();
    }

    /// <summary>The part of the window that a file may use. All of it is returned when the file is copied.</summary>
    /// <param name="window">The window.</param>
    /// <param name="blocks">The number of blocks.</param>
    internal sealed class Share(CopyWindow window, int blocks)
    {
        /// <summary>The number of blocks that the file may have in flight.</summary>
        public int Blocks { get; private set; } = blocks;

        /// <summary>Leaves the file that many blocks, because it needs no more.</summary>
        public void Shrink(int blocks)
        {
            // The last one bounds the number of files that are open.
            if (Math.Max(blocks, 1) is var kept && kept < Blocks)
            {
                Return(Blocks - kept);
            }
        }

        internal void Return(int blocks)
        {
            Blocks -= blocks;
            window.Return(blocks);
        }
    }
}
