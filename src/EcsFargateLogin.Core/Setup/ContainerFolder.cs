using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Setup;

/// <summary>What the module ships for containers.</summary>
internal static class ContainerFolder
{
    public const string Script = "start-sshd.sh";
    public const string TaskDefinition = "task-definition.json";

    /// <summary>Reads one of the files.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.ModuleIncomplete"/>.</exception>
    public static string Read(string name)
    {
        // module/container lies beside module/bin.
        var module = Path.GetDirectoryName(Path.GetDirectoryName(typeof(ContainerFolder).Assembly.Location)) ?? "";
        var path = Path.Combine(module, "container", name);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GeneralErrors.ModuleIncomplete(path);
        }
    }
}
