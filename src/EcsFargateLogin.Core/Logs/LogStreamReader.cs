using EcsFargateLogin.Cloud;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Logs;

/// <summary>Which part of a log is read.</summary>
internal sealed record LogQuery
{
    /// <summary>The number of the last messages of each container; null for all.</summary>
    public int? Tail { get; init; }

    /// <summary>The time of the first message; null for the beginning.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>Reads one log stream page by page, and continues where it was.</summary>
/// <param name="cloud">The account.</param>
/// <param name="stream">The stream.</param>
/// <param name="query">The part that is read.</param>
internal sealed class LogStreamReader(IFargateCloud cloud, ContainerStream stream, LogQuery query)
{
    private readonly Queue<FargateLogEvent> _read = [];
    private string? _token;
    private bool _isAtEnd;

    /// <summary>The next message that was read; null where there was none up to now.</summary>
    public FargateLogEvent? Next => _read.TryPeek(out var next) ? next : null;

    /// <summary>Removes and returns the next message.</summary>
    public FargateLogEvent Take() => _read.Dequeue();

    /// <summary>Allows to read again at the end, where messages may have been added.</summary>
    public void Continue() => _isAtEnd = false;

    /// <summary>Reads until there is a next message, or the end was reached.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        while (_read.Count == 0 && !_isAtEnd)
        {
            await TokenBucket.OfLogReads.TakeAsync(cancellationToken);
            LogPosition position = new() { Token = _token, Tail = query.Tail, Since = query.Since };
            var page = await cloud.ReadLogAsync(stream.Name, position, cancellationToken);
            // At the end CloudWatch Logs returns the token that it was given. The last messages end there, too.
            _isAtEnd = page.NextToken is null || page.NextToken == _token || (_token is null && query.Tail is not null);
            _token = page.NextToken ?? _token;
            foreach (var message in page.Messages)
            {
                _read.Enqueue(new FargateLogEvent
                {
                    Time = message.Time,
                    Message = message.Text,
                    ContainerName = stream.ContainerName,
                    TaskId = stream.Session.TaskId,
                    SessionId = stream.Session.SessionId,
                });
            }
        }
    }
}
