using System.Formats.Tar;
using System.Text;
using EcsFargateLogin.Tests.Support;
using EcsFargateLogin.Transfers;

namespace EcsFargateLogin.Tests.Transfers;

/// <summary>What the commands of copies by tar do, with GNU's programs and BusyBox's.</summary>
public sealed class TarCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly EventLog _events = new();

    public static TheoryData<string> Systems => LocalPrograms.Systems;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_list_of_paths_that_is_cut_off_anywhere_touches_no_other_path(string system)
    {
        _folder.Write("data/one", "first");
        _folder.Write("data/two", "second");
        LocalPrograms programs = new(system, _folder, "home") { Loses = command => command.Contains("mv ", StringComparison.Ordinal) };
        CopyRequest request = new() { Sources = [_folder["data"]], Destination = "to/sub", FromSession = false, Recurse = true };
        Directory.CreateDirectory(_folder["home/to"]);
        await Assert.ThrowsAsync<FargateException>(() => Copy(programs, request));
        var lists = programs.Runs.Where(run => run.Command.Contains("xargs", StringComparison.Ordinal))
            .Select(run => (run.Command, Bytes: run.Input.ToArray())).ToList();
        Assert.All(
            (string[])["mkdir ", "mv ", "rm "],
            program => Assert.Contains(lists, list => list.Command.Contains(program, StringComparison.Ordinal)));

        foreach (var (command, bytes) in lists.DistinctBy(list => list.Command))
        {
            for (var length = 0; length < bytes.Length; length++)
            {
                // A new folder is seen where nothing is in the way of its name; a file that is replaced or deleted, where it is there.
                await TouchesNoOtherAsync(programs, command, bytes, length, hasOthers: false);
                await TouchesNoOtherAsync(programs, command, bytes, length, hasOthers: true);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task Every_name_of_a_file_with_hard_links_arrives_with_its_content(string system)
    {
        LocalPrograms programs = new(system, _folder, "home");
        var first = _folder.Write("home/tree/sub/-first", "content");
        Directory.CreateDirectory(_folder["home/tree/other"]);
        foreach (var name in (string[])["home/tree/other/second", $"home/tree/{new string('n', 120)}"])
        {
            Assert.Equal(0, (await RunningProgram.RunAsync("ln", "--", first, _folder[name])).ExitCode);
        }

        await Copy(programs, Download("tree"));

        Assert.Equal(["nnn content", "other/second content", "sub/-first content"], Copied().Select(line => line.Replace(new string('n', 117), "")));
        Assert.DoesNotContain(_events.Events, each => each is ItemFailed or CopyWarning);
        Assert.Equal(3, _events.Events.OfType<ItemCopied>().Count(each => each.Item is { IsFolder: false, Length: 7 }));
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("../secret")]
    [InlineData("./../../secret")]
    [InlineData("after")]
    [InlineData("./")]
    public async Task A_hard_link_to_what_the_archive_has_not_brought_is_an_error_of_the_file(string linkName)
    {
        var secret = _folder.Write("secret", "of this machine");
        LocalPrograms programs = new("dash", _folder, "home");
        Directory.CreateDirectory(_folder["home/tree"]);
        var link = linkName == "secret" ? secret : linkName;
        using (TarWriter writer = new(File.Create(_folder["archive"]), TarEntryFormat.Gnu))
        {
            writer.WriteEntry(new GnuTarEntry(TarEntryType.Directory, "./"));
            writer.WriteEntry(LinkTo(link));
            writer.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, "./after") { DataStream = new MemoryStream("late"u8.ToArray()) });
        }

        _folder.WriteScript("bin/tar", $"exec cat '{_folder["archive"]}'");

        await Copy(programs, Download("tree"));

        var failed = Assert.Single(_events.Events.OfType<ItemFailed>());
        Assert.Equal((FargateError.CopyFailed, "tree/link"), (failed.Error.Error, failed.Error.Target));
        Assert.Equal(["after late"], Copied());
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task A_source_may_go_up_and_begin_and_end_as_it_likes(string system)
    {
        LocalPrograms programs = new(system, _folder, "up/home");
        foreach (var place in (string[])["up/dir", "up/home/dir", "up/home/-dir", "up/home/x/y"])
        {
            _folder.Write($"{place}/sub/-file", place);
        }

        Directory.CreateSymbolicLink(_folder["up/home/link"], "x/y");
        (string Source, string Place)[] sources =
        [
            ("../dir", "up/dir"), ("../../up/dir/", "up/dir"), ("dir/../../dir", "up/dir"), ("..//dir//", "up/dir"), ("./dir", "up/home/dir"),
            ("../home/dir/.", "up/home/dir"), ("dir/sub/..", "up/home/dir"), ("-dir", "up/home/-dir"), ("./-dir", "up/home/-dir"),
            (_folder["up/home/../dir"], "up/dir"), (_folder["up/home/x//y"], "up/home/x/y"), ("link", "up/home/x/y"),
        ];
        foreach (var (source, place) in sources)
        {
            await Copy(programs, Download(source));

            Assert.Equal([$"sub/-file {place}"], Copied());
            Directory.Delete(_folder["copy"], recursive: true);
            await Copy(programs, Download($"{source.TrimEnd('/')}/sub/-file"));

            Assert.Equal(place, await File.ReadAllTextAsync(_folder["copy"]));
            File.Delete(_folder["copy"]);
        }

        Assert.DoesNotContain(_events.Events, each => each is ItemFailed or CopyWarning);
    }

    private static GnuTarEntry LinkTo(string name) => new(TarEntryType.HardLink, "./link") { LinkName = name };

    private CopyRequest Download(string source) =>
        new() { Sources = [source], Destination = _folder["copy"], FromSession = true, Recurse = true };

    private Task Copy(LocalPrograms programs, CopyRequest request) =>
        new TarCopy(programs, request, new CopyReport(SampleTask.Session(), "tar", _events)).RunAsync(CancellationToken.None);

    /// <summary>The files in the copy, with their content.</summary>
    private IEnumerable<string> Copied() =>
        Directory.GetFiles(_folder["copy"], "*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath(_folder["copy"], file)} {File.ReadAllText(file)}").Order(StringComparer.Ordinal);

    /// <summary>
    /// Runs a command with the beginning of its list, and where asked for with a file under each name that a path may be cut off to.
    /// </summary>
    private async Task TouchesNoOtherAsync(LocalPrograms programs, string command, byte[] bytes, int length, bool hasOthers)
    {
        var home = _folder["home"];
        Directory.Delete(home, recursive: true);
        Directory.CreateDirectory(_folder["home/to/sub"]);
        string[] listed =
            [.. Encoding.UTF8.GetString(bytes).Split('\0').Select(path => path.TrimEnd('/')).Where(path => path.Length > 0)];
        if (command.Contains("mkdir ", StringComparison.Ordinal))
        {
            Directory.Delete(_folder["home/to/sub"]);
        }

        foreach (var part in listed.Where(path => path.EndsWith(".part", StringComparison.Ordinal)))
        {
            _folder.Write($"home/{part}", "part");
        }

        if (hasOthers)
        {
            var others = listed.SelectMany(path => Enumerable.Range(1, path.Length).Select(end => path[..end])).Except(listed)
                .Where(path => !path.EndsWith('/') && !Directory.Exists(_folder[$"home/{path}"]));
            foreach (var other in others.Where(path => Directory.Exists(Path.GetDirectoryName(_folder[$"home/{path}"]))))
            {
                _folder.Write($"home/{other}", "other");
            }
        }

        var before = SeenOthers(home, listed);
        var program = await programs.StartAsync(command, CancellationToken.None);
        await using (program)
        {
            await program.Input.WriteAsync(bytes.AsMemory(0, length));
            await program.EndInputAsync(CancellationToken.None);
            await new StreamReader(program.Output).ReadToEndAsync();
            await program.WaitAsync(CancellationToken.None);
        }

        Assert.Equal(before, SeenOthers(home, listed));
    }

    /// <summary>What is there beside the listed paths.</summary>
    private static string[] SeenOthers(string home, string[] listed) =>
    [
        .. Directory.GetFileSystemEntries(home, "*", SearchOption.AllDirectories)
            .Where(path => !listed.Contains(Path.GetRelativePath(home, path)))
            .Select(path => $"{path} {(File.Exists(path) ? File.ReadAllText(path) : "folder")}").Order(StringComparer.Ordinal),
    ];
}
