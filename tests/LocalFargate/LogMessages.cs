namespace LocalFargate;

/// <summary>The server's log messages.</summary>
internal static partial class LogMessages
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The reply to {Operation} does not fit the service model: {Problems}")]
    internal static partial void ReplyDoesNotFitModel(this ILogger logger, string operation, string problems);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation}: {Outcome}")]
    internal static partial void Answered(this ILogger logger, string operation, string outcome);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Operation}: {Code}: {Text}")]
    internal static partial void Refused(this ILogger logger, string operation, string code, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "A request could not be answered")]
    internal static partial void Failed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Text}")]
    internal static partial void Isolated(this ILogger logger, string text);
}

/// <summary>Logs lines to a method.</summary>
internal sealed class LineLogger(Action<string> write) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        write(exception is null ? formatter(state, exception) : $"{formatter(state, exception)}: {exception}");
}
