using System.Diagnostics;
using System.Security.Cryptography;
using EcsFargateLogin.Foundation;
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

/// <summary>
/// A secret of a session, from which the names of files that have arrived in part are made: in a folder that all may write to,
/// nobody can put something there before.
/// </summary>
internal static class CopySecret
{
    private const int Length = 32;
    private const string SecretFile = "copy-secret";

    /// <summary>The secret, made at the first copy. Where it cannot be kept, it is another each time and no copy is gone on with.</summary>
    public static byte[] Of(FargateSession session)
    {
        var secret = RandomNumberGenerator.GetBytes(Length);
        if (session.Folder is not { } folder)
        {
            return secret;
        }

        var path = Path.Combine(folder, SecretFile);
        try
        {
            if (!File.Exists(path))
            {
                Write(path, secret);
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return secret;
        }
    }

    /// <summary>Another copy that writes it at the same time wins or loses as a whole.</summary>
    private static void Write(string path, byte[] secret)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        using (var file = OwnerOnly.CreateFile(temporary))
        {
            file.Write(secret);
        }

        try
        {
            File.Move(temporary, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }
}

/// <summary>How far a copy is.</summary>
/// <param name="Session">The session.</param>
/// <param name="Name">What is being copied.</param>
/// <param name="Copied">Of all files, in bytes.</param>
/// <param name="Total">Of all files, in bytes; 0 where it is not known.</param>
internal sealed record CopyProgress(FargateSession Session, string Name, long Copied, long Total) : SessionEvent(Session);

/// <summary>A file or folder was copied.</summary>
internal sealed record ItemCopied(FargateSession Session, FargateCopiedItem Item) : SessionEvent(Session);

/// <summary>A file or folder could not be copied; the others are.</summary>
internal sealed record ItemFailed(FargateSession Session, FargateException Error, string Source) : SessionEvent(Session);

/// <summary>Something to know about a copy.</summary>
internal sealed record CopyWarning(FargateSession Session, string Text) : SessionEvent(Session);
