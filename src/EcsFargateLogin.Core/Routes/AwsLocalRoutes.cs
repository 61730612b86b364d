using EcsFargateLogin.Cloud;
namespace EcsFargateLogin.Routes;
internal sealed class InstanceConnectTunnels(Func<CancellationToken, Task<Uri>> sign) : ILocalRoute
{
    public int Port => sign is null ? 0 : 1;
    public bool IsOpen => false;
    public FargateException? LastError => null;
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
internal static class SessionChannels
{
    public static string TargetOf(string c, string t, string r) => $"ecs:{c}_{t}_{r}";
    public static Task<ILocalRoute> OpenPortAsync(ISessionManager s, FargateSession f, string t, CancellationToken c) => throw new NotImplementedException();
}
