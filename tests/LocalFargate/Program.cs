using System.Runtime.InteropServices;
using System.Text.Json;
using LocalFargate;
using LocalFargate.Control;

LocalFargateOptions options;
try
{
    options = CommandLine.Parse(args) with { Log = line => Console.Error.WriteLine($"local-fargate: {line}") };
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
    stop.TrySetResult();
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
        securityGroups = server.SecurityGroups,
        sshPort = server.SshPort,
        userName = server.UserName,
        region = server.Region,
        accessKeyId = server.AccessKeyId,
        secretAccessKey = server.SecretAccessKey,
    }));
    await stop.Task;
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
