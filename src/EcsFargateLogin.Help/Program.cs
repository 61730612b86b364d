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
        // MSBuild reads a line of this form as an error.
        Console.Error.WriteLine($"{problem.File} : error HELP : {problem.Text}");
    }

    return 1;
}
