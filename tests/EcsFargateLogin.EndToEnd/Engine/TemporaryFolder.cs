using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Engine;

/// <summary>A folder of one test's own; its name holds a space, so that nothing takes a path for two words.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
        : this(System.IO.Path.GetTempPath())
    {
    }

    private TemporaryFolder(string parent) =>
        Path = Directory.CreateDirectory(System.IO.Path.Combine(parent, $"engine test {Guid.NewGuid():N}")).FullName;

    public string Path { get; }

    /// <summary>Creates one that the containers of LocalFargate see too: they have a /tmp of their own.</summary>
    public static TemporaryFolder ForContainers() => new("/var/tmp");

    /// <summary>Writes a file below the folder and returns its path.</summary>
    public string Write(string name, string content)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return file;
    }

    /// <summary>Writes a program: a script of sh.</summary>
    public string WriteProgram(string name, string content)
    {
        var file = System.IO.Path.Combine(Path, name);
        ProgramFile.Write(file, content);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
