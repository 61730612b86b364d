using System.Diagnostics;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Transfers;

/// <summary>Tells how a copy goes: how far it is, what has arrived, and what could not be copied.</summary>
/// <param name="session">The session.</param>
/// <param name="method">What copies: sftp or tar.</param>
/// <param name="progress">Who is told.</param>
internal sealed class CopyReport(FargateSession session, string method, IProgress<SessionEvent> progress)
{
    /// <summary>Between two reports of how far it is.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();
    private long _copied;

    public FargateSession Session => session;

    /// <summary>The secret in the names of what has arrived in part.</summary>
    public byte[] Secret { get; } = CopySecret.Of(session);

    /// <summary>The bytes of all files.</summary>
    public long Total { get; set; }

    /// <summary>Counts bytes that have arrived, or had before.</summary>
    public void Add(CopyItem item, long count)
    {
        _copied += count;
        if (_sinceReport.Elapsed > Pause)
        {
            _sinceReport.Restart();
            progress.Report(new CopyProgress(session, item.Source, _copied, Total));
        }
    }

    public void Copied(CopyItem item, long resumedAt = 0) => progress.Report(new ItemCopied(session, new FargateCopiedItem
    {
        SessionId = session.SessionId,
        Source = item.Source,
        Destination = item.Destination,
        IsFolder = item.IsFolder,
        Length = item.Length,
        ResumedAt = resumedAt,
        Method = method,
    }));

    public void Failed(string source, FargateException error) => progress.Report(new ItemFailed(session, error, source));

    public void Warn(string text) => progress.Report(new CopyWarning(session, text));
}
