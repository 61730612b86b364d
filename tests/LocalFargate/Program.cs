using System.Runtime.InteropServices;
using System.Text.Json;
using LocalFargate;
using LocalFargate.Control;

// Whoever owns it holds its standard input: it ends with that, leaves Ctrl+C to its owner, and keeps its log to itself.
var isOwned = args.Contains(CommandLine.Owned);
LocalFargateOptions options;
try
{
    options = CommandLine.Parse([.. args.Where(argument => argument != CommandLine.Owned)]) with
    {
        Log = isOwned ? null : line => Console.Error.WriteLine($"local-fargate: {line}"),
    };
}
catch (FormatException exception)
{
    await Console.Error.WriteLineAsync($"local-fargate: {exception.Message}\n\n{CommandLine.Usage}");
    return 64;
}

var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
PosixSignal[] signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
var registrations = signals.Select(signal => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = true;
    if (signal != PosixSignal.SIGINT || !isOwned)
    {
        stop.TrySetResult();
    }
})).ToList();

try
{
    await using var server = await LocalFargateServer.StartAsync(options);
    Console.WriteLine(JsonSerializer.Serialize(new
    {
        endpointUrl = server.EndpointUrl,
        cluster = server.Cluster,
        taskDefinition = server.TaskDefinition,
        subnets = server.Subnets,
        instanceConnectEndpoints = server.InstanceConnectEndpoints,
        securityGroups = server.SecurityGroups,
        sshPort = server.SshPort,
        userName = server.UserName,
        region = server.Region,
        accessKeyId = server.AccessKeyId,
        secretAccessKey = server.SecretAccessKey,
    }));
    await (isOwned ? Task.WhenAny(stop.Task, Console.OpenStandardInput().CopyToAsync(Stream.Null)) : stop.Task);
    return 0;
}
catch (IOException exception)
{
    await Console.Error.WriteLineAsync($"local-fargate: {exception.Message}");
    return 1;
}
finally
{
    registrations.ForEach(registration => registration.Dispose());
}
