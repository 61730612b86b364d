using System.Text.RegularExpressions;
using System.Xml.Linq;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Help;

/// <summary>The pictures that README and the pages of docs show.</summary>
public sealed class PictureTests
{
    private const int MostBytes = 16 * 1024;

    private static string Pictures { get; } = Path.Combine(ModuleFolder.Root(), "tests", "Pictures");

    [Fact]
    public void Each_picture_is_shown_once_with_words_for_those_who_cannot_see_it()
    {
        var pages = Directory.GetFiles(Path.Combine(ModuleFolder.Root(), "docs"), "*.md")
            .Append(Path.Combine(ModuleFolder.Root(), "README.md")).Select(File.ReadAllText);

        var shown = pages.SelectMany(page => Regex.Matches(page, @"!\[[^\]]{20,}\]\((?:\.\./)?tests/Pictures/([a-z]+\.svg)\)"))
            .Select(match => match.Groups[1].Value);

        Assert.Equal(Directory.GetFiles(Pictures, "*.svg").Select(Path.GetFileName).Order(), shown.Order());
    }

    [Fact]
    public void Pictures_are_small_and_hold_no_path_of_the_machine_that_took_them() =>
        Assert.All(Directory.GetFiles(Pictures, "*.svg"), file =>
        {
            var text = XDocument.Load(file).Root!.Value;
            Assert.InRange(new FileInfo(file).Length, 1, MostBytes);
            Assert.DoesNotMatch(@"/tmp/[A-Za-z0-9]{6}\b(?!\.)|/root/|/work/", text);
            Assert.DoesNotContain('\ufffd', text);
        });
}
