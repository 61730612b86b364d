using System.Reflection;
using System.Runtime.Loader;
using EcsFargateLogin.Foundation;

namespace EcsFargateLogin.Cloud;

/// <summary>Loads the assembly that connects to AWS.</summary>
internal static class FargateCloud
{
    private const string ConnectorAssembly = "EcsFargateLogin.Aws";
    private const string ConnectorType = "EcsFargateLogin.Aws.AwsCloudConnector";

    private static readonly Lazy<IFargateCloudConnector> Loaded = new(
        () => LoadConnector(Path.Combine(ModuleFolder, "lib")), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The factory of connections. Its assemblies are loaded on first use.</summary>
    /// <exception cref="FargateException"><see cref="FargateError.ModuleIncomplete"/>.</exception>
    internal static IFargateCloudConnector Connector => Loaded.Value;

    private static string ModuleFolder => Path.GetDirectoryName(typeof(FargateCloud).Assembly.Location) ?? "";

    /// <summary>Loads the connector from a folder into a context of its own.</summary>
    internal static IFargateCloudConnector LoadConnector(string folder)
    {
        var file = Path.Combine(folder, $"{ConnectorAssembly}.dll");
        try
        {
            var context = new IsolatedLoadContext(folder);
            var assembly = context.LoadFromAssemblyPath(file);
            foreach (var part in assembly.GetReferencedAssemblies().Where(IsolatedLoadContext.IsOfSdk))
            {
                // Each assembly is loaded when it is first needed. Missing or damaged ones are found now, not in the middle of a
                // session.
                file = Path.Combine(folder, $"{part.Name}.dll");
                AssemblyName.GetAssemblyName(file);
            }

            var type = assembly.GetType(ConnectorType, throwOnError: true)!;
            return (IFargateCloudConnector)Activator.CreateInstance(type)!;
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException or TypeLoadException
            or InvalidCastException)
        {
            throw GeneralErrors.ModuleIncomplete(file);
        }
    }
}

/// <summary>
/// Isolates this module's copy of the AWS SDK from the copies of other modules, whatever their versions: AWS Tools for PowerShell
/// loads one into the same process. Types of EcsFargateLogin.Core.dll are shared by both sides.
/// </summary>
/// <param name="folder">The folder of the isolated assemblies; an absolute path.</param>
internal sealed class IsolatedLoadContext(string folder) : AssemblyLoadContext("EcsFargateLogin.Aws")
{
    private static readonly Assembly Shared = typeof(IsolatedLoadContext).Assembly;

    /// <summary>
    /// Whether an assembly must come from the folder. For such an assembly Load never returns null, which would load another
    /// module's copy.
    /// </summary>
    internal static bool IsOfSdk(AssemblyName assemblyName) =>
        assemblyName.Name?.StartsWith("AWSSDK.", StringComparison.OrdinalIgnoreCase) == true;

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == Shared.GetName().Name)
        {
            return Shared;
        }

        var file = Path.Combine(folder, $"{assemblyName.Name}.dll");
        return File.Exists(file) ? LoadFromAssemblyPath(file)
            : IsOfSdk(assemblyName) ? throw new FileNotFoundException("A part of the AWS SDK is missing.", file)
            : null;
    }
}
