using System.Collections.Concurrent;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Model;

/// <summary>
/// The credentials that sessions of this process were started with, where the user handed them over. They are needed
/// to stop the task, live in memory alone and are forgotten when the session is closed.
/// </summary>
internal static class SessionCredentials
{
    private static readonly ConcurrentDictionary<string, ICredentialSource> BySession = [];

    public static void Remember(string sessionId, ICredentialSource source) => BySession[sessionId] = source;

    public static ICredentialSource? Find(string sessionId) => BySession.GetValueOrDefault(sessionId);

    public static void Forget(string sessionId) => BySession.TryRemove(sessionId, out _);
}
