using System.Reflection;
using System.Runtime.Loader;

namespace EcsFargateLogin.Cloud;

/// <summary>
/// Holds this module's copy of the AWS SDK apart from the copies of other modules, whatever their versions: AWS Tools
/// for PowerShell loads one into the same process. Types of EcsFargateLogin.Core.dll stay the same on both sides.
/// </summary>
/// <param name="folder">Where the isolated assemblies lie; an absolute path.</param>
internal sealed class IsolatedLoadContext(string folder) : AssemblyLoadContext("EcsFargateLogin.Aws")
{
    private static readonly Assembly Shared = typeof(IsolatedLoadContext).Assembly;

    /// <summary>Whether an assembly must come from the folder: null would let another module's copy in.</summary>
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
