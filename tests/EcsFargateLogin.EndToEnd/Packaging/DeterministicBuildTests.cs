using System.Diagnostics;
using System.Security.Cryptography;
using EcsFargateLogin.EndToEnd.Engine;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Packaging;

/// <summary>What ships is built as packages are, in two folders: whoever has the source can make the same files.</summary>
public sealed class DeterministicBuildTests
{
    [Fact]
    public async Task Two_builds_in_different_folders_make_the_same_files()
    {
        using TemporaryFolder first = new();
        using TemporaryFolder second = new();
        Copy(Checkout.Root, first.Path);
        Copy(Checkout.Root, second.Path);

        await BuildAsync(first, second);

        var files = HashesIn(first);
        Assert.Contains("EcsFargateLogin.dll", files.Keys);
        Assert.Contains("lib/EcsFargateLogin.Aws.dll", files.Keys);
        Assert.Equal(files, HashesIn(second));
    }

    /// <summary>Builds in each folder, one after the other; MSBuild is started once, as it takes longer to start than to build.</summary>
    private static async Task BuildAsync(params TemporaryFolder[] folders)
    {
        using TemporaryFolder place = new();
        var projects = string.Join(';', folders.Select(folder => Path.Combine(folder.Path, "src/EcsFargateLogin.Aws/EcsFargateLogin.Aws.csproj")));
        var all = place.Write(
            "all.proj",
            $"""
            <Project>
              <PropertyGroup>
                <!-- Analyzers only look on, and take most of the time. -->
                <Settings>Configuration=Release;UseSharedCompilation=false;ContinuousIntegrationBuild=true;RunAnalyzers=false</Settings>
              </PropertyGroup>
              <Target Name="Build">
                <MSBuild Projects="{projects}" Targets="Restore" Properties="$(Settings);MSBuildRestoreSessionId=first" />
                <MSBuild Projects="{projects}" Targets="Build" Properties="$(Settings)" />
              </Target>
            </Project>
            """);
        var run = await EngineProcess.RunAsync(new ProcessStartInfo("dotnet", ["msbuild", all, "-nologo", "-verbosity:quiet", "-nodeReuse:false"]));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
    }

    private static SortedDictionary<string, string> HashesIn(TemporaryFolder folder)
    {
        var output = Path.Combine(folder.Path, "module", "bin");
        return new SortedDictionary<string, string>(Directory.GetFiles(output, "*", SearchOption.AllDirectories).ToDictionary(
            file => Path.GetRelativePath(output, file),
            file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))));
    }

    private static void Copy(string root, string target)
    {
        var sources = Directory.GetFiles(Path.Combine(root, "src"), "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal));
        foreach (var file in Directory.GetFiles(root, "Directory.*.props").Append(Path.Combine(root, ".editorconfig")).Concat(sources))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
