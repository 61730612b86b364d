using System.Diagnostics;
using System.Security.Cryptography;
using EcsFargateLogin.EndToEnd.Engine;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Packaging;

/// <summary>Packages built in two folders have the same files, so that anybody with the source can make them again.</summary>
public sealed class DeterministicBuildTests
{
    [Fact]
    public async Task Two_builds_in_different_folders_make_the_same_files()
    {
        var first = await BuildAsync();
        var second = await BuildAsync();

        Assert.Contains("EcsFargateLogin.Core.dll", first.Keys);
        Assert.Contains("EcsFargateLogin.dll", first.Keys);
        Assert.Contains("lib/EcsFargateLogin.Aws.dll", first.Keys);
        Assert.Equal(first, second);
    }

    private static async Task<SortedDictionary<string, string>> BuildAsync()
    {
        using TemporaryFolder folder = new();
        Copy(Checkout.Root, folder.Path);
        // One start of MSBuild for both.
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "module.proj"), """
            <Project>
              <Target Name="Build">
                <ItemGroup>
                  <Shipped Include="src/EcsFargateLogin/EcsFargateLogin.csproj;src/EcsFargateLogin.Aws/EcsFargateLogin.Aws.csproj" />
                </ItemGroup>
                <MSBuild Projects="@(Shipped)" Targets="Restore" Properties="Step=Restore" />
                <MSBuild Projects="@(Shipped)" Targets="Build" />
              </Target>
            </Project>
            """);
        var start = new ProcessStartInfo("dotnet", [
            "msbuild", "module.proj", "-nologo", "-verbosity:quiet", "-nodeReuse:false", "-p:Configuration=Release",
            "-p:UseSharedCompilation=false", "-p:ContinuousIntegrationBuild=true",
            // They only analyse, and take most of the time.
            "-p:RunAnalyzers=false"])
        {
            WorkingDirectory = folder.Path,
        };
        // A build takes 20 s, and minutes where others keep the machine busy.
        var run = await EngineProcess.RunAsync(start, limit: TimeSpan.FromMinutes(10));
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
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
