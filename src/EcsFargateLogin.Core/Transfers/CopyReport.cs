using System.Diagnostics;
using System.Security.Cryptography;
using EcsFargateLogin.Foundation;
using EcsFargateLogin.Model;

namespace EcsFargateLogin.Transfers;

/// <summary>Reports the progress of a copy, the items that were copied, and those that could not be.</summary>
/// <param name="session">The session.</param>
/// <param name="method">The program that copies: sftp or tar.</param>
/// <param name="progress">Receives the events.</param>
internal sealed class CopyReport(FargateSession session, string method, IProgress<SessionEvent> progress)
{
    /// <summary>The shortest time between two reports of progress.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Stopwatch _sinceReport = Stopwatch.StartNew();
    private long _copied;

    public FargateSession Session => session;

    /// <summary>The secret in the names of partial files.</summary>
    public byte[] Secret { get; } = CopySecret.Of(session);

    /// <summary>The size of all files, in bytes.</summary>
    public long Total { get; set; }

    /// <summary>Counts bytes that were copied, now or by an earlier copy.</summary>
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
        TaskId = session.TaskId,
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
/// A secret of a session in the names of its partial files: in a folder that others can write to, nobody can create such a file
/// in advance.
/// </summary>
internal static class CopySecret
{
    private const int Length = 32;
    private const string SecretFile = "copy-secret";

    /// <summary>Returns the secret that the first copy stored. If it cannot be stored, no copy is resumed.</summary>
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

    /// <summary>Writes the secret atomically: of two copies at the same time, the first one wins.</summary>
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

/// <summary>The progress of a copy.</summary>
/// <param name="Session">The session.</param>
/// <param name="Name">The item that is being copied.</param>
/// <param name="Copied">The copied part of all files, in bytes.</param>
/// <param name="Total">The size of all files, in bytes; 0 if it is not known.</param>
internal sealed record CopyProgress(FargateSession Session, string Name, long Copied, long Total) : SessionEvent(Session);

/// <summary>A file or folder was copied.</summary>
internal sealed record ItemCopied(FargateSession Session, FargateCopiedItem Item) : SessionEvent(Session);

/// <summary>A file or folder could not be copied; the copy continues.</summary>
internal sealed record ItemFailed(FargateSession Session, FargateException Error, string Source) : SessionEvent(Session);

/// <summary>A warning about a copy.</summary>
internal sealed record CopyWarning(FargateSession Session, string Text) : SessionEvent(Session);
