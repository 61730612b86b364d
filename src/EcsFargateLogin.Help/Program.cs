using EcsFargateLogin.Help;

if (args.Length != 4)
{
    Console.Error.WriteLine("Usage: EcsFargateLogin.Help ASSEMBLY SOURCES HELP-FILE TOPICS-FOLDER");
    return 64;
}

try
{
    HelpBuild.Run(assembly: args[0], sources: args[1], helpFile: args[2], topicsFolder: args[3]);
    return 0;
}
catch (HelpException e)
{
    foreach (var problem in e.Problems)
    {
        // The form in which MSBuild takes a line for an error of its own.
        Console.Error.WriteLine($"{problem.File} : error HELP : {problem.Text}");
    }

    return 1;
}
