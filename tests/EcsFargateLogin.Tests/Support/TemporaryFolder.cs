using PowerShellHost;

namespace EcsFargateLogin.Tests.Support;

/// <summary>A folder that is gone when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("ecs-fargate-login-").FullName;

    /// <summary>The path of something in it.</summary>
    internal string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file and returns its path.</summary>
    internal string Write(string name, string content)
    {
        var file = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return file;
    }

    /// <summary>Makes a program of a POSIX shell script.</summary>
    /// <returns>Its path.</returns>
    internal string WriteScript(string name, string text)
    {
        ProgramFile.Write(this[name], text);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
