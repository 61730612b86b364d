using System.Runtime.InteropServices;
using System.Text.Json;
using LocalFargate;
using LocalFargate.Control;

// Whoever owns it holds its standard input: it ends with that, leaves Ctrl+C and a closed terminal to its owner, keeps its log to
// itself, and has a folder for the owner's files, which goes with it however the owner ends.
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
    if (signal == PosixSignal.SIGTERM || !isOwned)
    {
        stop.TrySetResult();
    }
})).ToList();

var home = isOwned ? Directory.CreateTempSubdirectory("local-fargate-") : null;
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
        home = home?.FullName,
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
    try
    {
        home?.Delete(recursive: true);
    }
    catch (IOException)
    {
        // Its owner has deleted it, or still writes there.
    }

    registrations.ForEach(registration => registration.Dispose());
}
