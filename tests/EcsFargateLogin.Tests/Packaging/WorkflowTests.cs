using System.Text.RegularExpressions;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Packaging;

/// <summary>The permissions that the repository's workflows give to others.</summary>
public sealed partial class WorkflowTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Path.Combine(ModuleFolder.Root(), ".github", "workflows")).Select(path => Path.GetFileName(path))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Actions_are_named_by_the_commit_that_was_reviewed(string file)
    {
        var uses = Read(file).Split('\n').Where(line => line.Contains("uses:", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(uses);
        Assert.All(uses, line => Assert.Matches("uses: [a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+[.][0-9]+[.][0-9]+$", line));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void What_may_write_or_has_a_secret_runs_nothing_of_the_repository(string file)
    {
        var text = Read(file);
        Assert.Contains("\npermissions:\n  contents: read\n", text, StringComparison.Ordinal);

        foreach (var job in Job().Split(text[text.IndexOf("\njobs:\n", StringComparison.Ordinal)..]).Skip(1))
        {
            var isTrusted = job.Contains("secrets.", StringComparison.Ordinal)
                || job.Contains("github.token", StringComparison.Ordinal)
                || job.Contains(": write", StringComparison.Ordinal);
            var runsOwn = job.Contains("actions/checkout@", StringComparison.Ordinal)
                || job.Contains("build.", StringComparison.Ordinal)
                || job.Contains("sudo", StringComparison.Ordinal);
            Assert.False(isTrusted && runsOwn, job);
            Assert.Equal(runsOwn, job.Contains("persist-credentials: false", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_ships_is_restored_by_hashes()
    {
        var projects = Directory.GetFiles(Path.Combine(ModuleFolder.Root(), "src"), "*.csproj", SearchOption.AllDirectories);

        Assert.All(projects, project => Assert.Equal(
            File.ReadAllText(project).Contains("<PackageReference ", StringComparison.Ordinal),
            File.ReadAllText(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json")).Contains("\"contentHash\": ", StringComparison.Ordinal)));
    }

    private static string Read(string file) =>
        File.ReadAllText(Path.Combine(ModuleFolder.Root(), ".github", "workflows", file)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"\n  [a-z]+:\n")]
    private static partial Regex Job();
}
