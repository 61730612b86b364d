using PowerShellHost;
using PowerShellHost.ConsoleHost;

// The exit code of pwsh for a command line that makes no sense.
const int WrongUsage = 64;

var line = CommandLine.Parse(args);
if (line is null)
{
    Console.Error.WriteLine(CommandLine.Usage);
    return WrongUsage;
}

try
{
    var engine = PowerShellEngine.Find();
    if (line.ShowEngine)
    {
        Console.WriteLine(engine);
        return 0;
    }

    PowerShellEngine.MakeLoadable();
    return ConsoleSession.Run(line);
}
catch (EngineException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
