using System.Runtime.CompilerServices;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Engine;

internal static class EngineInitializer
{
    /// <summary>Before any test that names a type of PowerShell is entered.</summary>
    [ModuleInitializer]
    internal static void MakeLoadable() => PowerShellEngine.MakeLoadable();
}
