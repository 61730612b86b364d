using SessionManagerPlugin;

// For tests: what it is called with is added to the file that this variable names, a line an argument.
if (Environment.GetEnvironmentVariable("SESSION_MANAGER_PLUGIN_LOG") is { Length: > 0 } log)
{
    await File.AppendAllLinesAsync(log, args);
}

switch (args)
{
    case []:
        Console.WriteLine("\nThe Session Manager plugin was installed successfully. Use the AWS CLI to start a session.\n");
        return 0;
    case ["--version"]:
        Console.WriteLine(Environment.GetEnvironmentVariable("SESSION_MANAGER_PLUGIN_VERSION") ?? "1.2.707.0");
        return 0;
    case [var only]:
        Console.WriteLine($"\nUnknown operation {only}. \nUse session-manager-plugin --version to check the version.\n");
        return 0;
}

// The true one ends with 0 whatever happens. This one is for tests, and says when it was called in a wrong way.
if (PluginArguments.Read(args) is not { } arguments)
{
    return 64;
}

Console.WriteLine($"\nStarting session with SessionId: {arguments.Session.SessionId}");
await using var terminal = LocalTerminal.Take();
await new ExecStream(arguments.Session).JoinAsync(terminal);
Console.WriteLine($"\n\nExiting session with sessionId: {arguments.Session.SessionId}.\n");
return 0;
