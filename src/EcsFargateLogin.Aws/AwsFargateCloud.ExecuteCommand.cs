using EcsFargateLogin.Aws.Ecs;
using EcsFargateLogin.Cloud;

namespace EcsFargateLogin.Aws;

// Programs in containers.
internal sealed partial class AwsFargateCloud
{
    public async Task<ExecuteCommandChannel> ExecuteCommandAsync(
        ExecuteCommandRequest request, CancellationToken cancellationToken)
    {
        var call = EcsCall("ExecuteCommand") with
        {
            Cluster = request.Cluster,
            Task = request.Task,
            ContainerName = request.ContainerName,
        };
        ExecuteCommandInput input = new()
        {
            Cluster = request.Cluster,
            Task = request.Task,
            Container = request.ContainerName,
            Command = request.Command,
            // ECS knows no other kind.
            Interactive = true,
        };
        var output = await SendAsync(call, token => ecs.ExecuteCommandAsync(input, token), cancellationToken);
        return new ExecuteCommandChannel(
            EcsReplies.Required(output.Session?.SessionId, call.Operation, "session.sessionId"),
            EcsReplies.Required(output.Session?.StreamUrl, call.Operation, "session.streamUrl"),
            EcsReplies.Required(output.Session?.TokenValue, call.Operation, "session.tokenValue"));
    }

    public async Task<ChannelAccess> GetChannelAccessAsync(CancellationToken cancellationToken)
    {
        var found = await SendAsync(EcsCall("ExecuteCommand"), _ => credentials.GetCredentialsAsync(), cancellationToken);
        return new ChannelAccess(
            SsmEndpoint(),
            found is null ? null : new ChannelCredentials(found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null));
    }
}
