using EcsFargateLogin.Model;

namespace EcsFargateLogin.Transfers;

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
