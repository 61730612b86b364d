using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;
using EcsFargateLogin.SessionManager;
using EcsFargateLogin.Shells;

namespace EcsFargateLogin.Transfers;

/// <summary>Starts programs by ECS Exec. One has to be disposed before the next is started: an agent serves few sessions.</summary>
/// <param name="cloud">The account and region of the session.</param>
/// <param name="session">The session.</param>
/// <param name="progress">Receives events of the task.</param>
internal sealed class ExecPrograms(IFargateCloud cloud, FargateSession session, IProgress<SessionEvent> progress) : RemotePrograms
{
    private readonly IProgress<SessionEvent> _progress = progress;
    private readonly EcsExecShell _shell = new(cloud, session);
    private readonly ShellWatch _watch = new(cloud, session, new ShellWatchOptions());

    /// <inheritdoc/>
    public override async Task<IRemoteProgram> StartAsync(string command, CancellationToken cancellationToken)
    {
        // ECS Exec starts programs in the image's working directory, and ssh in the home.
        var script = ExecScript.WithPipes($"cd 2>/dev/null\n{command}", takesMuchInput: true);
        return new Program(this, await _shell.StartAsync(script, _progress, cancellationToken));
    }

    private sealed class Program : IRemoteProgram
    {
        private const int LastErrors = 3;

        private readonly ExecPrograms _programs;
        private readonly ExecProgram _program;
        private readonly ProgramPipes _pipes;
        private readonly LineReader _lines = new();
        private readonly Queue<string> _errors = new();
        private readonly CancellationTokenSource _kill = new();
        private readonly Task<ProgramEnd> _run;

        public Program(ExecPrograms programs, ExecProgram program)
        {
            (_programs, _program, _pipes) = (programs, program, new ProgramPipes(program));
            _run = RunAsync();
        }

        public Stream Input => _pipes;

        public Stream Output => _pipes;

        public Task EndInputAsync(CancellationToken cancellationToken) => _pipes.EndInputAsync(cancellationToken);

        public Task<ProgramEnd> WaitAsync(CancellationToken cancellationToken) => _run.WaitAsync(cancellationToken);

        public void Kill()
        {
            _pipes.End(isWhole: false);
            _kill.Cancel();
        }

        public async ValueTask DisposeAsync()
        {
            Kill();
            // Its end no longer matters.
            await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _program.DisposeAsync();
            _pipes.Dispose();
            _kill.Dispose();
        }

        private async Task<ProgramEnd> RunAsync()
        {
            ExecEnd? end = null;
            TaskDescription? stoppedTask;
            try
            {
                (end, stoppedTask) = await new WatchedShell(_programs._watch).RunAsync(
                    async hangUp =>
                    {
                        using var ending = CancellationTokenSource.CreateLinkedTokenSource(hangUp, _kill.Token);
                        // The receivers of output wait for the reader, so they run on a thread of their own.
                        return await Task.Run(
                            () => _program.RunAsync(_pipes.Add, AddErrors, ending.Token), CancellationToken.None);
                    },
                    _programs._progress,
                    _kill.Token);
            }
            finally
            {
                _pipes.End(isWhole: end?.ExitCode is not null);
            }

            AddErrors(_lines.ReadRest());
            if (end.ExitCode is not null || _kill.IsCancellationRequested)
            {
                return new ProgramEnd(end.ExitCode, _errors.Count > 0 ? string.Join(" ", _errors) : null);
            }

            var error = await _programs._shell.ExplainEndAsync(end, stoppedTask, _kill.Token);
            return new ProgramEnd(null, error?.Summary);
        }

        private void AddErrors(ReadOnlyMemory<byte> bytes) => AddErrors(_lines.Read(bytes));

        private void AddErrors(IEnumerable<string> lines)
        {
            foreach (var line in lines)
            {
                _errors.Enqueue(line.Trim());
                if (_errors.Count > LastErrors)
                {
                    _errors.Dequeue();
                }
            }
        }
    }
}

/// <summary>The input and output of a program of ECS Exec.</summary>
/// <param name="program">The program.</param>
internal sealed class ProgramPipes(ExecProgram program) : Stream
{
    /// <summary>The number of bytes of output that are kept for a slow reader.</summary>
    private const int OutputLimit = 1 << 20;

    private readonly ByteQueue _output = new(OutputLimit);
    private readonly CancellationTokenSource _ended = new();

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Adds output. Waits while the reader has too much of it.</summary>
    public void Add(ReadOnlyMemory<byte> bytes)
    {
        _output.Add(bytes.Span);
        if (_output.IsFull)
        {
            _output.WaitForRoomAsync(CancellationToken.None).GetAwaiter().GetResult();
        }
    }

    /// <summary>Ends both pipes; the first end counts.</summary>
    /// <param name="isWhole">Whether the program has ended; otherwise reading beyond the output throws.</param>
    public void End(bool isWhole)
    {
        _output.End(isWhole ? null : new EndOfStreamException("The connection was closed."));
        _ended.Cancel();
    }

    /// <inheritdoc cref="IRemoteProgram.EndInputAsync"/>
    public Task EndInputAsync(CancellationToken cancellationToken) =>
        WhileItRunsAsync(program.EndInputAsync, cancellationToken).AsTask();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        WhileItRunsAsync(token => program.SendAsync(buffer, token), cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _output.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
        // Everything is sent at once.
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ended.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask WhileItRunsAsync(Func<CancellationToken, ValueTask> send, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        try
        {
            await send(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The program has ended.");
        }
    }
}
