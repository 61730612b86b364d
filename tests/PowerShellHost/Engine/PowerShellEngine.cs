using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;

namespace PowerShellHost;

/// <summary>The one PowerShell engine that this process uses: <c>pwsh</c> on PATH, else the portable engine.</summary>
public static class PowerShellEngine
{
    private static readonly Version s_oldestVersion = new(7, 4);
    private static readonly Lazy<Engine> s_engine = new(() => FindOnPath() ?? PortableEngine.FindOrMake());
    private static int s_isLoadable;

    /// <summary>
    /// Finds PowerShell 7.4 or later on PATH; where there is none, finds the portable engine and, the first time on a
    /// machine, makes it (about half a minute). The answer holds for the life of the process.
    /// </summary>
    /// <exception cref="EngineException">There is no engine and none can be made.</exception>
    public static Engine Find() => s_engine.Value;

    /// <summary>
    /// Makes PowerShell's types loadable in this process. Call it before any method that names one of them is entered:
    /// a test assembly does so in a module initializer. The engine itself is looked for when the first type is used.
    /// </summary>
    public static void MakeLoadable()
    {
        if (Interlocked.Exchange(ref s_isLoadable, 1) == 0)
        {
            AssemblyLoadContext.Default.Resolving += LoadFromEngine;
        }
    }

    private static Assembly? LoadFromEngine(AssemblyLoadContext context, AssemblyName name)
    {
        if (name.Name is null || name.Name.EndsWith(".resources", StringComparison.Ordinal))
        {
            return null;
        }

        var file = Path.Combine(Find().Home, name.Name + ".dll");
        return File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
    }

    private static Engine? FindOnPath() =>
        Programs.Find("pwsh") is { } executable && Ask(executable) is { } engine && engine.Version >= s_oldestVersion
            ? engine
            : null;

    private static Engine? Ask(string executable)
    {
        string[] arguments =
        [
            "-NoProfile", "-NonInteractive", "-Command",
            "$PSHOME; '{0}.{1}.{2}' -f $PSVersionTable.PSVersion.Major, $PSVersionTable.PSVersion.Minor, " +
            "$PSVersionTable.PSVersion.Patch",
        ];
        var answer = Programs.Run(new ProcessStartInfo(executable, arguments), TimeSpan.FromMinutes(1));
        var lines = answer.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return answer.ExitCode == 0 && lines is [var home, var version] && Version.TryParse(version, out var parsed)
            && File.Exists(Path.Combine(home, "System.Management.Automation.dll"))
            ? new Engine(home, parsed, executable)
            : null;
    }
}
