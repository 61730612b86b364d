using EcsFargateLogin.Presets;
using EcsFargateLogin.Tests.Support;

namespace EcsFargateLogin.Tests.Presets;

/// <summary>The choice of projects' files: those that are used, and those that are skipped.</summary>
[Collection(EnvironmentScope.Collection)]
public sealed class PresetStoreTests : IDisposable
{
    private const string Stranger = "12345";

    private static readonly PresetKeys Keys = new([new("Cluster", PresetValueKind.Text) { IsForProjects = true }]);
    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentScope _environment = new();

    public PresetStoreTests()
    {
        _environment.Set("XDG_CONFIG_HOME", _folder["config"]);
        Directory.CreateDirectory(_folder["above/project/below"]);
    }

    public void Dispose()
    {
        _environment.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_nearest_file_above_is_the_projects()
    {
        Write("above", "far");
        Write("above/project", "near");

        Assert.Equal("near", ClusterIn("above/project/below"));
    }

    [RootTheory]
    [InlineData("the file")]
    [InlineData("the folder")]
    [InlineData("unreadable")]
    public async Task What_may_be_somebody_elses_is_passed_over_with_a_warning_and_stops_nothing(string what)
    {
        var file = Write("above", "somebody's");
        Write("", "own");
        Write("config/EcsFargateLogin", "user's", "presets.json");
        await RunningProgram.RunAsync("chown", Stranger, what == "the folder" ? _folder["above"] : file);
        if (what == "unreadable")
        {
            File.SetUnixFileMode(file, UnixFileMode.None);
        }

        PresetStore store = new(_folder["above/project/below"], Keys);

        Assert.Equal("own", store.Find(null)!.Parameter["Cluster"]);
        var warning = Assert.Single(store.Warnings);
        Assert.Contains(file, warning, StringComparison.Ordinal);
        Assert.Contains($"belongs to another user (uid {Stranger})", warning, StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData("0:0", UnixFileMode.GroupWrite, true)]
    [InlineData("0:12345", UnixFileMode.GroupWrite, false)]
    [InlineData("0:12345", UnixFileMode.GroupRead, true)]
    [InlineData("12345:12345", UnixFileMode.GroupWrite, false)]
    [InlineData("0:0", UnixFileMode.OtherWrite, false)]
    public async Task Nobody_else_may_be_able_to_write_it(string owner, UnixFileMode others, bool isUsed)
    {
        var file = Write("above/project", "project's");
        await RunningProgram.RunAsync("chown", owner, file);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);

        PresetStore store = new(_folder["above/project"], Keys);

        Assert.Equal(isUsed, store.Find(null) is not null);
        Assert.Equal(isUsed, store.Warnings.Count == 0);
    }

    [Fact]
    public async Task A_pipe_is_not_waited_for()
    {
        await RunningProgram.RunAsync("mkfifo", _folder["above/project/.fargatelogin.json"]);

        var (found, warnings) = await Task.Run(() =>
        {
            PresetStore store = new(_folder["above/project/below"], Keys);
            return (store.Find(null), store.Warnings);
        }).WaitAsync(Eventually.Limit);

        Assert.Null(found);
        Assert.Contains("it is no file", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_users_own_file_is_no_pipe_either()
    {
        Directory.CreateDirectory(_folder["config/EcsFargateLogin"]);
        await RunningProgram.RunAsync("mkfifo", _folder["config/EcsFargateLogin/presets.json"]);

        var error = await Assert.ThrowsAsync<FargateException>(() => Task.Run(
            () => new PresetStore(_folder.Path, Keys).Find(null)).WaitAsync(Eventually.Limit));

        Assert.Equal(FargateError.InvalidPreset, error.Error);
    }

    [RootFact]
    public async Task A_file_that_is_passed_over_is_not_written_over()
    {
        var file = Write("above/project", "somebody's");
        await RunningProgram.RunAsync("chown", Stranger, file);
        PresetStore store = new(_folder["above/project"], Keys);

        var error = await Assert.ThrowsAsync<FargateException>(
            () => store.ChangeAsync(store.Project, presets => presets.Clear(), CancellationToken.None));

        Assert.Equal(FargateError.InvalidPreset, error.Error);
        Assert.Contains("somebody's", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    private object? ClusterIn(string folder) => new PresetStore(_folder[folder], Keys).Find(null)!.Parameter["Cluster"];

    private string Write(string folder, string cluster, string name = ".fargatelogin.json") =>
        _folder.Write(Path.Combine(folder, name), $$"""{ "presets": { "default": { "Cluster": "{{cluster}}" } } }""");
}
