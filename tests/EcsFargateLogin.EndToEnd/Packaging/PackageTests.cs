using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using EcsFargateLogin.EndToEnd.Cmdlets;
using EcsFargateLogin.EndToEnd.Engine;
using PowerShellHost;

namespace EcsFargateLogin.EndToEnd.Packaging;

/// <summary>The package of `build.ps1 -Task Package`, installed as users install it.</summary>
public sealed class PackageTests(PackageTests.Package package) : IClassFixture<PackageTests.Package>
{
    private string Output => package.Output;

    [Fact]
    public async Task The_package_installs_from_a_repository_and_logs_in_from_there()
    {
        await using var me = await Operator.StartAsync(module: "EcsFargateLogin");
        var start = me.Process(
            """
            (Get-Module EcsFargateLogin).Path
            New-FargateSession | Enter-FargateShell
            exit $LASTEXITCODE
            """,
            beforeImport: $"""
            $ErrorActionPreference = 'Stop'
            Register-PSResourceRepository -Name a-folder -Uri '{Output}' -Trusted
            Install-PSResource EcsFargateLogin -Repository a-folder -Scope CurrentUser
            """);
        LiveIn(package.Home, start);

        var run = await EngineProcess.RunAsync(start, "echo up-$((6*7)); exit 7\n");

        Assert.Equal("", run.Error);
        Assert.Equal(7, run.ExitCode);
        var lines = run.Output.Split('\n');
        Assert.StartsWith(Path.Combine(package.Home, ".local"), lines[0], StringComparison.Ordinal);
        Assert.Contains("up-42", lines);
        await me.LeftNothingAsync();
    }

    [Fact]
    public void The_layout_holds_what_ships_and_lists_the_hash_of_each_file()
    {

        var layout = Assert.Single(Directory.GetDirectories(Path.Combine(Output, "EcsFargateLogin")));
        var listed = File.ReadLines(Path.Combine(layout, "EcsFargateLogin.sha256")).Select(line => line.Split("  ")).ToList();
        Assert.All(listed, file => Assert.Equal(
            file[0], Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(layout, file[1]))))));
        var files = Directory.GetFiles(layout, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(layout, file))
            .Where(file => file is not ("EcsFargateLogin.sha256" or "EcsFargateLogin.cat"))
            .Order(StringComparer.Ordinal);
        Assert.Equal(files, listed.Select(file => file[1]).Order(StringComparer.Ordinal));
        Assert.Contains("module/bin/lib/EcsFargateLogin.Aws.dll", listed.Select(file => file[1]));
        Assert.Contains("module/container/start-sshd.sh", listed.Select(file => file[1]));
        Assert.Contains("module/bin/en-US/EcsFargateLogin.dll-Help.xml", listed.Select(file => file[1]));
        Assert.Contains("en-US/about_EcsFargateLogin.help.txt", listed.Select(file => file[1]));
        Assert.DoesNotContain(listed, file => file[1].EndsWith(".cs", StringComparison.Ordinal)
            || file[1].StartsWith("module/help/", StringComparison.Ordinal)
            || (file[1].EndsWith(".xml", StringComparison.Ordinal) && !file[1].EndsWith("-Help.xml", StringComparison.Ordinal))
            || file[1].EndsWith(".pdb", StringComparison.Ordinal));
        using var symbols = ZipFile.OpenRead(Assert.Single(Directory.GetFiles(Output, "*.symbols.zip")));
        Assert.Equal(
            ["module/bin/EcsFargateLogin.Core.pdb", "module/bin/EcsFargateLogin.pdb", "module/bin/lib/EcsFargateLogin.Aws.pdb"],
            symbols.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Links_of_the_documents_lead_to_the_repository_where_their_targets_do_not_ship()
    {
        var layout = Assert.Single(Directory.GetDirectories(Path.Combine(Output, "EcsFargateLogin")));
        var links = Directory.GetFiles(layout, "*.md", SearchOption.AllDirectories).Select(File.ReadAllText)
            .SelectMany(text => Regex.Matches(text, @"\]\(([^)\s]+)\)")).Select(link => link.Groups[1].Value).ToList();

        Assert.DoesNotContain(links, link => !link.StartsWith("https://", StringComparison.Ordinal) && link[0] != '#');
        const string Repository = "https://github.com/EcsFargateLogin/EcsFargateLogin";
        Assert.Contains($"{Repository}/blob/main/docs/routes.md#ecs-exec", links);
        Assert.Contains($"{Repository}/raw/main/tests/Pictures/login.svg", links);
    }

    [Fact]
    public async Task The_manifest_and_the_assemblies_have_one_version()
    {
        await using var me = await Operator.StartAsync();

        var versions = me.Run(
            """
            $module = Get-Module EcsFargateLogin
            "$($module.Version).0"
            $module.NestedModules[0].ImplementingAssembly.GetName().Version
            [Reflection.AssemblyName]::GetAssemblyName("$($module.ModuleBase)/module/bin/lib/EcsFargateLogin.Aws.dll").Version
            """).Output;

        Assert.Equal(3, versions.Count);
        Assert.Single(versions.Select(version => version?.ToString()).Distinct());
    }

    /// <summary>Gives a process a home of its own, and the engine that is there already.</summary>
    private static void LiveIn(string home, ProcessStartInfo start)
    {
        // .NET knows no folder for a user's data that is not there.
        Directory.CreateDirectory(Path.Combine(home, ".local", "share"));
        start.Environment["XDG_CACHE_HOME"] = Environment.GetEnvironmentVariable("XDG_CACHE_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        start.Environment["HOME"] = home;
        start.Environment.Remove("XDG_DATA_HOME");
        start.Environment.Remove("XDG_CONFIG_HOME");
    }

    /// <summary>A package, made once for all tests of the class, and a home to install it in.</summary>
    public sealed class Package : IAsyncLifetime, IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public string Output => Path.Combine(_folder.Path, "out");

        public string Home => Path.Combine(_folder.Path, "home");

        public async Task InitializeAsync()
        {
            var start = EngineProcess.Script(
                Path.Combine(Checkout.Root, "build.ps1"), "-Task", "Package", "-NoBuild", "-OutputPath", Output);
            LiveIn(Home, start);
            var run = await EngineProcess.RunAsync(start);
            Assert.Equal("", run.Error);
            Assert.Equal(0, run.ExitCode);
            Assert.Single(Directory.GetFiles(Output, "*.nupkg"));
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _folder.Dispose();
    }
}
