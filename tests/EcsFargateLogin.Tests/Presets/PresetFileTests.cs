using EcsFargateLogin.Presets;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Presets;

public sealed class PresetFileTests : IDisposable
{
    private const string Empty = """{"presets":{}}""";

    private static readonly PresetKeys Keys = new([new("Cluster", PresetValueKind.Text) { IsForProjects = true }]);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_that_is_not_there_holds_nothing() => Assert.Empty(Project("none/.fargatelogin.json").Read());

    [Fact]
    public void What_is_written_is_read_again_and_nothing_else_is_left()
    {
        var file = Project("x.json");

        file.Write(Presets("prod"));
        file.Write(Presets("staging"));

        Assert.Equal("staging", file.Read()["default"]["Cluster"]);
        Assert.Equal([file.Path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void The_user_s_own_file_and_its_folder_are_the_user_s_alone()
    {
        var file = Own("new/presets.json");

        file.Write(Presets("prod"));

        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(file.Path), 8));
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(_folder["new"]), 8));
    }

    [Fact]
    public void The_user_s_own_file_may_be_a_link_and_stays_one()
    {
        var elsewhere = _folder.Write("dotfiles/presets.json", Empty);
        File.CreateSymbolicLink(_folder["presets.json"], elsewhere);

        Own("presets.json").Write(Presets("prod"));

        Assert.NotNull(new FileInfo(_folder["presets.json"]).LinkTarget);
        Assert.Equal("prod", Own("dotfiles/presets.json").Read()["default"]["Cluster"]);
    }

    [Fact]
    public void A_project_s_file_that_anybody_may_write_or_that_is_a_link_is_not_used()
    {
        var file = _folder.Write("p/.fargatelogin.json", Empty);
        Assert.Empty(Project("p/.fargatelogin.json").Read());

        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherWrite);
        AssertUntrusted("p/.fargatelogin.json", "every user");

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.SetUnixFileMode(_folder["p"], File.GetUnixFileMode(_folder["p"]) | UnixFileMode.OtherWrite);
        AssertUntrusted("p/.fargatelogin.json", "every user");

        File.CreateSymbolicLink(_folder["link.json"], "/dev/zero");
        AssertUntrusted("link.json", "a symbolic link");
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_read_to_its_end()
    {
        _folder.Write("long.json", new string(' ', 1024 * 1024));

        AssertUntrusted("long.json", "longer than 256 KB");
    }

    [Fact]
    public void A_file_that_cannot_be_written_says_so()
    {
        _folder.Write("file", "");

        var error = Assert.Throws<FargateException>(() => Own("file/presets.json").Write(Presets("prod")));

        Assert.Equal(FargateError.PresetUnavailable, error.Error);
    }

    private void AssertUntrusted(string name, string why)
    {
        var error = Assert.Throws<FargateException>(() => Project(name).Read());

        Assert.Equal(FargateError.InvalidPreset, error.Error);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private PresetFile Project(string name) => new(_folder[name], isProjectFile: true, Keys);

    private PresetFile Own(string name) => new(_folder[name], isProjectFile: false, Keys);

    private static Dictionary<string, Dictionary<string, object>> Presets(string cluster) =>
        new() { ["default"] = new() { ["Cluster"] = cluster } };
}
