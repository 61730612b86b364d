using System.Text.RegularExpressions;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Packaging;

/// <summary>SECURITY.md's table of what was tried.</summary>
public sealed partial class SecurityTableTests
{
    [Fact]
    public void Each_row_names_tests_that_there_are()
    {
        var tests = Path.Combine(ModuleFolder.Root(), "tests");
        var lines = File.ReadAllLines(Path.Combine(ModuleFolder.Root(), "SECURITY.md"));
        var names = lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Select(line => Code().Matches(line.TrimEnd('|', ' ').Split('|')[^1]).Select(match => match.Groups[1].Value).ToList())
            .ToList();
        var sources = Directory.GetFiles(tests, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();

        Assert.All(names, row => Assert.NotEmpty(row));
        Assert.All(names.SelectMany(row => row).Distinct(), name => Assert.True(
            name.EndsWith(".ps1", StringComparison.Ordinal)
                ? File.Exists(Path.Combine(tests, "Pester", name))
                : sources.Exists(source => source.Contains($" class {name}", StringComparison.Ordinal)
                    || source.Contains($" {name}(", StringComparison.Ordinal)),
            $"There is no test {name}."));
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
